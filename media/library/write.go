package library

import (
	"context"
	"database/sql"
	"errors"
)

// ErrClosed is returned by writes after Close.
var ErrClosed = errors.New("the library is closed")

// change runs one write: do makes it in the database, and returns what the
// catalogue must learn of it. The snapshot is swapped only after the commit, and
// before the next write begins.
func (l *Library) change(ctx context.Context, do func(context.Context, *sql.Tx, *Catalogue) (learn func(*Catalogue), err error)) error {
	return l.write(ctx, func(ctx context.Context) error {
		before := l.catalogue.Load()
		var learn func(*Catalogue)
		err := l.music.transact(ctx, func(tx *sql.Tx) (err error) {
			learn, err = do(ctx, tx, before)
			return err
		})
		if err != nil {
			return named(l.music.path, err)
		}
		after := *before
		after.generation = generations.Add(1)
		learn(&after)
		l.catalogue.Store(&after)
		return nil
	})
}

// write serialises the writes of all three databases. The context it hands on
// does not end: whether an interrupted commit has happened could not be told.
func (l *Library) write(ctx context.Context, do func(context.Context) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err // it may have waited long for its turn
	}
	return do(context.WithoutCancel(ctx))
}

// named adds the file to failures of SQLite; refusals of ours say enough.
func named(path string, err error) error {
	var refusal *EntryError
	if errors.As(err, &refusal) {
		return err
	}
	return fileError(path, err)
}

// updateOne runs an UPDATE that must concern exactly one row.
func updateOne(ctx context.Context, tx *sql.Tx, missing *EntryError, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if rows != 1 {
		return missing
	}
	return nil
}

func insert(ctx context.Context, tx *sql.Tx, statement string, args ...any) (id int64, err error) {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
