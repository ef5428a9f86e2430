package maintenance

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

// Moved is what somebody else has moved in the music directory: a file, or a directory
// with everything in it. Both paths have as many elements as the other: an artist stays an
// artist, an album an album.
type Moved struct{ Old, New string }

// Followed is what became of the row of something that was moved.
type Followed struct {
	Moved
	Err error // why the row stays as it is; nil: it has the new path
}

// FollowMoved lets rows follow what somebody else has moved, in one transaction: name,
// numbers, release and artist become what the new path says, and everything else stays. A
// song that was moved into another album belongs to that one. An artist or album without
// a row is entered if something with a row has come to it. A move whose old path is there
// again, whose new path is gone, or has a row, is left alone and told; the others are
// written then, each by itself.
//
// The error is that of the database or of the context.
func (k *Keeper) FollowMoved(ctx context.Context, moves []Moved) ([]Followed, error) {
	defer k.beginUpdate(ctx)()
	result := make([]Followed, len(moves))
	for i, m := range moves {
		result[i].Moved = m
	}
	err := k.o.Library.Edit(ctx, func(e *library.Edit) error {
		for _, m := range moves {
			if err := k.followMoved(e, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || !refuses(err) {
		return result, err
	}
	for i, m := range moves {
		err := k.o.Library.Edit(ctx, func(e *library.Edit) error { return k.followMoved(e, m) })
		if err != nil && !refuses(err) {
			return result[:i], err
		}
		result[i].Err = err
	}
	return result, nil
}

// refuses tells an error about one row or path from one of the database.
func refuses(err error) bool {
	var entry *library.EntryError
	return errors.As(err, &entry) || errors.Is(err, ErrRefused) || errors.Is(err, files.ErrNaming) || errors.Is(err, files.ErrPath)
}

// followMoved looks at the files once more and writes the rows of one move.
func (k *Keeper) followMoved(e *library.Edit, m Moved) error {
	if err := errors.Join(files.CheckPath(m.Old), files.CheckPath(m.New)); err != nil {
		return err
	}
	elements := strings.Count(m.Old, "/")
	if elements != strings.Count(m.New, "/") || elements > 2 || m.Old == m.New {
		return &RefusedError{"follow", m.New, "it was no move of one kind of thing"}
	}
	if oldThere, newThere, err := k.there(move{Old: m.Old, New: m.New}); err != nil || oldThere || !newThere {
		if err == nil {
			err = errors.New("it is not where it was seen")
		}
		return &RefusedError{"follow", m.New, err.Error()}
	}
	c := e.Catalogue()
	switch elements {
	case 0:
		if other, exists := c.ArtistByPath(m.New); exists {
			return taken("artist", other.ID, m.New)
		}
		return follow(e, move{Old: m.Old, New: m.New}, nil)
	case 1:
		if album, known := c.AlbumByPath(m.Old); known {
			return followAlbumMoved(e, album, m)
		}
		if video, known := c.VideoByPath(m.Old); known {
			return followVideoMoved(e, video, m)
		}
	case 2:
		if song, known := c.SongByPath(m.Old); known {
			return followSongMoved(e, song, m)
		}
	}
	return &RefusedError{"follow", m.Old, "it has no row"}
}

// artistOf is the artist of a path, entered if he is new.
func artistOf(e *library.Edit, rel string) (library.Artist, error) {
	name, _, _ := strings.Cut(rel, "/")
	if artist, known := e.Catalogue().ArtistByPath(name); known {
		return artist, nil
	}
	return e.AddArtist(name, name)
}

func followAlbumMoved(e *library.Edit, album library.Album, m Moved) error {
	if other, exists := e.Catalogue().AlbumByPath(m.New); exists {
		return taken("album", other.ID, m.New)
	}
	at, err := albumAt(m.New)
	if err != nil {
		return err
	}
	songs := e.Catalogue().SongsOf(album.ID)
	for _, s := range songs {
		to := path.Join(m.New, path.Base(s.Path))
		if other, exists := e.Catalogue().SongByPath(to); exists && other.ID != s.ID {
			return taken("song", other.ID, to)
		}
	}
	artist, err := artistOf(e, m.New)
	if err != nil {
		return err
	}
	release := int64(at.Release)
	album.Path, album.Name, album.Release, album.ArtistID = m.New, at.Album, &release, artist.ID
	if err := e.PutAlbum(album); err != nil {
		return err
	}
	for _, s := range songs {
		if path.Dir(s.Path) == m.Old {
			s.Path = path.Join(m.New, path.Base(s.Path))
		}
		s.ArtistID = artist.ID
		if err := e.PutSong(s); err != nil {
			return err
		}
	}
	return nil
}

func followVideoMoved(e *library.Edit, video library.Video, m Moved) error {
	if other, exists := e.Catalogue().VideoByPath(m.New); exists {
		return taken("video", other.ID, m.New)
	}
	at, err := files.Analyse(m.New, files.KindVideo)
	if err != nil {
		return err
	}
	artist, err := artistOf(e, m.New)
	if err != nil {
		return err
	}
	release := int64(at.Release)
	video.Path, video.Name, video.Release, video.ArtistID = m.New, at.Name, &release, artist.ID
	return e.PutVideo(video)
}

// followSongMoved moves one song. Its album is that of its new directory, made after the
// one that it comes from if it is new.
func followSongMoved(e *library.Edit, song library.Song, m Moved) error {
	if other, exists := e.Catalogue().SongByPath(m.New); exists {
		return taken("song", other.ID, m.New)
	}
	at, err := songAt(m.New)
	if err != nil {
		return err
	}
	before := song.AlbumID
	if path.Dir(m.New) != path.Dir(m.Old) {
		album, err := albumOf(e, song, at)
		if err != nil {
			return err
		}
		song.AlbumID, song.ArtistID = album.ID, album.ArtistID
	}
	song.Path, song.Name, song.Number, song.CD = m.New, at.Name, int64(at.Number), int64(at.CD)
	if err := e.PutSong(song); err != nil {
		return err
	}
	for _, id := range []int64{before, song.AlbumID} {
		if _, known := e.Catalogue().Album(id); known {
			if err := e.Recount(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// albumOf is the album of a song's new directory.
func albumOf(e *library.Edit, song library.Song, at files.Location) (library.Album, error) {
	if album, known := e.Catalogue().AlbumByPath(at.AlbumPath); known {
		return album, nil
	}
	place, err := albumAt(at.AlbumPath)
	if err != nil {
		return library.Album{}, err
	}
	artist, err := artistOf(e, place.Path)
	if err != nil {
		return library.Album{}, err
	}
	n := library.NewAlbum{ArtistName: artist.Name, ArtistPath: artist.Path, Name: place.Album, Path: place.Path, Release: int64(place.Release)}
	if from, known := e.Catalogue().Album(song.AlbumID); known {
		n.ArtworkPath, n.BgColor, n.FgColor, n.HlColor = from.ArtworkPath, from.BgColor, from.FgColor, from.HlColor
		n.Added, n.Hidden = time.Unix(from.Added, 0), from.Hidden != 0
		if from.Origin != nil {
			n.Origin = *from.Origin
		}
	}
	return e.AddAlbum(n)
}

// Refresh makes the rows of a song or video say what its file says now: duration, bit
// rate and checksum. What the user has said stays, and so does a row whose file cannot be
// read. A path without a row is left alone.
func (k *Keeper) Refresh(ctx context.Context, rel string) error {
	if _, known := k.o.Library.Catalogue().VideoByPath(rel); known {
		checksum, err := k.o.Music.Checksum(ctx, rel)
		if err != nil {
			return err
		}
		defer k.beginUpdate(ctx)()
		return k.o.Library.Edit(ctx, func(e *library.Edit) error {
			video, known := e.Catalogue().VideoByPath(rel)
			if !known {
				return nil
			}
			video.Checksum = checksum
			return e.PutVideo(video)
		})
	}
	if _, known := k.o.Library.Catalogue().SongByPath(rel); !known {
		return nil
	}
	content, err := k.o.Music.Read(ctx, rel)
	if !files.Playable(err) {
		return err
	}
	defer k.beginUpdate(ctx)()
	return k.o.Library.Edit(ctx, func(e *library.Edit) error {
		song, known := e.Catalogue().SongByPath(rel)
		if !known {
			return nil
		}
		take(&song, content)
		return e.PutSong(song)
	})
}
