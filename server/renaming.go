package server

import (
	"context"

	"musicdb/server/wire"
)

// Renaming changes files and rows together. The answer is true if everything was
// done and false if nothing was; nobody else is told, as documented.

type renameArgs struct {
	OldPath wire.Text `json:"oldpath"`
	NewPath wire.Text `json:"newpath"`
}

func (s *Server) renameArtistDirectory(ctx context.Context, a renameArgs) (bool, error) {
	return s.rename(ctx, "RenameArtistDirectory", a.OldPath, a.NewPath, s.o.Maintenance.RenameArtistDirectory)
}

func (s *Server) renameAlbumDirectory(ctx context.Context, a renameArgs) (bool, error) {
	return s.rename(ctx, "RenameAlbumDirectory", a.OldPath, a.NewPath, s.o.Maintenance.RenameAlbumDirectory)
}

func (s *Server) renameMusicFile(ctx context.Context, a renameArgs) (bool, error) {
	return s.rename(ctx, "RenameMusicFile", a.OldPath, a.NewPath, s.o.Maintenance.RenameMusicFile)
}

type changeArtistDirectoryArgs struct {
	OldAlbumPath       wire.Text `json:"oldalbumpath"`
	NewArtistDirectory wire.Text `json:"newartistdirectory"`
}

func (s *Server) changeArtistDirectory(ctx context.Context, a changeArtistDirectoryArgs) (bool, error) {
	return s.rename(ctx, "ChangeArtistDirectory", a.OldAlbumPath, a.NewArtistDirectory, s.o.Maintenance.ChangeArtistDirectory)
}

func (s *Server) rename(ctx context.Context, function string, from, to wire.Text, do func(context.Context, string, string) error) (bool, error) {
	if err := do(ctx, string(from), string(to)); err != nil {
		s.unchanged(function, err)
		return false, nil
	}
	return true, nil
}
