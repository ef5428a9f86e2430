package library

import (
	"context"
	"database/sql"
	"errors"
)

// FirstScan returns how far the first scan of this library is, in the words that
// SetFirstScan was given; "" if it never began.
func (l *Library) FirstScan(ctx context.Context) (string, error) {
	var state string
	err := l.own.QueryRowContext(ctx, "SELECT state FROM firstscan WHERE id = 1").Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fileError(l.own.path, err)
	}
	return state, nil
}

// SetFirstScan notes how far the first scan is. It is on the disk when nil is
// returned.
func (l *Library) SetFirstScan(ctx context.Context, state string) error {
	return l.write(ctx, func(ctx context.Context) error {
		err := l.own.transact(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO firstscan (id, state) VALUES (1, ?)", state)
			return err
		})
		if err != nil {
			return fileError(l.own.path, err)
		}
		return nil
	})
}
