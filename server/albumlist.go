package server

import (
	"musicdb/media/library"
	"musicdb/server/wire"
)

// albumList writes lists of albums of one snapshot of the library, without making
// anything of them but their JSON: a list of 8,000 albums has 7 MB of it, and is made
// again whenever one of them has changed. A test holds it equal to what the types of
// the results say. It belongs to one goroutine.
type albumList struct {
	c   *library.Catalogue
	sel library.Selection

	albums []library.Album     // of one artist
	tags   []library.TargetTag // of one album
	keys   map[int64][]byte    // of a tag, as they stand in every assignment of it
}

func newAlbumList(c *library.Catalogue, sel library.Selection) *albumList {
	return &albumList{c: c, sel: sel, keys: map[int64][]byte{}}
}

// appendArtists writes the artists with their visible albums; one without any only if
// that is wanted.
func (l *albumList) appendArtists(dst []byte, withoutAlbums bool) []byte {
	dst = append(dst, '[')
	empty := len(dst)
	for _, artist := range l.c.ArtistsByName() {
		before := len(dst)
		if before > empty {
			dst = append(dst, ',')
		}
		dst = appendArtist(append(dst, `{"artist":`...), &artist)
		dst = append(dst, `,"albums":`...)
		l.albums = l.c.AppendAlbumsOf(l.albums[:0], artist.ID)
		list := len(dst)
		dst = l.appendAlbums(dst, l.albums)
		if len(dst) == list+len("[]") && !withoutAlbums {
			dst = dst[:before]
			continue
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendAlbums writes those of the albums that are visible, by release; it sorts them.
func (l *albumList) appendAlbums(dst []byte, albums []library.Album) []byte {
	byRelease(albums)
	dst = append(dst, '[')
	empty := len(dst)
	for i := range albums {
		if !l.c.Passing(l.sel, albums[i].ID) {
			continue
		}
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		dst = appendAlbum(append(dst, `{"album":`...), &albums[i])
		dst = wire.AppendInt(append(dst, `,"tags":{"albumid":`...), albums[i].ID)
		l.tags = l.c.AppendAlbumTags(l.tags[:0], albums[i].ID)
		dst = l.appendTags(append(dst, `,"genres":`...), library.ClassGenre)
		dst = l.appendTags(append(dst, `,"subgenres":`...), library.ClassSubgenre)
		dst = l.appendTags(append(dst, `,"moods":`...), library.ClassMood)
		dst = append(dst, "}}"...)
	}
	return append(dst, ']')
}

// appendTags writes those of l.tags that have a class.
func (l *albumList) appendTags(dst []byte, class int64) []byte {
	dst = append(dst, '[')
	empty := len(dst)
	for i := range l.tags {
		t := &l.tags[i]
		if t.Class != class {
			continue
		}
		if len(dst) > empty {
			dst = append(dst, ',')
		}
		keys, known := l.keys[t.TagID]
		if !known {
			keys = appendTagKeys(make([]byte, 0, 256), &t.Tag)
			l.keys[t.TagID] = keys
		}
		dst = append(append(appendAssignment(dst, t), ','), keys...)
	}
	return append(dst, ']')
}
