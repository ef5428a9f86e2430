package library

import (
	"context"
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

// AddAlbum is [Edit.AddAlbum] as an edit of its own.
func (l *Library) AddAlbum(ctx context.Context, n NewAlbum) (Album, error) {
	var album Album
	err := l.Edit(ctx, func(e *Edit) (err error) {
		album, err = e.AddAlbum(n)
		return err
	})
	return album, err
}

// AddAlbum enters an album with its songs and their lyrics, and its artist if
// no artist has this path yet, all or nothing. It fails with an EntryError when
// the path of the album or of a song is empty or already known.
func (e *Edit) AddAlbum(n NewAlbum) (Album, error) {
	if err := n.refusal(e.now); err != nil {
		return Album{}, err
	}
	artist, known := e.now.ArtistByPath(n.ArtistPath)
	if !known {
		var err error
		if artist, err = e.AddArtist(n.ArtistName, n.ArtistPath); err != nil {
			return Album{}, err
		}
	}
	a := n.row(artist.ID, e.lib.now)
	var err error
	if a.ID, err = e.insert(albumRows, a.values()); err != nil {
		return Album{}, err
	}
	e.learn(func(c *Catalogue) { c.changeAlbum(nil, &a) })
	for _, s := range n.Songs {
		if _, err := e.enterSong(s.row(a.ID, artist.ID), s.Lyrics); err != nil {
			return Album{}, err
		}
	}
	return a, nil
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

// PutAlbum replaces the row of an album. When it goes to another artist, its
// songs go with it; their paths stay what they are. It fails with an EntryError:
// ErrNotFound when there is no such album, or not the artist it shall go to;
// ErrInvalid when the new name or path is empty; ErrExists when another album has
// the new path.
func (e *Edit) PutAlbum(a Album) error {
	before, exists := e.now.Album(a.ID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "album", ID: a.ID}
	}
	if a.Name != before.Name || a.Path != before.Path {
		if err := named("album", a.ID, a.Name, a.Path); err != nil {
			return err
		}
	}
	if known, exists := e.now.AlbumByPath(a.Path); exists && a.Path != before.Path {
		return &EntryError{Reason: ErrExists, Kind: "album", ID: known.ID, Detail: a.Path}
	}
	if _, exists := e.now.Artist(a.ArtistID); !exists && a.ArtistID != before.ArtistID {
		return &EntryError{Reason: ErrNotFound, Kind: "artist", ID: a.ArtistID}
	}
	changed, err := e.update(albumRows, a.ID, before.values(), a.values())
	if err != nil || !changed {
		return err
	}
	e.learn(func(c *Catalogue) { c.changeAlbum(&before, &a) })
	if a.ArtistID == before.ArtistID {
		return nil
	}
	for _, s := range e.now.SongsOf(a.ID) {
		s.ArtistID = a.ArtistID
		if err := e.PutSong(s); err != nil {
			return err
		}
	}
	return nil
}

// Recount makes the numbers of songs and of discs of an album what its songs
// say: how many there are, and the highest disc number.
func (e *Edit) Recount(albumID int64) error {
	a, exists := e.now.Album(albumID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "album", ID: albumID}
	}
	var songs, discs int64
	for _, s := range e.now.SongsOf(albumID) {
		songs, discs = songs+1, max(discs, s.CD, 1)
	}
	a.NumOfSongs, a.NumOfCDs = &songs, &discs
	return e.PutAlbum(a)
}

// RemoveAlbum removes an album with its tags and all its songs. A video that
// refers to it stays without the reference.
func (e *Edit) RemoveAlbum(id int64) error {
	a, exists := e.now.Album(id)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "album", ID: id}
	}
	for _, s := range e.now.SongsOf(id) {
		if err := e.removeSong(s); err != nil {
			return err
		}
	}
	for v := range e.now.videos.all() {
		if v := *v; v.AlbumID != nil && *v.AlbumID == id {
			v.AlbumID = nil
			if err := e.PutVideo(v); err != nil {
				return err
			}
		}
	}
	if err := e.unassignAll(AlbumTarget, id); err != nil {
		return err
	}
	if err := e.delete(albumRows, id); err != nil {
		return err
	}
	e.learn(func(c *Catalogue) { c.changeAlbum(&a, nil) })
	return nil
}

// SetAlbumArtwork enters the file name of an album's cover, relative to the
// artwork directory.
func (l *Library) SetAlbumArtwork(ctx context.Context, albumID int64, artworkpath string) error {
	return l.Edit(ctx, func(e *Edit) error {
		a, exists := e.now.Album(albumID)
		if !exists {
			return &EntryError{Reason: ErrNotFound, Kind: "album", ID: albumID}
		}
		a.ArtworkPath = artworkpath
		return e.PutAlbum(a)
	})
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
