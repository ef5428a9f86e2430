package queue

import (
	"slices"

	"musicdb/media/library"
	"musicdb/media/state"
)

// lately is what the random selection of songs remembers of the queue.
type lately struct{ songs, albums, artists blacklist }

func (l *lately) remember(s library.Song, at int64, lengths state.BlackLists) {
	l.artists.push(s.ArtistID, at, lengths.ArtistListLength)
	l.albums.push(s.AlbumID, at, lengths.AlbumListLength)
	l.songs.push(s.ID, at, lengths.SongListLength)
}

func (l *lately) age(lengths state.BlackLists, oldest, now int64) {
	l.songs.age(lengths.SongListLength, oldest, now)
	l.albums.age(lengths.AlbumListLength, oldest, now)
	l.artists.age(lengths.ArtistListLength, oldest, now)
}

func (l *lately) memory() memory {
	return memory{songs: l.songs.ids(), albums: l.albums.ids(), artists: l.artists.ids()}
}

// copied is a memory of its own, for what shall not change this one.
func (l *lately) copied() lately {
	c := *l
	for _, list := range []*blacklist{&c.songs, &c.albums, &c.artists} {
		list.slots = slices.Clone(list.slots)
	}
	return c
}
