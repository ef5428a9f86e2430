package library

import (
	"context"
	"database/sql"
	"time"
)

// NewAlbum is an album with all its songs, to be entered by AddAlbum. Paths are
// relative to the music directory.
type NewAlbum struct {
	ArtistName  string // display name of the artist
	ArtistPath  string // directory of the artist; an artist with this path is reused
	Name        string
	Path        string
	Origin      string
	Release     int64     // year
	ArtworkPath string    // empty: the default cover
	BgColor     string    // "#RRGGBB"; the three colours are empty or not together
	FgColor     string    // "
	HlColor     string    // "
	Added       time.Time // zero: now
	Hidden      bool
	Songs       []NewSong // ids are given in this order
}

// NewSong is a song of a NewAlbum.
type NewSong struct {
	Name          string
	Path          string
	Number        int64
	CD            int64 // counted from 1; 0 is entered as 1
	Playtime      int64 // seconds
	Bitrate       int64 // bit/s
	Checksum      string
	Lyrics        string // from the metadata of the file, empty when it has none
	LiveRecording bool
	BadAudio      bool
}

// What a row gets when nothing else is known; the old server's defaults.
const (
	DefaultArtwork = "default.jpg"
	DefaultBgColor = "#101010"
	DefaultFgColor = "#F0F0F0"
	DefaultHlColor = "#909090"
)

// AddAlbum enters an album with its songs and their lyrics, and its artist if
// no artist has this path yet, all or nothing. It fails with an EntryError when
// the path of the album or of a song is empty or already known.
func (l *Library) AddAlbum(ctx context.Context, n NewAlbum) (Album, error) {
	var album Album
	err := l.change(ctx, func(ctx context.Context, tx *sql.Tx, c *Catalogue) (func(*Catalogue), error) {
		if err := n.refusal(c); err != nil {
			return nil, err
		}
		artist, known := c.ArtistByPath(n.ArtistPath)
		if !known {
			var err error
			if artist, err = insertArtist(ctx, tx, n.ArtistName, n.ArtistPath); err != nil {
				return nil, err
			}
		}
		var err error
		if album, err = insertAlbum(ctx, tx, n.row(artist.ID, l.now)); err != nil {
			return nil, err
		}
		songs := make([]Song, len(n.Songs))
		for i, s := range n.Songs {
			if songs[i], err = insertSong(ctx, tx, s.row(album.ID, artist.ID), s.Lyrics); err != nil {
				return nil, err
			}
		}
		return func(c *Catalogue) {
			if !known {
				c.addArtist(artist)
			}
			c.addAlbum(album)
			for _, s := range songs {
				c.addSong(s)
			}
		}, nil
	})
	return album, err
}

// refusal says why an album cannot be entered, or returns nil.
func (n NewAlbum) refusal(c *Catalogue) error {
	switch {
	case n.ArtistPath == "" || n.ArtistName == "":
		return &EntryError{Reason: ErrInvalid, Kind: "artist", Detail: "name or path is empty"}
	case n.Path == "" || n.Name == "":
		return &EntryError{Reason: ErrInvalid, Kind: "album", Detail: "name or path is empty"}
	}
	if known, exists := c.AlbumByPath(n.Path); exists {
		return &EntryError{Reason: ErrExists, Kind: "album", ID: known.ID, Detail: n.Path}
	}
	paths := make(map[string]bool, len(n.Songs))
	for _, s := range n.Songs {
		if s.Path == "" || s.Name == "" {
			return &EntryError{Reason: ErrInvalid, Kind: "song", Detail: "name or path is empty, in album " + n.Path}
		}
		if known, exists := c.SongByPath(s.Path); exists {
			return &EntryError{Reason: ErrExists, Kind: "song", ID: known.ID, Detail: s.Path}
		}
		if paths[s.Path] {
			return &EntryError{Reason: ErrExists, Kind: "song", Detail: s.Path + " appears twice in the album"}
		}
		paths[s.Path] = true
	}
	return nil
}

func (n NewAlbum) row(artistID int64, now func() time.Time) Album {
	added := n.Added
	if added.IsZero() {
		added = now()
	}
	songs, cds := int64(len(n.Songs)), int64(0)
	for _, s := range n.Songs {
		cds = max(cds, s.CD, 1)
	}
	return Album{
		ArtistID: artistID, Name: n.Name, Path: n.Path, NumOfSongs: &songs, NumOfCDs: &cds,
		Origin: &n.Origin, Release: &n.Release,
		ArtworkPath: orDefault(n.ArtworkPath, DefaultArtwork), BgColor: orDefault(n.BgColor, DefaultBgColor),
		FgColor: orDefault(n.FgColor, DefaultFgColor), HlColor: orDefault(n.HlColor, DefaultHlColor),
		Added: added.Unix(), Hidden: flag(n.Hidden),
	}
}

// SetAlbumArtwork enters the file name of an album's cover, relative to the
// artwork directory.
func (l *Library) SetAlbumArtwork(ctx context.Context, albumID int64, artworkpath string) error {
	return l.change(ctx, func(ctx context.Context, tx *sql.Tx, c *Catalogue) (func(*Catalogue), error) {
		missing := &EntryError{Reason: ErrNotFound, Kind: "album", ID: albumID}
		album, exists := c.Album(albumID)
		if !exists {
			return nil, missing
		}
		album.ArtworkPath = artworkpath
		err := updateOne(ctx, tx, missing, "UPDATE albums SET artworkpath = ? WHERE albumid = ?", artworkpath, albumID)
		return func(c *Catalogue) { c.albums = c.albums.with(album) }, err
	})
}

func insertArtist(ctx context.Context, tx *sql.Tx, name, path string) (Artist, error) {
	id, err := insert(ctx, tx, "INSERT INTO artists (name, path) VALUES (?, ?)", name, path)
	return Artist{ID: id, Name: name, Path: path}, err
}

func insertAlbum(ctx context.Context, tx *sql.Tx, a Album) (Album, error) {
	var err error
	a.ID, err = insert(ctx, tx, `INSERT INTO albums (artistid, name, path, numofsongs, numofcds, origin, release,
		artworkpath, bgcolor, fgcolor, hlcolor, added, hidden) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ArtistID, a.Name, a.Path, a.NumOfSongs, a.NumOfCDs, a.Origin, a.Release,
		a.ArtworkPath, a.BgColor, a.FgColor, a.HlColor, a.Added, a.Hidden)
	return a, err
}

func (c *Catalogue) addArtist(a Artist) {
	c.names = c.generation
	c.artists = c.artists.with(a)
	c.artistPaths = c.artistPaths.with(pair{pathHash(a.Path), a.ID})
	c.byName = &nameOrder{}
}

func (c *Catalogue) addAlbum(a Album) {
	c.names = c.generation
	c.albums = c.albums.with(a)
	c.albumsOf = c.albumsOf.with(pair{a.ArtistID, a.ID})
	c.albumPaths = c.albumPaths.with(pair{pathHash(a.Path), a.ID})
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}
