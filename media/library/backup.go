package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"
)

// backup copies the database to "<file>.<YYYY-MM-DDTHH:MM>.bak" beside it, in
// local time, and returns the name. It is complete and on the disk when it gets
// that name, and it never takes the name of a file that is there: then a number
// is added. The caller's transaction keeps others from writing meanwhile.
func (db *database) backup(ctx context.Context, now time.Time) (string, error) {
	part := db.path + ".backup" // one that a kill has left behind is of no use
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := db.copyTo(ctx, part); err != nil {
		return "", errors.Join(err, os.Remove(part))
	}
	name := db.path + "." + now.Local().Format("2006-01-02T15:04")
	for n := 1; ; n++ {
		final := name + ".bak"
		if n > 1 {
			final = fmt.Sprintf("%s-%d.bak", name, n)
		}
		err := moveToNew(part, final)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return final, errors.Join(err, syncPath(filepath.Dir(final)))
	}
}

// copyTo writes a consistent copy of the database into a new file and syncs it.
// SQLite copies it itself: opening and closing the file beside SQLite would drop
// the locks of this process.
func (db *database) copyTo(ctx context.Context, path string) (err error) {
	from, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := (&sqlite3.SQLiteDriver{}).Open(source(path, "mode=rwc"))
	if err != nil {
		return err
	}
	err = from.Raw(func(c any) error {
		copying, err := to.(*sqlite3.SQLiteConn).Backup("main", c.(*sqlite3.SQLiteConn), "main")
		if err != nil {
			return err
		}
		complete, err := copying.Step(-1)
		if err == nil && !complete {
			err = errors.New("the database is being written to by another program")
		}
		return errors.Join(err, copying.Finish())
	})
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	info, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	return errors.Join(os.Chmod(path, info.Mode().Perm()), syncPath(path))
}

// moveToNew gives a file another name, which must be free.
func moveToNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file system without links: take the name, then replace what took it.
	taken, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(taken.Close(), os.Rename(from, to))
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
