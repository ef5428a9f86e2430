package library

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// FaultKind says what is wrong with a database.
type FaultKind uint8

// The kinds of faults.
const (
	FaultDamaged    FaultKind = iota + 1 // SQLite finds the file inconsistent
	FaultUnreadable                      // the file cannot be read, or has another version
	FaultOrphan                          // a row refers to one that does not exist
	FaultDouble                          // two rows where only one may be
	FaultCount                           // a number that is kept differs from what there is
	FaultValue                           // a value that no program may have written
)

// Fault is one finding of [Inspect].
type Fault struct {
	Kind   FaultKind
	File   string // of the database, without its directory
	Table  string // empty for the file as a whole
	ID     int64  // of the row, 0 if it has none
	Path   string // of what the row describes, inside the music directory; may be empty
	Detail string // completes the sentence "the row ..." or "the file ..."
	Err    error  // with FaultUnreadable
}

// maxDamages is how many messages of SQLite about one damaged file are delivered.
const maxDamages = 20

// Inspect looks through the databases of a data directory for damage and for rows
// that contradict each other, and calls found with each, from this goroutine. It
// only reads, with connections of its own, so it may be called while a [Library]
// has the directory open, too. A database that is not there yet has no faults. The
// error is that of the context.
func Inspect(ctx context.Context, dir string, found func(Fault)) error {
	sound := map[string]bool{}
	for _, s := range []schema{musicSchema, trackerSchema, ownSchema} {
		ok, err := inspectFile(ctx, dir, s, found)
		if stopped := context.Cause(ctx); stopped != nil {
			return stopped
		}
		if err != nil {
			found(Fault{Kind: FaultUnreadable, File: s.file, Detail: "cannot be read", Err: unclosed(dir, s, err)})
		}
		sound[s.file] = ok && err == nil
	}
	if !sound[musicSchema.file] {
		return nil // what contradicts what cannot be said of a damaged file
	}
	i := inspector{dir: dir, found: found, tracker: sound[trackerSchema.file]}
	if err := i.rules(ctx); err != nil {
		if stopped := context.Cause(ctx); stopped != nil {
			return stopped
		}
		found(Fault{Kind: FaultUnreadable, File: musicSchema.file, Detail: "cannot be read", Err: err})
	}
	return nil
}

// inspectFile lets SQLite check a file. It reports whether the file is there,
// undamaged and of this program's version.
func inspectFile(ctx context.Context, dir string, s schema, found func(Fault)) (sound bool, err error) {
	db, err := openReading(dir, s)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", maxDamages))
	if err != nil {
		return false, damage(s, db.path, err, found)
	}
	defer rows.Close()
	sound = true
	for rows.Next() {
		var message string
		if err := rows.Scan(&message); err != nil {
			return false, fileError(db.path, err)
		}
		if message != "ok" {
			sound = false
			found(Fault{Kind: FaultDamaged, File: s.file, Detail: "is damaged: " + message})
		}
	}
	if err := rows.Err(); err != nil {
		return false, damage(s, db.path, err, found)
	}
	if !sound {
		return false, nil
	}
	return true, db.ready(ctx, s)
}

// damage reports a file that SQLite finds damaged before it has checked it; other
// errors are returned.
func damage(s schema, path string, err error, found func(Fault)) error {
	err = fileError(path, err)
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	found(Fault{Kind: FaultDamaged, File: s.file, Detail: "is damaged", Err: err})
	return nil
}

// inspector looks for contradictions through one connection to all databases.
type inspector struct {
	dir     string
	found   func(Fault)
	tracker bool // is there and can be read
}

func (i inspector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: i.attach} }

func (i inspector) Connect(context.Context) (driver.Conn, error) {
	return i.Driver().Open(readSource(filepath.Join(i.dir, musicSchema.file)))
}

func (i inspector) attach(c *sqlite3.SQLiteConn) error {
	if !i.tracker {
		return nil
	}
	_, err := c.Exec("ATTACH ? AS tracker", []driver.Value{source(filepath.Join(i.dir, trackerSchema.file), "mode=ro")})
	return err
}

// rules asks for the rows that break each rule.
func (i inspector) rules(ctx context.Context) error {
	pool := sql.OpenDB(i)
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	for _, r := range faultRules {
		if r.file != musicSchema.file && !i.tracker {
			continue
		}
		if err := i.rule(ctx, pool, r); err != nil {
			return fileError(filepath.Join(i.dir, r.file), err)
		}
	}
	return nil
}

func (i inspector) rule(ctx context.Context, pool *sql.DB, r faultRule) error {
	rows, err := pool.QueryContext(ctx, r.query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		f := Fault{Kind: r.kind, File: r.file, Table: r.table}
		var id sql.NullInt64
		var path, detail sql.NullString
		if err := rows.Scan(&id, &path, &detail); err != nil {
			return err
		}
		f.ID, f.Path, f.Detail = id.Int64, path.String, r.says
		if detail.String != "" {
			f.Detail = fmt.Sprintf(r.says, detail.String)
		}
		i.found(f)
	}
	return rows.Err()
}

// unclosed explains why a file cannot be read that a process was changing when it
// was killed: only who may write can take the half of its change back.
func unclosed(dir string, s schema, cause error) error {
	journal := filepath.Join(dir, s.file+"-journal")
	info, err := os.Stat(journal)
	if err != nil || info.Size() == 0 {
		return cause
	}
	return &FileError{Reason: ErrUnreadable, File: filepath.Join(dir, s.file), Cause: cause,
		Remedy: "a change of it was interrupted: start the server once, it takes the half of the change back"}
}
