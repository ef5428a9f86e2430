package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// Assigning tags to songs and albums. With tagging switched off nothing changes,
// and the answer is given all the same.

type albumTagArgs struct {
	AlbumID wire.ID `json:"albumid"`
	TagID   wire.ID `json:"tagid"`
}

func (s *Server) setAlbumTag(ctx context.Context, a albumTagArgs) (nothing, error) {
	return nothing{}, s.tagging(ctx, func(e *library.Edit) error {
		return e.Assign(library.AlbumTarget, a.AlbumID.Value, a.TagID.Value, library.ApprovalConfirmed, certain)
	})
}

func (s *Server) removeAlbumTag(ctx context.Context, a albumTagArgs) (nothing, error) {
	return nothing{}, unlessMissing(s.tagging(ctx, func(e *library.Edit) error {
		return e.Unassign(library.AlbumTarget, a.AlbumID.Value, a.TagID.Value)
	}))
}

type setSongTagArgs struct {
	SongID     wire.ID       `json:"songid"`
	TagID      wire.ID       `json:"tagid"`
	Approval   wire.MaybeAny `json:"approval" type:"int"`
	Confidence wire.MaybeAny `json:"confidence" type:"number"`
}

// certain is the confidence in what the user has said.
const certain = 1.0

// setSongTag uses the approval only if a confidence comes with it. The album of the
// song gets what its songs suggest.
func (s *Server) setSongTag(ctx context.Context, a setSongTagArgs) (nothing, error) {
	approval, confidence := library.ApprovalConfirmed, certain
	if a.Approval.Given && a.Confidence.Given {
		var ok bool
		if approval, ok = a.Approval.Integer(); !ok {
			return nothing{}, &wire.ArgumentError{Name: "approval", Wants: "int", Cause: wire.ErrType}
		}
		if confidence, ok = a.Confidence.Number(); !ok {
			return nothing{}, &wire.ArgumentError{Name: "confidence", Wants: "number", Cause: wire.ErrType}
		}
	}
	return nothing{}, s.tagging(ctx, func(e *library.Edit) error {
		if err := e.Assign(library.SongTarget, a.SongID.Value, a.TagID.Value, approval, confidence); err != nil {
			return err
		}
		return suggest(e, a.SongID.Value)
	})
}

type removeSongTagArgs struct {
	SongID wire.ID `json:"songid"`
	TagID  wire.ID `json:"tagid"`
}

func (s *Server) removeSongTag(ctx context.Context, a removeSongTagArgs) (nothing, error) {
	return nothing{}, unlessMissing(s.tagging(ctx, func(e *library.Edit) error {
		if err := e.Unassign(library.SongTarget, a.SongID.Value, a.TagID.Value); err != nil {
			return err
		}
		return suggest(e, a.SongID.Value)
	}))
}

// suggest derives tags of the album from those of its songs. A song without an album
// suggests nothing.
func suggest(e *library.Edit, songID int64) error {
	song, ok := e.Catalogue().Song(songID)
	if !ok {
		return &UnknownError{"song", songID}
	}
	return unlessMissing(e.SuggestAlbumTags(song.AlbumID))
}

// tagging is an edit that does not take place while tagging is switched off.
func (s *Server) tagging(ctx context.Context, do func(*library.Edit) error) error {
	if s.o.NoTagging {
		return nil
	}
	return s.o.Library.Edit(ctx, do)
}
