package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// Mark remembers the state of the first scan across restarts. SetMark must have
// written durably when it returns.
type Mark interface {
	Mark(ctx context.Context) (MarkState, error)
	SetMark(ctx context.Context, state MarkState) error
}

// FileMark keeps the mark in a small file, e.g. tasks/firstscan.json in the data
// directory. Its methods may be called from any goroutine, SetMark from one at a
// time.
type FileMark struct {
	Path string // its directory is created when it is missing
}

type markFile struct {
	FirstScan string `json:"firstscan"`
}

// Mark reads the file. A missing file is MarkNone. A damaged one is an error: to
// guess could mean to scan into a library that the user has made.
func (f FileMark) Mark(context.Context) (MarkState, error) {
	data, err := os.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return MarkNone, nil
	}
	if err != nil {
		return MarkNone, f.damaged(err)
	}
	var content markFile
	if err := json.Unmarshal(data, &content); err != nil {
		return MarkNone, f.damaged(err)
	}
	for state, name := range markNames {
		if name == content.FirstScan {
			return MarkState(state), nil
		}
	}
	return MarkNone, f.damaged(fmt.Errorf("unknown state %q", content.FirstScan))
}

func (f FileMark) damaged(err error) error {
	return fmt.Errorf("tasks: the mark of the first scan %q cannot be read: %w; delete the file if the library is complete, or write {\"firstscan\":\"songs\"} into it to go on", f.Path, err)
}

// SetMark replaces the file: a new one is written and synced under another name,
// then renamed, then the directory is synced.
func (f FileMark) SetMark(_ context.Context, state MarkState) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("tasks: the mark of the first scan cannot be written: %w; check free space and permissions of %q", err, filepath.Dir(f.Path))
		}
	}()
	data, err := json.Marshal(markFile{state.String()})
	if err != nil {
		return err
	}
	dir := filepath.Dir(f.Path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".firstscan-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(append(data, '\n'))
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), f.Path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
