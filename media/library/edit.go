package library

import (
	"context"
	"database/sql"
)

// Edit is a change of the music database under way: one transaction. Its
// methods belong to the goroutine that runs the function given to
// [Library.Edit], and are of use only until that function returns.
//
// A refused call (an EntryError) has changed nothing, and the edit may go on. A
// call that failed in the database spoils the edit: whatever the function
// returns, nothing of it is kept.
type Edit struct {
	ctx    context.Context
	tx     *sql.Tx
	lib    *Library
	began  *Catalogue
	now    *Catalogue
	failed error
	gone   struct{ songs, videos []int64 } // whose lyrics and tracker rows go with the commit
	behind []func()                        // see OnCommit
}

// Edit runs do and keeps all that it has done, or nothing if it returns an error
// or panics. Edits run one after the other; a new snapshot is there when Edit
// returns nil, and the change is on the disk. do must not call other writing
// methods of the Library: they wait for this one.
func (l *Library) Edit(ctx context.Context, do func(e *Edit) error) error {
	return l.write(ctx, func(ctx context.Context) error {
		before := l.catalogue.Load()
		e := &Edit{ctx: ctx, lib: l, began: before, now: before}
		err := transact(ctx, l.edits, func(tx *sql.Tx) error {
			e.tx = tx
			if err := e.begin(); err != nil {
				return err
			}
			if err := do(e); err != nil {
				return err
			}
			if e.failed != nil {
				return e.failed // do has ignored it
			}
			return e.forget()
		})
		if err != nil {
			return l.inMusic(err)
		}
		if e.now != before {
			l.catalogue.Store(e.now)
		}
		for _, behind := range e.behind {
			behind()
		}
		return nil
	})
}

// OnCommit has do called when this edit is on the disk, and before anybody else may
// write: what it notes of the commit, by methods of the edit that write our own
// database, is noted before a row can be another one.
func (e *Edit) OnCommit(do func()) { e.behind = append(e.behind, do) }

// begin takes the music database for writing, by a statement that concerns no
// row: "BEGIN IMMEDIATE" would take the tracker too, and make every commit one
// of two files.
func (e *Edit) begin() error { return e.exec("UPDATE main.meta SET id = id WHERE 0") }

// Catalogue returns a snapshot that contains what this edit has done so far.
// Others see it only if the edit succeeds.
func (e *Edit) Catalogue() *Catalogue { return e.now }

// learn makes the next snapshot of this edit.
func (e *Edit) learn(change func(c *Catalogue)) {
	next := *e.now
	next.generation = generations.Add(1)
	change(&next)
	e.now = &next
}

// exec runs a statement. Its failure is that of the whole edit.
func (e *Edit) exec(statement string, args ...any) error {
	_, err := e.result(statement, args...)
	return err
}

func (e *Edit) result(statement string, args ...any) (sql.Result, error) {
	if e.failed != nil {
		return nil, e.failed
	}
	result, err := e.tx.ExecContext(e.ctx, statement, args...)
	if err != nil {
		e.failed = e.lib.inMusic(err)
	}
	return result, e.failed
}

// insert enters a row and returns its id.
func (e *Edit) insert(into *rows, values []any) (int64, error) {
	result, err := e.result(into.insert, values...)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		e.failed = err
	}
	return id, err
}

// update writes the columns in which before and after differ. What was not
// changed is not touched: a NULL or an odd value of an old file stays what it
// is, although the catalogue has made something of it that a row can hold.
func (e *Edit) update(in *rows, id int64, before, after []any) (changed bool, err error) {
	statement, args := in.update(before, after)
	if len(args) == 0 {
		return false, nil
	}
	result, err := e.result(statement, append(args, id)...)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	if err == nil && rows != 1 {
		err = &EntryError{Reason: ErrNotFound, Kind: in.noun, ID: id, Detail: "its row has vanished from the file"}
	}
	if err != nil {
		e.failed = err
	}
	return true, err
}

// delete removes one row by its id.
func (e *Edit) delete(from *rows, id int64) error { return e.exec(from.remove, id) }
