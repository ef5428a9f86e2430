package library

import (
	"context"
	"errors"
)

// Reload reads the rows again, as a fresh Open would.
func (l *Library) Reload() (*Catalogue, error) { return l.load(context.Background()) }

// Unsynced makes writes quick, for tests of what is written, not of how safely.
func (l *Library) Unsynced() error {
	var failures []error
	for _, db := range []*database{l.music, l.track, l.own} {
		db.SetMaxOpenConns(1)
		_, err := db.Exec("PRAGMA synchronous = OFF")
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
