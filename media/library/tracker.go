package library

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// AddPlay notes in the tracker that the playback of a song ended at a time, and
// whether the random selection had put it into the queue. The song need not
// exist any more.
func (l *Library) AddPlay(ctx context.Context, songID int64, at time.Time, random bool) error {
	return l.changeTracker(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := insert(ctx, tx, "INSERT INTO playedsongs (songid, timestamp, random) VALUES (?, ?, ?)",
			songID, at.Unix(), flag(random))
		return err
	})
}

// AddSongRelation notes in the tracker that two songs were played one after the
// other: the weight of the pair grows by one. A song has no relation to itself;
// two equal ids change nothing.
func (l *Library) AddSongRelation(ctx context.Context, a, b int64) error {
	if a == b {
		return nil
	}
	a, b = min(a, b), max(a, b)
	return l.changeTracker(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var id int64
		// Old files may hold a pair twice; then the first one counts.
		err := tx.QueryRowContext(ctx, "SELECT id FROM songrelations WHERE songida = ? AND songidb = ? ORDER BY id LIMIT 1", a, b).Scan(&id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = insert(ctx, tx, "INSERT INTO songrelations (songida, songidb, weight) VALUES (?, ?, 1)", a, b)
		case err == nil:
			_, err = tx.ExecContext(ctx, "UPDATE songrelations SET weight = COALESCE(weight, 0) + 1 WHERE id = ?", id)
		}
		return err
	})
}

func (l *Library) changeTracker(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return l.write(ctx, func(ctx context.Context) error {
		if err := l.track.transact(ctx, func(tx *sql.Tx) error { return do(ctx, tx) }); err != nil {
			return named(l.track.path, err)
		}
		return nil
	})
}
