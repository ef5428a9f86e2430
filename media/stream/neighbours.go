package stream

import (
	"cmp"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// This file tells albums that are played in order from single songs.

// inOrder reports whether b comes behind a on the same album.
func inOrder(a, b library.Song) bool {
	return a.AlbumID == b.AlbumID && a.AlbumID != 0 &&
		cmp.Or(cmp.Compare(a.CD, b.CD), cmp.Compare(a.Number, b.Number)) < 0
}

// inAlbum reports whether an entry stands in the queue beside a neighbour of the
// same album, in the order of the album. The song before the head of the queue is
// the one that was heard last.
func (c *conductor) inAlbum(e queue.Entry, song library.Song) bool {
	entries, catalogue := c.s.o.Queue.Entries(), c.s.o.Library.Catalogue()
	for i, at := range entries {
		if at.ID != e.ID {
			continue
		}
		before, after := c.before, library.Song{}
		if i > 0 {
			before, _ = catalogue.Song(entries[i-1].SongID)
		}
		if i+1 < len(entries) {
			after, _ = catalogue.Song(entries[i+1].SongID)
		}
		return inOrder(before, song) || inOrder(song, after)
	}
	return false
}
