package library

import (
	"context"
	"database/sql"
	"errors"
)

// BeginCount notes that the play of a song, which has ended, is about to be counted
// with AddPlay, and reports whether that was done before: whether since the first such
// note for this queue entry a play of the song has come into the tracker. So the end of a
// song that is heard again, because a kill came between the count and the queue, is
// counted once. Only the last entry is remembered. The note is on the disk when nil is
// returned.
//
// Plays are told apart by their ids, which only ever grow, and not by their times: a
// clock may be set back.
func (l *Library) BeginCount(ctx context.Context, entryID string, songID int64) (counted bool, err error) {
	err = l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var before int64 // the newest play when the count began
		err := tx.QueryRowContext(ctx, "SELECT play FROM counting WHERE id = 1 AND entryid = ?", entryID).Scan(&before)
		if err == nil {
			return l.track.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM playedsongs WHERE id > ? AND songid = ?)", before, songID).Scan(&counted)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := l.track.QueryRowContext(ctx, "SELECT COALESCE(max(id), 0) FROM playedsongs").Scan(&before); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO counting (id, entryid, play) VALUES (1, ?, ?)", entryID, before)
		return err
	})
	return counted && err == nil, err
}
