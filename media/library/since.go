package library

import (
	"cmp"
	"iter"
)

// What has changed between two snapshots is found in the pages that they do not
// share: one song that was played costs a look at one page, not at all songs.

// SongsSince iterates over the songs that differ from those of an older snapshot,
// in row order: the row as it was, nil for a new song, and as it is, nil for a
// removed one. The rows must not be modified.
func (c *Catalogue) SongsSince(old *Catalogue) iter.Seq2[*Song, *Song] {
	return since(old.songs, c.songs)
}

// AlbumsSince does for albums what SongsSince does for songs. A row with the same
// values may be among them.
func (c *Catalogue) AlbumsSince(old *Catalogue) iter.Seq2[*Album, *Album] {
	return since(old.albums, c.albums)
}

// TagsSince does for tags what AlbumsSince does for albums.
func (c *Catalogue) TagsSince(old *Catalogue) iter.Seq2[*Tag, *Tag] {
	return since(old.tags, c.tags)
}

// TaggedSince iterates over the ids of the targets to which tags were assigned,
// or from which they were taken, since an older snapshot. An id may come several
// times.
func (c *Catalogue) TaggedSince(old *Catalogue, on Target) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for before, after := range since(*old.assignments(on), *c.assignments(on)) {
			if row := cmp.Or(after, before); !yield(row.target) {
				return
			}
		}
	}
}

// since walks both tables in order and passes by the pages that are the same.
func since[R comparable, P ordered[R]](old, now table[R, P]) iter.Seq2[*R, *R] {
	return func(yield func(before, after *R) bool) {
		was, is := cursor[R, P]{pages: old.pages}, cursor[R, P]{pages: now.pages}
		for {
			if was.passes(&is) {
				continue
			}
			before, after := was.row(), is.row()
			switch {
			case before == nil && after == nil:
				return
			case after == nil || before != nil && P(before).order().compare(P(after).order()) < 0:
				after = nil
				was.next()
			case before == nil || P(before).order() != P(after).order():
				before = nil
				is.next()
			default:
				was.next()
				is.next()
				if *before == *after {
					continue
				}
			}
			if !yield(before, after) {
				return
			}
		}
	}
}

// cursor is a place in a table.
type cursor[R any, P ordered[R]] struct {
	pages [][]R
	slot  int // in the first page
}

// row returns the row at the cursor, nil behind the last one.
func (c *cursor[R, P]) row() *R {
	if len(c.pages) == 0 {
		return nil
	}
	return &c.pages[0][c.slot]
}

func (c *cursor[R, P]) next() {
	if c.slot++; c.slot == len(c.pages[0]) {
		c.pages, c.slot = c.pages[1:], 0
	}
}

// passes moves both cursors behind a page if they stand at the begin of one that
// their tables share.
func (c *cursor[R, P]) passes(other *cursor[R, P]) bool {
	if c.slot != 0 || other.slot != 0 || len(c.pages) == 0 || len(other.pages) == 0 ||
		&c.pages[0][0] != &other.pages[0][0] || len(c.pages[0]) != len(other.pages[0]) {
		return false
	}
	c.pages, other.pages = c.pages[1:], other.pages[1:]
	return true
}
