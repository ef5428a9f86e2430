package tasks

import (
	"context"
	"fmt"

	"musicdb/media/library"
)

// MarkState says how far the first scan of a library is. It only moves down the
// list, except that an emptied library begins again.
type MarkState uint8

// The states of the mark. Their names are what is stored.
const (
	MarkNone     MarkState = iota // no scan ever began: the library is empty or the user's own
	MarkSongs                     // albums are being entered: some may be missing
	MarkCovers                    // all albums are in; covers are being stored
	MarkFinished                  // the library was filled; new music waits for the user
)

var markNames = [...]string{"none", "songs", "covers", "finished"}

func (s MarkState) String() string {
	if int(s) >= len(markNames) {
		return fmt.Sprintf("mark state %d", uint8(s))
	}
	return markNames[s]
}

// Mark reads how far the first scan of a library is. A state of unknown name,
// as a later version may write it, is an error: to guess could mean to scan into
// a library that the user has made.
func Mark(ctx context.Context, lib *library.Library) (MarkState, error) {
	stored, err := lib.FirstScan(ctx)
	if err != nil {
		return MarkNone, fmt.Errorf("tasks: the mark of the first scan cannot be read: %w", err)
	}
	if stored == "" {
		return MarkNone, nil
	}
	for state, name := range markNames {
		if name == stored {
			return MarkState(state), nil
		}
	}
	return MarkNone, fmt.Errorf("tasks: the first scan is in the unknown state %q; use the version of musicdb that wrote it", stored)
}

func setMark(ctx context.Context, lib *library.Library, state MarkState) error {
	if err := lib.SetFirstScan(ctx, state.String()); err != nil {
		return fmt.Errorf("tasks: the mark of the first scan cannot be written: %w", err)
	}
	return nil
}
