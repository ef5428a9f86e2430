package library

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Settings of a connection that only reads. A file in WAL mode that nobody has
// open has no WAL beside it; opened as immutable none is made.
const (
	readSettings   = "mode=ro&_busy_timeout=20000&_foreign_keys=0&_query_only=1"
	immutableFile  = "&immutable=1"
	walOfAnOwnFile = "-wal"
)

// InUse reports whether a process uses the data directory, and its number, 0 if
// that is not known. Nothing is written and nothing is kept locked: a moment later
// the answer may be another.
func InUse(dir string) (pid int, used bool, err error) {
	file, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer file.Close() // gives the lock free
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return holder(file), true, nil
	}
	return 0, false, err
}

// ReadCatalogue reads the music database of a data directory without opening a
// library: nothing is created, upgraded or written, and whether another process
// uses the directory does not matter. The errors are those of [Open] but for the
// lock; one matches [fs.ErrNotExist] if there is no music database yet.
func ReadCatalogue(ctx context.Context, dir string) (*Catalogue, error) {
	db, err := openReading(dir, musicSchema)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.ready(ctx, musicSchema); err != nil {
		return nil, err
	}
	return (&Library{music: db}).load(ctx)
}

// openReading opens the file of a schema for reading.
func openReading(dir string, s schema) (*database, error) {
	path := filepath.Join(dir, s.file)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, &FileError{Reason: ErrUnreadable, File: path, Cause: err, Remedy: "see the cause"}
	case !info.Mode().IsRegular():
		return nil, &FileError{Reason: ErrNotAFile, File: path, Remedy: "a " + kindOf(info) + " is in the way: move it elsewhere"}
	}
	pool, err := sql.Open("sqlite3", readSource(path))
	if err != nil {
		return nil, fileError(path, err)
	}
	return &database{DB: pool, path: path}, nil
}

func readSource(path string) string {
	settings := readSettings
	if _, err := os.Stat(path + walOfAnOwnFile); err != nil && filepath.Base(path) == ownSchema.file {
		settings += immutableFile
	}
	return source(path, settings)
}

// ready refuses a file that this program would first have to upgrade, and one
// that lacks columns.
func (db *database) ready(ctx context.Context, s schema) error {
	version, err := db.version(ctx, s)
	if err != nil {
		return err
	}
	if version < s.version {
		return &VersionError{File: db.path, Found: strconv.Itoa(version), Expected: s.version,
			Remedy: "start the server once, it upgrades the file behind a backup"}
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fileError(db.path, err)
	}
	defer tx.Rollback()
	if err := s.complete(ctx, tx, db.path); err != nil {
		return fileError(db.path, err)
	}
	return nil
}
