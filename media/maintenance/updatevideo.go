package maintenance

import (
	"context"
	"path"

	"musicdb/media/files"
	"musicdb/media/library"
)

// UpdateVideo makes a row of a video say what another path says, and the checksum
// of the file there: path, name, release, artist. What the user has said about it
// stays, and so do its duration, size, frames, and the part that is played.
func (k *Keeper) UpdateVideo(ctx context.Context, id int64, newpath string) error {
	defer k.beginUpdate(ctx)()
	u, err := k.planVideo(ctx, id, newpath)
	if err != nil {
		return err
	}
	artist, known := k.o.Library.Catalogue().ArtistByPath(u.at.Artist)
	if !known {
		return noArtist(newpath)
	}
	return k.edit(ctx, updated("video", newpath), func(e *library.Edit) error { return u.write(e, artist.ID) })
}

// videoUpdate is what becomes of the row of a video.
type videoUpdate struct {
	id       int64
	at       files.Location
	checksum string
}

func (k *Keeper) planVideo(ctx context.Context, id int64, rel string) (videoUpdate, error) {
	at, err := files.Analyse(rel, files.KindVideo)
	if err != nil {
		return videoUpdate{}, err
	}
	c := k.o.Library.Catalogue()
	if _, exists := c.Video(id); !exists {
		return videoUpdate{}, unknown("video", id)
	}
	if other, exists := c.VideoByPath(rel); exists && other.ID != id {
		return videoUpdate{}, taken("video", other.ID, rel)
	}
	checksum, err := k.o.Music.Checksum(ctx, rel)
	return videoUpdate{id, at, checksum}, err
}

// planVideos plans the update of those videos of an artist whose files are in
// another directory of his. A video that cannot be brought up to date is reported.
func (k *Keeper) planVideos(ctx context.Context, artistID int64, artistPath string) (updates []videoUpdate, err error) {
	for _, v := range k.o.Library.Catalogue().VideosOf(artistID) {
		rel := path.Join(artistPath, path.Base(v.Path))
		if info, err := k.o.Music.Stat(rel); err != nil || !info.Mode().IsRegular() {
			continue
		}
		u, err := k.planVideo(ctx, v.ID, rel)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			k.log.Warn("a video of an updated artist cannot be brought up to date; its row keeps what it says", "video", v.ID, "path", rel, "err", err)
			continue
		}
		updates = append(updates, u)
	}
	return updates, nil
}

func (u videoUpdate) write(e *library.Edit, artistID int64) error {
	v, exists := e.Catalogue().Video(u.id)
	if !exists {
		return unknown("video", u.id)
	}
	release := int64(u.at.Release)
	v.Path, v.Name, v.Release, v.ArtistID, v.Checksum = u.at.Path, u.at.Name, &release, artistID, u.checksum
	return e.PutVideo(v)
}
