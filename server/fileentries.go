package server

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"syscall"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/server/wire"
)

// Entries are made from what is in the music directory, or brought up to date
// with it. The files are not touched, but for the directory of a new artist.

var errID = errors.New("the id is neither an integer nor a string of digits")

type createArtistEntryArgs struct {
	Name wire.Text `json:"name"`
}

// createArtistEntry answers null for a name that cannot be a directory of the
// music directory.
func (s *Server) createArtistEntry(ctx context.Context, a createArtistEntryArgs) (*library.Artist, error) {
	artist, err := s.o.Maintenance.CreateArtist(ctx, string(a.Name))
	if err != nil {
		s.unchanged("CreateArtistEntry", err)
		return nil, nil //nolint:nilnil // null is the documented answer
	}
	return &artist, nil
}

// The arguments of the updates have any type, since the answer is null whatever
// they are.
type (
	updateArtistEntryArgs struct {
		ID   wire.Any `json:"artistid" type:"int|decimal string"`
		Path wire.Any `json:"newpath" type:"string"`
	}
	updateAlbumEntryArgs struct {
		ID   wire.Any `json:"albumid" type:"int|decimal string"`
		Path wire.Any `json:"newpath" type:"string"`
	}
	updateSongEntryArgs struct {
		ID   wire.Any `json:"songid" type:"int|decimal string"`
		Path wire.Any `json:"newpath" type:"string"`
	}
	createSongEntryArgs struct {
		Path wire.Any `json:"newpath" type:"string"`
	}
)

func (s *Server) updateArtistEntry(ctx context.Context, a updateArtistEntryArgs) (nothing, error) {
	return s.update(ctx, "UpdateArtistEntry", a.ID, a.Path, s.o.Maintenance.UpdateArtist)
}

func (s *Server) updateAlbumEntry(ctx context.Context, a updateAlbumEntryArgs) (nothing, error) {
	return s.update(ctx, "UpdateAlbumEntry", a.ID, a.Path, s.o.Maintenance.UpdateAlbum)
}

func (s *Server) updateSongEntry(ctx context.Context, a updateSongEntryArgs) (nothing, error) {
	return s.update(ctx, "UpdateSongEntry", a.ID, a.Path, s.o.Maintenance.UpdateSong)
}

func (s *Server) update(ctx context.Context, function string, id, path wire.Any, do func(context.Context, int64, string) error) (nothing, error) {
	number, isID := id.ID()
	rel, isText := path.Text()
	var err error
	switch {
	case !isID:
		err = errID
	case !isText:
		err = errPathType
	default:
		err = do(ctx, number, rel)
	}
	if err != nil {
		s.unchanged(function, err)
	}
	return nothing{}, nil
}

var errPathType = errors.New("the path is not a string")

func (s *Server) createSongEntry(ctx context.Context, a createSongEntryArgs) (nothing, error) {
	rel, isText := a.Path.Text()
	err := errPathType
	if isText {
		_, err = s.o.Maintenance.CreateSong(ctx, rel)
	}
	if err != nil {
		s.unchanged("CreateSongEntry", err)
	}
	return nothing{}, nil
}

// unchanged logs why a function has changed nothing; its answer does not tell. What
// a client asked for in vain is its own affair, what the disk or the database
// refuses is the administrator's.
func (s *Server) unchanged(function string, err error) {
	level := slog.LevelWarn
	for _, vain := range []error{
		errID, errPathType, maintenance.ErrRefused, files.ErrPath, files.ErrNaming, files.ErrOccupied, files.ErrNotAudio, files.ErrNotRegular,
		library.ErrNotFound, library.ErrExists, library.ErrInvalid, fs.ErrNotExist, syscall.ENAMETOOLONG, syscall.ENOTDIR,
	} {
		if errors.Is(err, vain) {
			level = slog.LevelDebug
		}
	}
	s.log.Log(context.Background(), level, "nothing was changed", "function", function, "err", err)
}
