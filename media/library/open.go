package library

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Options say where the databases are.
type Options struct {
	Dir string           // data directory; created if it does not exist
	Log *slog.Logger     // nil discards
	Now func() time.Time // nil is time.Now
}

// Library is the open set of databases of one data directory.
type Library struct {
	dir   string
	log   *slog.Logger
	now   func() time.Time
	lock  *os.File
	music *database
	track *database
	own   *database
	edits *sql.DB // one connection to music and track together

	catalogue atomic.Pointer[Catalogue]

	writing sync.Mutex // a write to any of the databases, from its begin to the swap of the catalogue
	closed  bool       // guarded by writing
}

// Open takes the data directory for this process, opens its databases, creates
// those that are missing, and reads the catalogue. It fails with a LockedError,
// a FileError or a VersionError; their texts say what to do. A failed Open leaves
// nothing open.
func Open(ctx context.Context, o Options) (*Library, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, notWritable(o.Dir, err)
	}
	l := &Library{dir: dir, log: o.Log, now: o.Now}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.now == nil {
		l.now = time.Now
	}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Library) open(ctx context.Context) (err error) {
	if err := writableDir(l.dir); err != nil {
		return err
	}
	if l.lock, err = lock(l.dir); err != nil {
		return err
	}
	if l.music, err = openDatabase(ctx, l.dir, musicSchema, oldFileSettings); err != nil {
		return err
	}
	if l.track, err = openDatabase(ctx, l.dir, trackerSchema, oldFileSettings); err != nil {
		return err
	}
	if l.own, err = openDatabase(ctx, l.dir, ownSchema, ownFileSettings); err != nil {
		return err
	}
	l.edits = openEditor(l.music.path, l.track.path)
	began := time.Now()
	c, err := l.load(ctx)
	if err != nil {
		return err
	}
	l.catalogue.Store(c)
	artists, albums, songs := c.NumberOf()
	l.log.Info("library opened", "dir", l.dir, "artists", artists, "albums", albums, "songs", songs,
		"took", time.Since(began).Round(time.Millisecond))
	return nil
}

// Close waits for the write under way, closes the databases and gives the data
// directory free. Snapshots stay readable; further writes fail.
func (l *Library) Close() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	var failures []error
	if l.edits != nil {
		failures = append(failures, l.edits.Close())
	}
	for _, db := range []*database{l.music, l.track, l.own} {
		if db != nil {
			failures = append(failures, db.Close())
		}
	}
	if l.lock != nil {
		failures = append(failures, l.lock.Close()) // last: it guards the others
	}
	return errors.Join(failures...)
}

// Dir returns the absolute path of the data directory.
func (l *Library) Dir() string { return l.dir }

// Catalogue returns the newest snapshot. It is never nil, never waits, and
// contains every acknowledged write.
func (l *Library) Catalogue() *Catalogue { return l.catalogue.Load() }

// writableDir creates the directory if needed and tries whether files can be
// made in it, which SQLite needs for its journals.
func writableDir(dir string) error {
	if err := os.MkdirAll(dir, 0o770); err != nil {
		return notWritable(dir, err)
	}
	trial, err := os.CreateTemp(dir, ".musicdb-trial-*")
	if err != nil {
		return notWritable(dir, err)
	}
	_, err = io.WriteString(trial, "x")
	if err = errors.Join(err, trial.Close(), os.Remove(trial.Name())); err != nil {
		return notWritable(dir, err)
	}
	return nil
}
