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

func (l *Library) open(ctx context.Context) error {
	if err := writableDir(l.dir); err != nil {
		return err
	}
	var err error
	if l.lock, err = lock(l.dir); err != nil {
		return err
	}
	if err := l.openDatabases(ctx); err != nil {
		return err
	}
	if l.edits, err = (editor{l.music.path, l.track.path}).open(); err != nil {
		return err
	}
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

// openDatabases refuses all before it upgrades any.
func (l *Library) openDatabases(ctx context.Context) (err error) {
	files := []struct {
		is       **database
		schema   schema
		settings string
		version  int
	}{
		{&l.music, musicSchema, oldFileSettings, 0},
		{&l.track, trackerSchema, oldFileSettings, 0},
		{&l.own, ownSchema, ownFileSettings, 0},
	}
	for i, f := range files {
		if *f.is, files[i].version, err = openDatabase(ctx, l.dir, f.schema, f.settings); err != nil {
			return err
		}
	}
	for _, f := range files {
		if f.version < f.schema.version {
			if err := (*f.is).upgrade(ctx, f.schema, f.version, l.now(), l.log); err != nil {
				return err
			}
		}
		if err := (*f.is).check(ctx, f.schema); err != nil {
			return err
		}
	}
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
