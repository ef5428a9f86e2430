package library

import (
	"cmp"
	"iter"
	"slices"
)

// A snapshot of 100,000 songs must not be copied because one song was played.
// table is therefore a sorted sequence of rows cut into pages; a changed table
// is a new list of pages of which all but the touched one are shared with the
// old table. Rows are never modified once they are in a page.

// pageRows bounds the rows of a page: a page of songs has about 21 KB, the
// amount that is copied when one song changes.
const pageRows = 128

// pair is the order of rows in a table. Rows with an id of their own use
// {id, 0}; entries of an index use {what is looked up, what is found}.
type pair struct{ major, minor int64 }

func (a pair) compare(b pair) int {
	if c := cmp.Compare(a.major, b.major); c != 0 {
		return c
	}
	return cmp.Compare(a.minor, b.minor)
}

func (a pair) order() pair { return a }

// ordered is what a row type must offer: its place in the table, on a pointer
// so that comparing does not copy rows.
type ordered[R any] interface {
	*R
	order() pair
}

// table is an immutable sorted sequence of rows without duplicates. The zero
// value is empty. No page is ever empty or longer than pageRows.
type table[R any, P ordered[R]] struct {
	pages [][]R
	rows  int
}

// tableOf makes a table of rows, which need not be sorted; of two rows with the
// same order the first one stays.
func tableOf[R any, P ordered[R]](rows []R) table[R, P] {
	// Places are sorted instead of rows, because rows are large and asking one
	// for its order through a function value would put it on the heap.
	type place struct {
		at  pair
		row int
	}
	places := make([]place, len(rows))
	for i := range rows {
		places[i] = place{P(&rows[i]).order(), i}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(a.at.compare(b.at), cmp.Compare(a.row, b.row)) })
	places = slices.CompactFunc(places, func(a, b place) bool { return a.at == b.at })
	t := table[R, P]{rows: len(places)}
	for chunk := range slices.Chunk(places, pageRows) {
		page := make([]R, len(chunk))
		for i, p := range chunk {
			page[i] = rows[p.row]
		}
		t.pages = append(t.pages, page)
	}
	return t
}

// tableOfPages makes a table of rows that lie in pages already, and keeps those
// if the rows are sorted. It owns pages from then on.
func tableOfPages[R any, P ordered[R]](pages [][]R) table[R, P] {
	t := table[R, P]{pages: pages}
	var last *R
	for _, page := range pages {
		t.rows += len(page)
		for i := range page {
			if last != nil && P(last).order().compare(P(&page[i]).order()) >= 0 {
				return tableOf[R, P](slices.Concat(pages...))
			}
			last = &page[i]
		}
	}
	return t
}

// locate returns where the row with this order is or would be inserted. The
// page is len(t.pages) only for an empty table.
func (t table[R, P]) locate(at pair) (page, slot int, found bool) {
	low, high := 0, len(t.pages)
	for low < high { // the last page whose first row is not behind at
		middle := int(uint(low+high) >> 1)
		if P(&t.pages[middle][0]).order().compare(at) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	page = max(0, low-1)
	if page == len(t.pages) {
		return page, 0, false
	}
	rows := t.pages[page]
	low, high = 0, len(rows)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if P(&rows[middle]).order().compare(at) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return page, low, low < len(rows) && P(&rows[low]).order() == at
}

// get returns the row with this order, or nil.
func (t table[R, P]) get(at pair) *R {
	page, slot, found := t.locate(at)
	if !found {
		return nil
	}
	return &t.pages[page][slot]
}

// from iterates over the rows that are not before at.
func (t table[R, P]) from(at pair) iter.Seq[*R] {
	return func(yield func(*R) bool) {
		page, slot, _ := t.locate(at)
		for ; page < len(t.pages); page, slot = page+1, 0 {
			rows := t.pages[page]
			for ; slot < len(rows); slot++ {
				if !yield(&rows[slot]) {
					return
				}
			}
		}
	}
}

// all iterates over all rows.
func (t table[R, P]) all() iter.Seq[*R] {
	return func(yield func(*R) bool) {
		for _, rows := range t.pages {
			for i := range rows {
				if !yield(&rows[i]) {
					return
				}
			}
		}
	}
}

// slice returns a copy of all rows.
func (t table[R, P]) slice() []R {
	rows := make([]R, 0, t.rows)
	for _, page := range t.pages {
		rows = append(rows, page...)
	}
	return rows
}

// with returns a table in which row is entered, or replaces the row of the same
// order. t stays as it is.
func (t table[R, P]) with(row R) table[R, P] {
	at := P(&row).order()
	page, slot, found := t.locate(at)
	switch {
	case found:
		rows := slices.Clone(t.pages[page])
		rows[slot] = row
		return table[R, P]{pages: replaced(t.pages, page, rows), rows: t.rows}
	case page == len(t.pages):
		return table[R, P]{pages: [][]R{{row}}, rows: 1}
	}
	old := t.pages[page]
	next := table[R, P]{rows: t.rows + 1}
	switch {
	case len(old) < pageRows:
		rows := make([]R, 0, len(old)+1)
		rows = append(append(append(rows, old[:slot]...), row), old[slot:]...)
		next.pages = replaced(t.pages, page, rows)
	case page == len(t.pages)-1 && slot == len(old):
		// New rows have the highest id, so full pages stay full.
		next.pages = append(slices.Clip(t.pages), []R{row})
	default:
		half := pageRows / 2
		left, right := slices.Clone(old[:half]), slices.Clone(old[half:])
		if slot <= half {
			left = slices.Insert(left, slot, row)
		} else {
			right = slices.Insert(right, slot-half, row)
		}
		next.pages = replaced(t.pages, page, left, right)
	}
	return next
}

// without returns a table that lacks the row of this order. t stays as it is.
func (t table[R, P]) without(at pair) table[R, P] {
	page, slot, found := t.locate(at)
	if !found {
		return t
	}
	old := t.pages[page]
	if len(old) == 1 {
		return table[R, P]{pages: replaced(t.pages, page), rows: t.rows - 1}
	}
	rows := make([]R, 0, len(old)-1)
	rows = append(append(rows, old[:slot]...), old[slot+1:]...)
	return table[R, P]{pages: replaced(t.pages, page, rows), rows: t.rows - 1}
}

// filtered returns a table of the rows to keep. Pages that keep all of theirs
// are shared.
func (t table[R, P]) filtered(keep func(*R) bool) table[R, P] {
	var kept table[R, P]
	for _, old := range t.pages {
		rows := slices.DeleteFunc(slices.Clone(old), func(row R) bool { return !keep(&row) })
		switch {
		case len(rows) == len(old):
			kept.pages = append(kept.pages, old)
		case len(rows) > 0:
			kept.pages = append(kept.pages, slices.Clip(slices.Clone(rows)))
		}
		kept.rows += len(rows)
	}
	return kept
}

func replaced[R any](pages [][]R, at int, by ...[]R) [][]R {
	changed := make([][]R, 0, len(pages)+len(by)-1)
	changed = append(changed, pages[:at]...)
	changed = append(changed, by...)
	return append(changed, pages[at+1:]...)
}

// index is a sorted set of pairs.
type index = table[pair, *pair]

// found iterates over the second halves of the pairs that begin with major.
func found(ix index, major int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for p := range ix.from(pair{major, -1 << 63}) {
			if p.major != major || !yield(p.minor) {
				return
			}
		}
	}
}
