package queue

import (
	"context"
	"time"

	"musicdb/media/library"
)

// History is where a tracker writes.
type History interface {
	// AddPlay notes that something was played to its end.
	AddPlay(ctx context.Context, id int64, at time.Time, random bool) error
	// AddRelation notes that two different ones were played one after the other.
	AddRelation(ctx context.Context, a, b int64) error
}

// SongHistory writes about songs.
func SongHistory(l *library.Library) History { return songHistory{l} }

// VideoHistory writes about videos.
func VideoHistory(l *library.Library) History { return videoHistory{l} }

type songHistory struct{ library *library.Library }

func (h songHistory) AddPlay(ctx context.Context, id int64, at time.Time, random bool) error {
	return h.library.AddPlay(ctx, id, at, random)
}

func (h songHistory) AddRelation(ctx context.Context, a, b int64) error {
	return h.library.AddSongRelation(ctx, a, b)
}

type videoHistory struct{ library *library.Library }

func (h videoHistory) AddPlay(ctx context.Context, id int64, at time.Time, random bool) error {
	return h.library.AddVideoPlay(ctx, id, at, random)
}

func (h videoHistory) AddRelation(ctx context.Context, a, b int64) error {
	return h.library.AddVideoRelation(ctx, a, b)
}
