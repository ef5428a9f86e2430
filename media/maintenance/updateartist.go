package maintenance

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"musicdb/media/files"
	"musicdb/media/library"
)

// UpdateArtist gives an artist the name of another directory. Each of his albums,
// hidden or not, whose directory is there is brought up to date as by UpdateAlbum,
// and each of his videos whose file is there gets its new path; the others keep
// theirs. An album that cannot be brought up to date is reported in the log and
// keeps what its row says.
func (k *Keeper) UpdateArtist(ctx context.Context, id int64, newpath string) error {
	if _, err := files.Analyse(newpath, files.KindArtist); err != nil {
		return err
	}
	defer k.beginUpdate(ctx)()
	c := k.o.Library.Catalogue()
	if _, exists := c.Artist(id); !exists {
		return unknown("artist", id)
	}
	if other, exists := c.ArtistByPath(newpath); exists && other.ID != id {
		return taken("artist", other.ID, newpath)
	}
	switch info, err := k.o.Music.Stat(newpath); {
	case err == nil && !info.IsDir():
		return &RefusedError{"update", newpath, "it is a file"}
	case err != nil && !errors.Is(err, fs.ErrNotExist): // a link that leads out, a name that cannot be
		return &RefusedError{"update", newpath, err.Error()}
	}
	var albums []albumUpdate
	for _, a := range c.AlbumsOf(id) {
		rel := path.Join(newpath, path.Base(a.Path))
		if info, err := k.o.Music.Stat(rel); err != nil || !info.IsDir() {
			continue
		}
		at, err := albumAt(rel)
		var u albumUpdate
		if err == nil {
			u, err = k.planAlbum(ctx, a.ID, at)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			k.log.Warn("an album of an updated artist cannot be brought up to date; its row keeps what it says", "album", a.ID, "path", rel, "err", err)
			continue
		}
		albums = append(albums, u)
	}
	videos, err := k.planVideos(ctx, id, newpath)
	if err != nil {
		return err
	}
	return k.edit(ctx, updated("artist", newpath), func(e *library.Edit) error {
		artist, exists := e.Catalogue().Artist(id)
		if !exists {
			return unknown("artist", id)
		}
		artist.Name, artist.Path = newpath, newpath
		if err := e.PutArtist(artist); err != nil {
			return err
		}
		for _, u := range albums {
			if err := u.write(e, id); err != nil {
				return err
			}
		}
		for _, u := range videos {
			if err := u.write(e, id); err != nil {
				return err
			}
		}
		return nil
	})
}
