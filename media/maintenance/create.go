package maintenance

import (
	"context"
	"fmt"

	"musicdb/media/files"
	"musicdb/media/library"
)

// CreateArtist returns the artist of that name. His directory is made if nothing
// of that name is there, and a row if there is none with that path. A file of that
// name is an error, and so is a name that is no single path element.
func (k *Keeper) CreateArtist(ctx context.Context, name string) (library.Artist, error) {
	end, err := k.begin(ctx)
	if err != nil {
		return library.Artist{}, err
	}
	defer end()
	given := name
	if name, err = k.artistSpelled(given); err != nil {
		return library.Artist{}, err
	}
	for _, spelling := range []string{name, given} {
		if artist, known := k.o.Library.Catalogue().ArtistByPath(spelling); known {
			_, err := k.o.Music.MakeArtist(name)
			return artist, err
		}
	}
	there, err := k.o.Music.Exists(name)
	if err != nil {
		return library.Artist{}, err
	}
	m := move{New: name, NewArtist: !there}
	if m.NewArtist {
		if err := k.note(m); err != nil {
			return library.Artist{}, err
		}
		defer k.forget()
	}
	k.reached(momentNoted)
	created, err := k.o.Music.MakeArtist(name)
	if err != nil {
		return library.Artist{}, err
	}
	k.reached(momentMade)
	var artist library.Artist
	u := library.Undoable{Kind: KindCreate, Title: fmt.Sprintf("the artist %q was created", name), Path: name}
	if created {
		u.Made = []string{name}
	}
	err = k.edit(ctx, u, func(e *library.Edit) error {
		artist, err = e.AddArtist(name, name)
		return err
	})
	if err == nil {
		k.reached(momentCommitted)
	} else if created {
		k.takeBackArtist(m)
	}
	return artist, err
}

// artistSpelled returns the name of an artist as the disk spells it, and refuses a
// new one that nobody should give.
func (k *Keeper) artistSpelled(name string) (string, error) {
	if _, err := files.Analyse(name, files.KindArtist); err != nil {
		return "", err
	}
	spelled, err := k.o.Music.Actual(name)
	if err != nil {
		return "", &RefusedError{"create", name, err.Error()}
	}
	if there, err := k.o.Music.Exists(spelled); there || err != nil {
		return spelled, err
	}
	return spelled, files.CheckNewName(spelled)
}

// CreateSong enters a file into the album of its directory, which must have a
// row. Names and numbers come from the path, the rest from the file.
func (k *Keeper) CreateSong(ctx context.Context, newpath string) (library.Song, error) {
	at, err := songAt(newpath)
	if err != nil {
		return library.Song{}, err
	}
	end, err := k.begin(ctx)
	if err != nil {
		return library.Song{}, err
	}
	defer end()
	c := k.o.Library.Catalogue()
	if known, exists := c.SongByPath(newpath); exists {
		return library.Song{}, taken("song", known.ID, newpath)
	}
	album, known := c.AlbumByPath(at.AlbumPath)
	if !known {
		return library.Song{}, &RefusedError{"create", newpath, "its album is not in the library; import the album"}
	}
	content, err := k.o.Music.Read(ctx, newpath)
	if !files.Playable(err) {
		return library.Song{}, err
	}
	n := library.NewSong{
		Name: at.Name, Path: newpath, Number: int64(at.Number), CD: int64(at.CD),
		Playtime: int64(content.Tags.Playtime), Bitrate: int64(content.Tags.Bitrate), Checksum: content.Checksum,
	}
	if content.Tags.Lyrics != nil {
		n.Lyrics = *content.Tags.Lyrics
	}
	var song library.Song
	u := library.Undoable{Kind: KindCreate, Title: fmt.Sprintf("the song %q was entered", newpath), Path: newpath}
	err = k.edit(ctx, u, func(e *library.Edit) error {
		if song, err = e.AddSong(album.ID, n); err != nil {
			return err
		}
		return e.Recount(album.ID)
	})
	return song, err
}
