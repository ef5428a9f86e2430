package library

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// StreamPosition is where the audio stream was, so that it can go on there
// after a restart.
type StreamPosition struct {
	EntryID string  // of the queue entry that was being played
	Seconds float64 // into the song
	Playing bool
	Saved   time.Time // kept in milliseconds; zero: the time of saving
}

// StreamPosition returns the last saved position, if there is one.
func (l *Library) StreamPosition(ctx context.Context) (StreamPosition, bool, error) {
	var (
		p     StreamPosition
		saved int64
	)
	err := l.own.QueryRowContext(ctx, "SELECT entryid, seconds, playing, saved FROM streamposition WHERE id = 1").
		Scan(&p.EntryID, &p.Seconds, &p.Playing, &saved)
	if errors.Is(err, sql.ErrNoRows) {
		return StreamPosition{}, false, nil
	}
	if err != nil {
		return StreamPosition{}, false, fileError(l.own.path, err)
	}
	p.Saved = time.UnixMilli(saved)
	return p, true, nil
}

// SaveStreamPosition replaces the saved position.
func (l *Library) SaveStreamPosition(ctx context.Context, p StreamPosition) error {
	if p.Saved.IsZero() {
		p.Saved = l.now()
	}
	return l.write(ctx, func(ctx context.Context) error {
		err := l.own.transact(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO streamposition (id, entryid, seconds, playing, saved) VALUES (1, ?, ?, ?, ?)",
				p.EntryID, p.Seconds, p.Playing, p.Saved.UnixMilli())
			return err
		})
		if err != nil {
			return fileError(l.own.path, err)
		}
		return nil
	})
}

// VideoStreaming returns whether the video stream was switched on last; true if it
// was never switched.
func (l *Library) VideoStreaming(ctx context.Context) (bool, error) {
	streaming := true
	err := l.own.QueryRowContext(ctx, "SELECT streaming FROM videostream WHERE id = 1").Scan(&streaming)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return true, fileError(l.own.path, err)
	}
	return streaming, nil
}

// SaveVideoStreaming notes whether the video stream is switched on. It is on the
// disk when nil is returned.
func (l *Library) SaveVideoStreaming(ctx context.Context, streaming bool) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO videostream (id, streaming) VALUES (1, ?)", streaming)
		return err
	})
}
