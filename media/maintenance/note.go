package maintenance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"musicdb/media/durable"
	"musicdb/media/files"
)

// noteFile holds the move that is under way, in the data directory. The reference
// server does not look at it.
const noteFile = "maintenance.json"

// move is a file or directory that gets another path, with everything below it.
// Paths are relative to the music directory. Without an old path it is an artist who
// is created, with his directory.
type move struct {
	Old string `json:"old"`
	New string `json:"new"`
	// NewArtist: the directory of the artist in New is made for this move.
	NewArtist bool `json:"newartist,omitempty"`
	// Rows: how the rows spell the old path, if that is not how the disk does.
	Rows string `json:"rows,omitempty"`
}

func (m move) creates() bool { return m.Old == "" }

// artist is the directory that is made for the move.
func (m move) artist() string {
	if m.creates() {
		return m.New
	}
	return path.Dir(m.New)
}

// rows is the old path in the spelling of the rows.
func (m move) rows() string { return cmp.Or(m.Rows, m.Old) }

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

// noted returns the move that an earlier process did not bring to an end. A note
// that this version cannot have written is set aside: guessing what it says could
// turn a finished change around.
func (k *Keeper) noted() (m move, found bool, err error) {
	data, err := k.data.ReadFile(noteFile)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		if m, err = parseMove(data); err == nil {
			return m, true, nil
		}
	}
	kept := noteFile + ".damaged"
	if aside := k.data.Rename(noteFile, kept); aside != nil {
		return move{}, false, fmt.Errorf("maintenance: %s: %w; look at it and move it elsewhere", noteFile, errors.Join(err, aside))
	}
	k.log.Error("the note of an interrupted change of the music directory says nothing that this version understands; it is kept, and nothing was changed",
		"kept", kept, "err", err, "remedy", "if files or directories of music are missing from the library, update their entries")
	return move{}, false, nil
}

// parseMove reads a note and refuses what no version like this one notes.
func parseMove(data []byte) (m move, err error) {
	from := json.NewDecoder(bytes.NewReader(data))
	from.DisallowUnknownFields()
	if err := from.Decode(&m); err != nil {
		return move{}, err
	}
	if _, err := from.Token(); !errors.Is(err, io.EOF) {
		return move{}, errors.New("it goes on after its end")
	}
	return m, m.check()
}

// check refuses what is not the renaming of a last element, nor an album that goes
// to another artist.
func (m move) check() error {
	if m.creates() && m.NewArtist && m.Rows == "" {
		_, err := files.Analyse(m.New, files.KindArtist)
		return err
	}
	if err := errors.Join(files.CheckPath(m.Old), files.CheckPath(m.New)); err != nil {
		return err
	}
	depth := strings.Count(m.Old, "/") + 1
	sameDir, sameName := path.Dir(m.Old) == path.Dir(m.New), path.Base(m.Old) == path.Base(m.New)
	toArtist := depth == 2 && sameName && strings.Count(m.New, "/") == 1
	if m.Rows != "" && !files.Alike(m.Rows, m.Old) {
		return fmt.Errorf("%q is not spelled %q", m.Old, m.Rows)
	}
	if depth > 3 || sameDir == sameName || !sameDir && !toArtist || sameDir && m.NewArtist {
		return fmt.Errorf("%q cannot become %q", m.Old, m.New)
	}
	return nil
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
