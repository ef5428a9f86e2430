package maintenance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"musicdb/media/durable"
)

// noteFile holds the move that is under way, in the data directory. The reference
// server does not look at it.
const noteFile = "maintenance.json"

// move is a file or directory that gets another path, with everything below it.
// Paths are relative to the music directory.
type move struct {
	Old string `json:"old"`
	New string `json:"new"`
	// NewArtist: the directory of the artist in New was made for this move.
	NewArtist bool `json:"newartist,omitempty"`
}

// note writes down what is about to be done. It is on the disk when nil is
// returned.
func (k *Keeper) note(m move) error {
	data, err := json.Marshal(m)
	if err == nil {
		err = durable.Replace(k.data, noteFile, append(data, '\n'), durable.File{Mode: 0o644})
	}
	if err != nil {
		return fmt.Errorf("maintenance: nothing was changed, because it could not be noted in the data directory: %w", err)
	}
	return nil
}

// noted returns the move that an earlier process did not bring to an end.
func (k *Keeper) noted() (m move, found bool, err error) {
	data, err := k.data.ReadFile(noteFile)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return m, false, fmt.Errorf("maintenance: %s: %w", noteFile, err)
	}
	return m, true, nil
}

// forget removes the note. One that stays says of a finished move what is true
// already; so a failure is no failure of the move.
func (k *Keeper) forget() {
	err := k.data.Remove(noteFile)
	if err == nil {
		err = durable.SyncDir(k.data, ".")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		k.log.Warn("the note of a finished change could not be removed", "file", noteFile, "err", err)
	}
}
