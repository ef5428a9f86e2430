package library

import (
	"iter"
	"maps"
	"math"
	"slices"
)

// Passage says whether a song is to be heard by a selection, and if not, what
// stands against it first.
type Passage uint8

const (
	// Passes: the song is to be heard.
	Passes Passage = iota
	// NoAlbum: the album of the song is not in the library.
	NoAlbum
	// HiddenAlbum: its album is hidden.
	HiddenAlbum
	// OtherAlbum: its album is not of the selected genres.
	OtherAlbum
	// OtherSong: its album is, but the song itself is not.
	OtherSong
)

// PassageOf judges one song by what [Catalogue.Passing] says of its album and
// [Catalogue.PassingSong] of itself.
func (c *Catalogue) PassageOf(s Selection, song *Song) Passage {
	if p := c.passageOfAlbum(s, song.AlbumID); p != Passes {
		return p
	}
	if !c.PassingSong(s, song.ID) {
		return OtherSong
	}
	return Passes
}

// Passages judges all songs, in row order. It is many times faster than to judge
// each by itself. The rows must not be modified.
func (c *Catalogue) Passages(s Selection) iter.Seq2[*Song, Passage] {
	return func(yield func(*Song, Passage) bool) {
		albums := make(map[int64]Passage, c.albums.rows)
		for a := range c.albums.all() {
			albums[a.ID] = c.passageOfAlbum(s, a.ID)
		}
		active := c.activity(s)
		tagged := cursor[assignment, *assignment]{pages: c.songTags.pages}
		last, ofLast := int64(math.MinInt64), NoAlbum // most songs follow others of their album
		for song := range c.songs.all() {
			if song.AlbumID != last {
				last = song.AlbumID
				if p, known := albums[last]; known {
					ofLast = p
				} else {
					ofLast = NoAlbum
				}
			}
			p := ofLast
			if p == Passes && !s.Empty() && !passingTags(&tagged, song.ID, active) {
				p = OtherSong
			}
			if !yield(song, p) {
				return
			}
		}
	}
}

func (c *Catalogue) passageOfAlbum(s Selection, id int64) Passage {
	album := c.albums.get(pair{id, 0})
	switch {
	case album == nil:
		return NoAlbum
	case album.Hidden != 0:
		return HiddenAlbum
	case !c.passingTagsOf(s, id):
		return OtherAlbum
	}
	return Passes
}

// activity is what a genre or sub genre says about a song that has it.
type activity struct{ subgenre, active bool }

func (c *Catalogue) activity(s Selection) map[int64]activity {
	subgenres := slices.Concat(slices.Collect(maps.Values(s.Genres))...)
	of := make(map[int64]activity, c.tags.rows)
	for t := range c.tags.all() {
		switch t.Class {
		case ClassGenre:
			of[t.ID] = activity{active: s.HasGenre(t.ID)}
		case ClassSubgenre:
			of[t.ID] = activity{subgenre: true, active: slices.Contains(subgenres, t.ID)}
		}
	}
	return of
}

// passingTags is PassingSong for songs that are asked for in row order.
func passingTags(at *cursor[assignment, *assignment], song int64, of map[int64]activity) bool {
	var genres, subgenres, hasGenre, hasSubgenre bool
	for row := at.row(); row != nil && row.target <= song; row = at.row() {
		if tag, known := of[row.tag]; known && row.target == song && row.approval >= ApprovalConfirmed {
			if tag.subgenre {
				subgenres, hasSubgenre = true, hasSubgenre || tag.active
			} else {
				genres, hasGenre = true, hasGenre || tag.active
			}
		}
		at.next()
	}
	return (hasGenre || !genres) && (hasSubgenre || !subgenres)
}
