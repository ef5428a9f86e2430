package server

import (
	"context"

	"musicdb/server/wire"
)

// Removing rows. Files are never touched. What a client sends as an id is taken
// for one only if it is one: 0, null and the empty text remove nothing.

type removeArtistEntryArgs struct {
	ArtistID wire.Any `json:"artistid" type:"int|decimal string"`
}

type removeAlbumEntryArgs struct {
	AlbumID wire.Any `json:"albumid" type:"int|decimal string"`
}

type removeSongEntryArgs struct {
	SongID wire.Any `json:"songid" type:"int|decimal string"`
}

func (s *Server) removeArtistEntry(ctx context.Context, a removeArtistEntryArgs) (nothing, error) {
	return nothing{}, s.removeEntry(ctx, a.ArtistID, s.o.Maintenance.RemoveArtist)
}

func (s *Server) removeAlbumEntry(ctx context.Context, a removeAlbumEntryArgs) (nothing, error) {
	return nothing{}, s.removeEntry(ctx, a.AlbumID, s.o.Maintenance.RemoveAlbum)
}

func (s *Server) removeSongEntry(ctx context.Context, a removeSongEntryArgs) (nothing, error) {
	return nothing{}, s.removeEntry(ctx, a.SongID, s.o.Maintenance.RemoveSong)
}

// removeEntry removes a row with all that belongs to it, and the queue entries of
// the songs that are gone then.
func (s *Server) removeEntry(ctx context.Context, id wire.Any, remove func(context.Context, int64) error) error {
	row, ok := id.ID()
	if !ok {
		return nil
	}
	if err := remove(ctx, row); err != nil {
		return unlessMissing(err)
	}
	s.songQueue(ctx).ForgetRemoved()
	s.videoQueue(ctx).ForgetRemoved()
	return nil
}
