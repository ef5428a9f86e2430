package library

import (
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Catalogue is an immutable snapshot of all artists, albums, songs, videos, tags
// and assignments of tags. Any number of goroutines may read it, for as long as
// they like; it never changes, a newer one is at [Library.Catalogue].
//
// Slices and rows that it returns are copies, except what the pointers of a row
// lead to, which must not be modified. "Row order" is ascending id.
type Catalogue struct {
	generation uint64
	names      uint64

	artists   table[Artist, *Artist]
	albums    table[Album, *Album]
	songs     table[Song, *Song]
	videos    table[Video, *Video]
	tags      table[Tag, *Tag]
	albumTags table[assignment, *assignment]
	songTags  table[assignment, *assignment]
	videoTags table[assignment, *assignment]

	albumsOf index // artist, album
	songsOf  index // album, song
	videosOf index // artist, video

	artistPaths index // hash of the path, id
	albumPaths  index
	songPaths   index
	videoPaths  index

	byName *nameOrder // shared by all snapshots with the same artists
	uses   *tagUses   // shared by all snapshots with the same tags and assignments
}

func (a *Artist) order() pair { return pair{a.ID, 0} }
func (a *Album) order() pair  { return pair{a.ID, 0} }
func (s *Song) order() pair   { return pair{s.ID, 0} }
func (v *Video) order() pair  { return pair{v.ID, 0} }
func (t *Tag) order() pair    { return pair{t.ID, 0} }

// nameOrder sorts the artists the first time somebody wants them sorted.
type nameOrder struct {
	once    sync.Once
	artists []Artist
}

// Generation numbers the snapshots of this process: a newer one of the same
// Library has a higher number, and no two have the same. What was computed from
// a snapshot stays right while its generation is the newest.
func (c *Catalogue) Generation() uint64 { return c.generation }

// Names is the generation in which the name of an artist, album, song or video
// changed last, or one of them was added or removed: an index over names stays
// right while it is the same.
func (c *Catalogue) Names() uint64 { return c.names }

var generations atomic.Uint64

// Artists returns all artists in row order.
func (c *Catalogue) Artists() []Artist { return c.artists.slice() }

// ArtistsByName returns all artists ordered by lower-case name, code point by
// code point; equal names stay in row order.
func (c *Catalogue) ArtistsByName() []Artist {
	c.byName.once.Do(func() {
		type entry struct {
			key    string
			artist Artist
		}
		entries := make([]entry, 0, c.artists.rows)
		for a := range c.artists.all() {
			entries = append(entries, entry{Lower(a.Name), *a})
		}
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		c.byName.artists = make([]Artist, len(entries))
		for i, e := range entries {
			c.byName.artists[i] = e.artist
		}
	})
	return slices.Clone(c.byName.artists)
}

// Artist returns the artist with this id.
func (c *Catalogue) Artist(id int64) (Artist, bool) { return value(c.artists.get(pair{id, 0})) }

// Albums returns all albums, hidden ones included, in row order.
func (c *Catalogue) Albums() []Album { return c.albums.slice() }

// Album returns the album with this id, hidden or not.
func (c *Catalogue) Album(id int64) (Album, bool) { return value(c.albums.get(pair{id, 0})) }

// AlbumsOf returns the albums of an artist, hidden ones included, in row order.
func (c *Catalogue) AlbumsOf(artistID int64) []Album {
	var albums []Album
	for id := range found(c.albumsOf, artistID) {
		albums = append(albums, *c.albums.get(pair{id, 0}))
	}
	return albums
}

// Songs iterates over all songs in row order.
func (c *Catalogue) Songs() iter.Seq[Song] {
	return func(yield func(Song) bool) {
		for s := range c.songs.all() {
			if !yield(*s) {
				return
			}
		}
	}
}

// Song returns the song with this id.
func (c *Catalogue) Song(id int64) (Song, bool) { return value(c.songs.get(pair{id, 0})) }

// SongsOf returns the songs of an album in row order. An unknown album, and the
// id 0, have none.
func (c *Catalogue) SongsOf(albumID int64) []Song {
	var songs []Song
	for id := range found(c.songsOf, albumID) {
		songs = append(songs, *c.songs.get(pair{id, 0}))
	}
	return songs
}

// NumberOf tells how many artists, albums and songs there are.
func (c *Catalogue) NumberOf() (artists, albums, songs int) {
	return c.artists.rows, c.albums.rows, c.songs.rows
}

// ArtistByPath, AlbumByPath, SongByPath and VideoByPath return the first row with exactly
// this path relative to the music directory.
func (c *Catalogue) ArtistByPath(path string) (Artist, bool) {
	return value(byPath(c.artists, c.artistPaths, path, func(a *Artist) string { return a.Path }))
}

// AlbumByPath is described at ArtistByPath.
func (c *Catalogue) AlbumByPath(path string) (Album, bool) {
	return value(byPath(c.albums, c.albumPaths, path, func(a *Album) string { return a.Path }))
}

// SongByPath is described at ArtistByPath.
func (c *Catalogue) SongByPath(path string) (Song, bool) {
	return value(byPath(c.songs, c.songPaths, path, func(s *Song) string { return s.Path }))
}

func byPath[R any, P ordered[R]](rows table[R, P], paths index, path string, of func(*R) string) *R {
	for id := range found(paths, pathHash(path)) {
		if row := rows.get(pair{id, 0}); of(row) == path {
			return row
		}
	}
	return nil
}

var pathSeed = maphash.MakeSeed()

// pathHash leaves the last bits free of meaning: two paths may share a hash, so
// whoever looks one up compares the path itself.
func pathHash(path string) int64 { return int64(maphash.String(pathSeed, path)) }

func value[R any](row *R) (R, bool) {
	if row == nil {
		var none R
		return none, false
	}
	return *row, true
}
