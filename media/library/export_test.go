package library

import (
	"context"
	"errors"
	"runtime"

	"github.com/mattn/go-sqlite3"
)

// Reload reads the rows again, as a fresh Open would.
func (l *Library) Reload() (*Catalogue, error) { return l.load(context.Background()) }

// Failure is the error of a file that cannot be written.
func Failure(path string, cause error) error {
	var failure sqlite3.Error
	if errors.As(cause, &failure) {
		return fileError(path, cause)
	}
	return notWritable(path, cause)
}

// Unsynced makes writes quick, for tests of what is written, not of how safely.
func (l *Library) Unsynced() error {
	_, err := l.edits.Exec("PRAGMA main.synchronous = OFF; PRAGMA tracker.synchronous = OFF")
	failures := []error{err}
	for _, db := range []*database{l.music, l.track, l.own} {
		db.SetMaxOpenConns(1)
		_, err := db.Exec("PRAGMA synchronous = OFF")
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// BytesPerChange returns how much memory is allocated when one of so many songs
// changes.
func BytesPerChange(songs int) uint64 {
	rows := make([]Song, songs)
	for i := range rows {
		rows[i].ID = int64(i + 1)
	}
	t := tableOf(rows)
	const changes = 1000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range changes {
		t = t.with(Song{ID: int64(1 + i*97%songs), LastPlayed: int64(i)})
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / changes
}
