package library

import (
	"context"
	"errors"

	"github.com/mattn/go-sqlite3"
)

// ErrClosed is returned by writes after Close.
var ErrClosed = errors.New("the library is closed")

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

// inMusic adds the file to a failure of SQLite; every other error says enough.
func (l *Library) inMusic(err error) error {
	var failure sqlite3.Error
	if errors.As(err, &failure) {
		return fileError(l.music.path, err)
	}
	return err
}
