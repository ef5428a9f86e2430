package search

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"musicdb/media/library"
)

// list holds the names of one kind, in the order in which equal hits are
// returned: by lower-case name, then by id. Entry i is spread over the slices,
// so that the first look at all names touches nothing but their masks. A list
// is never modified.
type list struct {
	ids    []int64
	names  []string // as in the library, whose memory they share
	masks  []uint64
	starts []uint32 // entry i has codes[starts[i]:starts[i+1]]
	codes  []uint16 // of the normalised names
	byID   []int32  // entries in ascending order of their ids
}

// maxCodes bounds what is compared of a name and of a search text, in code
// points. File names, which names come from, have at most 255 bytes.
const maxCodes = 256

func (l *list) at(i int) []uint16 { return l.codes[l.starts[i]:l.starts[i+1]] }

// row is a name that is to enter a list.
type row struct {
	id         int64
	name       string
	key        string // the lower-case name
	normalised string
}

func (r row) compare(other row) int {
	return cmp.Or(strings.Compare(r.key, other.key), cmp.Compare(r.id, other.id))
}

// revised returns a list of exactly the given rows, which come in ascending
// order of their ids. Entries of old that are unchanged are taken over, so that
// a few changes in many names cost little; without any change old is returned.
func (l *list) revised(letters alphabet, rows iter.Seq2[int64, string]) *list {
	keep := make([]bool, len(l.ids))
	kept, next := 0, 0
	var fresh []row
	for id, name := range rows {
		for next < len(l.byID) && l.ids[l.byID[next]] < id {
			next++
		}
		if next < len(l.byID) {
			if entry := l.byID[next]; l.ids[entry] == id && l.names[entry] == name {
				keep[entry] = true
				kept++
				continue
			}
		}
		if normalised := Normalise(name); normalised != "" {
			fresh = append(fresh, row{id: id, name: name, key: library.Lower(name), normalised: normalised})
		}
	}
	if len(fresh) == 0 && kept == len(l.ids) {
		return l
	}
	slices.SortFunc(fresh, row.compare)
	return l.merged(letters, keep, kept, fresh)
}

// merged combines the kept entries and the fresh ones; both are in order.
func (l *list) merged(letters alphabet, keep []bool, kept int, fresh []row) *list {
	size := kept + len(fresh)
	m := &list{
		ids:    make([]int64, 0, size),
		names:  make([]string, 0, size),
		masks:  make([]uint64, 0, size),
		starts: make([]uint32, 1, size+1),
		codes:  make([]uint16, 0, len(l.codes)+16*len(fresh)),
	}
	takeOver := func(until int, from int) {
		for ; from < until; from++ {
			if keep[from] {
				m.append(l.ids[from], l.names[from], l.masks[from], append(m.codes, l.at(from)...))
			}
		}
	}
	entry := 0
	for _, r := range fresh {
		place := l.place(entry, r)
		takeOver(place, entry)
		entry = place
		codes := letters.encode(m.codes, r.normalised)
		codes = codes[:min(len(codes), len(m.codes)+maxCodes)]
		m.append(r.id, r.name, mask(codes[len(m.codes):]), codes)
	}
	takeOver(len(l.ids), entry)
	m.codes = slices.Clip(m.codes)
	m.byID = make([]int32, size)
	for i := range m.byID {
		m.byID[i] = int32(i)
	}
	slices.SortFunc(m.byID, func(a, b int32) int { return cmp.Compare(m.ids[a], m.ids[b]) })
	return m
}

func (l *list) append(id int64, name string, mask uint64, codes []uint16) {
	l.ids = append(l.ids, id)
	l.names = append(l.names, name)
	l.masks = append(l.masks, mask)
	l.codes = codes
	l.starts = append(l.starts, uint32(len(codes)))
}

// place returns the first entry from low on that comes after r.
func (l *list) place(low int, r row) int {
	high := len(l.ids)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if r.compare(row{id: l.ids[middle], key: library.Lower(l.names[middle])}) > 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
