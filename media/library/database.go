package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"
)

// database is one open SQLite file whose schema has been checked.
type database struct {
	*sql.DB
	path string
}

// Settings of a connection. None of these leaves a trace in a file: the old
// ones keep their rollback journal. EXTRA also syncs the directory after the
// journal was deleted, without which a power failure could undo a commit.
const (
	oldFileSettings = "mode=rw&_busy_timeout=20000&_txlock=immediate&_foreign_keys=0&_synchronous=EXTRA"
	editSettings    = "mode=rw&_busy_timeout=20000&_txlock=deferred&_foreign_keys=0&_synchronous=EXTRA"
	ownFileSettings = "mode=rw&_busy_timeout=20000&_txlock=immediate&_foreign_keys=0&_synchronous=FULL&_journal_mode=WAL"
)

// openDatabase opens the file of a schema in dir; a file that is missing or
// without content is filled. The version is that of the file, which is at most
// that of the schema, and can be upgraded to it. The caller holds the lock of
// the directory.
func openDatabase(ctx context.Context, dir string, s schema, settings string) (db *database, version int, err error) {
	path := filepath.Join(dir, s.file)
	if err := prepareFile(path); err != nil {
		return nil, 0, err
	}
	pool, err := sql.Open("sqlite3", source(path, settings))
	if err != nil {
		return nil, 0, fileError(path, err)
	}
	db = &database{DB: pool, path: path}
	if version, err = db.begin(ctx, s); err != nil {
		return nil, 0, errors.Join(err, pool.Close())
	}
	return db, version, nil
}

// prepareFile makes sure that there is a regular file that can be written.
func prepareFile(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createFile(path)
	}
	if err != nil {
		return notWritable(path, err)
	}
	if !info.Mode().IsRegular() {
		return &FileError{Reason: ErrNotAFile, File: path,
			Remedy: "a " + kindOf(info) + " is in the way: move it elsewhere"}
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return notWritable(path, err)
	}
	return file.Close()
}

func createFile(path string) error {
	// The group may write, as the old server demands of its files; the mode is
	// set again because the umask takes that away.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o664)
	if err != nil {
		return notWritable(path, err)
	}
	if err := errors.Join(file.Chmod(0o664), file.Close()); err != nil {
		return notWritable(path, err)
	}
	return nil
}

func kindOf(info fs.FileInfo) string {
	if info.IsDir() {
		return "directory"
	}
	return "special file (" + info.Mode().Type().String() + ")"
}

// begin brings a new file into being, or finds out whether an old one is ours.
func (db *database) begin(ctx context.Context, s schema) (version int, err error) {
	// The size of the file does not tell: whoever was killed while making it has
	// left pages that a journal takes back, or a header without tables.
	var objects int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&objects); err != nil {
		return 0, fileError(db.path, err)
	}
	if objects == 0 {
		if err := db.transact(ctx, func(tx *sql.Tx) error { return s.create(ctx, tx) }); err != nil {
			return 0, fileError(db.path, err)
		}
	}
	return db.version(ctx, s)
}

func (s schema) create(ctx context.Context, tx *sql.Tx) error {
	statements := make([]string, 0, len(s.tables)+len(s.indexes)+len(s.rows)+1)
	for _, t := range s.tables {
		statements = append(statements, t.create())
	}
	for _, ix := range s.indexes {
		statements = append(statements, ix.create())
	}
	statements = append(statements, fmt.Sprintf("INSERT INTO meta (key, value) VALUES ('version', '%d')", s.version))
	statements = append(statements, s.rows...)
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (t tableSchema) create() string {
	columns := make([]string, len(t.columns))
	for i, c := range t.columns {
		columns[i] = "    " + c.name + " " + c.is
	}
	return "CREATE TABLE " + t.name + " (\n" + strings.Join(columns, ",\n") + "\n)"
}

func (ix indexSchema) create() string {
	return "CREATE INDEX IF NOT EXISTS " + ix.name + " ON " + ix.table + " (" + ix.column + ")"
}

func (db *database) version(ctx context.Context, s schema) (int, error) {
	refused := &VersionError{File: db.path, Expected: s.version}
	err := db.QueryRowContext(ctx, "SELECT COALESCE(CAST(value AS TEXT), '') FROM meta WHERE key = 'version' ORDER BY rowid LIMIT 1").Scan(&refused.Found)
	if err != nil && !errors.Is(err, sql.ErrNoRows) && !missesTable(err) {
		return 0, fileError(db.path, err)
	}
	found, notNumber := strconv.Atoi(strings.TrimSpace(refused.Found))
	switch {
	case notNumber != nil:
		refused.Remedy = "it was not made by MusicDB: move it elsewhere, or restore a backup"
	case found > s.version:
		refused.Remedy = "it was written by a newer program: use that one, or restore the backup from before its installation"
	case found < s.oldest():
		refused.Remedy = fmt.Sprintf("that is too old to be upgraded: start the releases of MusicDB on it that followed the one that wrote it, "+
			"until it has version %d; or move it elsewhere and start with a new one", s.oldest())
	default:
		return found, nil
	}
	return 0, refused
}

// check repairs what can be repaired, and then looks for every column. It accepts
// them in any order and more than are needed: old versions have left both behind.
func (db *database) check(ctx context.Context, s schema) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if s.repair != nil {
			if err := s.repair(ctx, tx); err != nil {
				return err
			}
		}
		return s.complete(ctx, tx, db.path)
	})
	if err != nil {
		return fileError(db.path, err)
	}
	return nil
}

func (s schema) complete(ctx context.Context, tx *sql.Tx, path string) error {
	for _, t := range s.tables {
		present, err := columnsOf(ctx, tx, t.name)
		if err != nil {
			return err
		}
		for _, c := range t.columns {
			if !slices.Contains(present, c.name) {
				return &FileError{Reason: ErrSchema, File: path, Cause: fmt.Errorf("%s.%s is missing", t.name, c.name),
					Remedy: "restore a backup of the file"}
			}
		}
	}
	return nil
}

// columnsOf returns the names of a table's columns in lower case, in order; none
// if there is no such table.
func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT lower(name) FROM pragma_table_info(?) ORDER BY cid", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var present []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		present = append(present, name)
	}
	return present, rows.Err()
}

// transact runs do in a transaction and commits it. If do panics, nothing stays.
func transact(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			tx.Rollback()
		}
	}()
	err = do(tx)
	done = true
	if err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) && !isRolledBack(undo) {
			err = errors.Join(err, undo)
		}
		return err
	}
	return tx.Commit()
}

// isRolledBack recognises that SQLite has rolled back by itself, as it does when
// the disk is full.
func isRolledBack(undo error) bool { return strings.Contains(undo.Error(), "no transaction is active") }

func (db *database) transact(ctx context.Context, do func(*sql.Tx) error) error {
	return transact(ctx, db.DB, do)
}

func notWritable(path string, cause error) error {
	e := &FileError{Reason: ErrNotWritable, File: path, Cause: cause,
		Remedy: "give the user of the daemon write permission to it and to its directory, or configure another data directory"}
	switch {
	case errors.Is(cause, unix.ENOSPC), errors.Is(cause, unix.EDQUOT):
		e.Reason, e.Remedy = ErrFull, "make room on its disk"
	case errors.Is(cause, unix.EROFS):
		e.Remedy = "mount its file system for writing, or configure another data directory"
	}
	return e
}

// fileError gives an error of SQLite the name of the file and a remedy, unless it
// has them.
func fileError(path string, cause error) error {
	var known *FileError
	if errors.As(cause, &known) {
		return cause
	}
	var failure sqlite3.Error
	if !errors.As(cause, &failure) {
		return &FileError{Reason: ErrUnreadable, File: path, Cause: cause, Remedy: "see the cause"}
	}
	switch failure.Code {
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return &FileError{Reason: ErrDamaged, File: path, Cause: cause,
			Remedy: "restore a backup, or move the file away and start with a new one"}
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen, sqlite3.ErrAuth:
		return notWritable(path, cause)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return &FileError{Reason: ErrUnreadable, File: path, Cause: cause, Remedy: "end the other program that has the file open, and try again"}
	case sqlite3.ErrFull:
		return &FileError{Reason: ErrFull, File: path, Cause: cause, Remedy: "make room on its disk"}
	case sqlite3.ErrIoErr:
		return &FileError{Reason: ErrUnreadable, File: path, Cause: cause, Remedy: "check the disk and the space that is left on it"}
	default:
		return &FileError{Reason: ErrUnreadable, File: path, Cause: cause, Remedy: "see the cause"}
	}
}

func missesTable(err error) bool {
	return strings.Contains(err.Error(), "no such table")
}
