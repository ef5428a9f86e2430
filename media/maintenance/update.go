package maintenance

import (
	"context"
	"fmt"
	"path"

	"musicdb/media/files"
	"musicdb/media/library"
)

// UpdateSong makes a row of a song say what another path, and the file there, say:
// path, name, numbers, artist, duration, bit rate, checksum. The album stays, and
// is counted again; statistics, flags, lyrics and tags stay.
//
// Errors of the updating methods: *[RefusedError], *[files.PathError],
// *[files.NamingError], those of [files.Music.Read], *[library.EntryError] and
// those of the database. After each of them all rows are as they were.
func (k *Keeper) UpdateSong(ctx context.Context, id int64, newpath string) error {
	at, err := songAt(newpath)
	if err != nil {
		return err
	}
	defer k.beginUpdate(ctx)()
	c := k.o.Library.Catalogue()
	if _, exists := c.Song(id); !exists {
		return unknown("song", id)
	}
	if other, exists := c.SongByPath(newpath); exists && other.ID != id {
		return taken("song", other.ID, newpath)
	}
	artist, known := c.ArtistByPath(at.Artist)
	if !known {
		return noArtist(newpath)
	}
	content, err := k.o.Music.Read(ctx, newpath)
	if !files.Playable(err) {
		return err
	}
	u := songUpdate{id: id, at: at, content: &content}
	return k.edit(ctx, updated("song", newpath), func(e *library.Edit) error {
		song, err := u.write(e, artist.ID)
		if err != nil {
			return err
		}
		if _, known := e.Catalogue().Album(song.AlbumID); !known {
			return nil
		}
		return e.Recount(song.AlbumID)
	})
}

// songUpdate is what becomes of the row of a song.
type songUpdate struct {
	id      int64
	at      files.Location
	content *files.Content // nil: the row keeps what it says
}

func (u songUpdate) write(e *library.Edit, artistID int64) (library.Song, error) {
	// The row is read inside the edit: it may have been played meanwhile.
	s, exists := e.Catalogue().Song(u.id)
	if !exists {
		return s, unknown("song", u.id)
	}
	s.Path, s.Name, s.Number, s.CD = u.at.Path, u.at.Name, int64(u.at.Number), int64(u.at.CD)
	s.ArtistID = artistID
	if u.content != nil {
		take(&s, *u.content)
	}
	return s, e.PutSong(s)
}

// UpdateAlbum makes the row of an album say what another path says: path, name,
// release, artist. There must be a directory with music. Each song whose file is
// there under its old name is brought up to date as by UpdateSong, the others keep
// their path. An origin that is known stays; it may have been set by the user.
func (k *Keeper) UpdateAlbum(ctx context.Context, id int64, newpath string) error {
	defer k.beginUpdate(ctx)()
	at, err := albumAt(newpath)
	if err != nil {
		return err
	}
	artist, known := k.o.Library.Catalogue().ArtistByPath(at.Artist)
	if !known {
		return noArtist(newpath)
	}
	u, err := k.planAlbum(ctx, id, at)
	if err != nil {
		return err
	}
	return k.edit(ctx, updated("album", newpath), func(e *library.Edit) error { return u.write(e, artist.ID) })
}

// albumUpdate is what becomes of the row of an album and those of its songs.
type albumUpdate struct {
	id     int64
	at     files.Location
	origin files.Origin // for an album that has none
	songs  []songUpdate
}

// planAlbum reads everything that the update of an album needs.
func (k *Keeper) planAlbum(ctx context.Context, id int64, at files.Location) (albumUpdate, error) {
	u := albumUpdate{id: id, at: at}
	c := k.o.Library.Catalogue()
	if _, exists := c.Album(id); !exists {
		return u, unknown("album", id)
	}
	if other, exists := c.AlbumByPath(at.Path); exists && other.ID != id {
		return u, taken("album", other.ID, at.Path)
	}
	music, err := k.o.Music.NewSongs(at.Path, k.o.Ignore, func(string) bool { return false })
	if err != nil {
		return u, fmt.Errorf("maintenance: album %q: %w", at.Path, err)
	}
	if len(music) == 0 {
		return u, &RefusedError{"update", at.Path, "there is no music file in the directory"}
	}
	for _, s := range c.SongsOf(id) {
		song, err := k.planSong(ctx, s, path.Join(at.Path, path.Base(s.Path)))
		if err != nil {
			return u, err
		}
		if song.id != 0 {
			u.songs = append(u.songs, song)
		}
	}
	tags, err := k.o.Music.ReadTags(ctx, music[0])
	if files.Playable(err) {
		u.origin = tags.Origin
	}
	return u, ctx.Err()
}

// planSong reads a song of an album at its new place. The result has no id when
// the song is not there.
func (k *Keeper) planSong(ctx context.Context, s library.Song, rel string) (songUpdate, error) {
	if info, err := k.o.Music.Stat(rel); err != nil || !info.Mode().IsRegular() {
		return songUpdate{}, nil //nolint:nilerr // a song that is not there keeps its path
	}
	if other, exists := k.o.Library.Catalogue().SongByPath(rel); exists && other.ID != s.ID {
		return songUpdate{}, taken("song", other.ID, rel)
	}
	at, err := songAt(rel)
	if err != nil { // the row was made when other names were allowed; it keeps its name
		at = files.Location{Path: rel, Name: s.Name, Number: int(s.Number), CD: int(s.CD)}
	}
	u := songUpdate{id: s.ID, at: at}
	content, err := k.o.Music.Read(ctx, rel)
	if files.Playable(err) {
		u.content = &content
	} else {
		k.log.Warn("a song of an updated album cannot be read; its row keeps what it says", "path", rel, "err", err)
	}
	return u, nil
}

func (u albumUpdate) write(e *library.Edit, artistID int64) error {
	a, exists := e.Catalogue().Album(u.id)
	if !exists {
		return unknown("album", u.id)
	}
	release := int64(u.at.Release)
	a.Path, a.Name, a.Release, a.ArtistID = u.at.Path, u.at.Album, &release, artistID
	if (a.Origin == nil || *a.Origin == "") && u.origin != "" {
		origin := string(u.origin)
		a.Origin = &origin
	}
	if err := e.PutAlbum(a); err != nil {
		return err
	}
	for _, s := range e.Catalogue().SongsOf(u.id) { // of songs that are not there, too
		s.ArtistID = artistID
		if err := e.PutSong(s); err != nil {
			return err
		}
	}
	for _, song := range u.songs {
		if _, err := song.write(e, artistID); err != nil {
			return err
		}
	}
	return e.Recount(u.id)
}

// updated describes an update for the journal.
func updated(kind, newpath string) library.Undoable {
	return library.Undoable{Kind: KindUpdate, Title: fmt.Sprintf("the entry of the %s %q was brought up to date", kind, newpath), Path: newpath}
}

func unknown(kind string, id int64) error {
	return &library.EntryError{Reason: library.ErrNotFound, Kind: kind, ID: id}
}

func noArtist(rel string) error {
	return &RefusedError{"update", rel, "its artist is not in the library; create the artist first"}
}
