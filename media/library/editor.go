package library

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// editor makes the connection of the edits: the music database as "main", and
// the tracker beside it, so that a removed song disappears from both in one
// commit. With rollback journals such a commit is atomic even if the process or
// the machine dies in it: SQLite writes a super-journal first, and whoever opens
// one of the files next, the old server too, sees both changed or none.
type editor struct{ music, tracker string }

// open makes the pool of this one connection. Both files have been read.
func (e editor) open() (*sql.DB, error) {
	if err := e.sweep(); err != nil {
		return nil, notWritable(e.music, err)
	}
	pool := sql.OpenDB(e)
	pool.SetMaxOpenConns(1) // edits run one after the other
	return pool, nil
}

func (e editor) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: e.attach} }

func (e editor) Connect(context.Context) (driver.Conn, error) {
	return e.Driver().Open(source(e.music, editSettings))
}

func (e editor) attach(c *sqlite3.SQLiteConn) error {
	if _, err := c.Exec("ATTACH ? AS tracker", []driver.Value{source(e.tracker, "mode=rw")}); err != nil {
		return err
	}
	_, err := c.Exec("PRAGMA tracker.synchronous = EXTRA", nil) // of an attached file it is the default
	return err
}

// source names a file as a URI, so that no character of its path is taken for a
// setting.
func source(path, settings string) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: settings}
	return u.String()
}

// sweep removes super-journals that a kill has left behind. Both files have been
// read, which has rolled back what was half done, so nothing refers to them.
func (e editor) sweep() error {
	beside, err := os.ReadDir(filepath.Dir(e.music))
	if err != nil {
		return err
	}
	for _, f := range beside {
		if !strings.HasPrefix(f.Name(), filepath.Base(e.music)+"-mj") || !f.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(filepath.Dir(e.music), f.Name())); err != nil {
			return err
		}
	}
	return nil
}
