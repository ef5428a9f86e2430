package library

import (
	"context"
	"database/sql"
	"errors"
)

// KeepForPlan keeps data under a name for a plan, for as long as the plan is kept.
// For plan 0 it is kept until the next [Library.DropKept]. It is on the disk when nil
// is returned.
func (l *Library) KeepForPlan(ctx context.Context, plan int64, name string, data []byte) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM plankept WHERE plan = ? AND name = ?", plan, name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO plankept (plan, name, data) VALUES (?, ?, ?)", plan, name, data)
		return err
	})
}

// GiveToPlan lets a plan have what is kept under these names for none.
func (l *Library) GiveToPlan(ctx context.Context, plan int64, names []string) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, "INSERT INTO plankept (plan, name, data) SELECT ?, name, data FROM plankept WHERE plan = 0 AND name = ?", plan, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// KeptForPlan returns what is kept under a name for a plan, if anything is.
func (l *Library) KeptForPlan(ctx context.Context, plan int64, name string) (data []byte, found bool, err error) {
	err = l.own.QueryRowContext(ctx, "SELECT data FROM plankept WHERE plan = ? AND name = ?", plan, name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fileError(l.own.path, err)
	}
	return data, true, nil
}

// DropKept forgets everything that is kept for a plan, or for none.
func (l *Library) DropKept(ctx context.Context, plan int64) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM plankept WHERE plan = ?", plan)
		return err
	})
}
