package state

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Modes of the user interface.
const (
	ModeAudio = "audio"
	ModeVideo = "video"
)

const (
	stateVersion   = 4
	sectionMusicDB = "MusicDB"
	sectionGenre   = "GenreFilter"
	sectionSub     = "SubgenreFilter:" // followed by the name of the genre
)

func (s *Store) stateFile() string { return filepath.Join(s.state, "state.ini") }

// Choice is a snapshot of the genre selection and the mode of the user
// interface. It is immutable and may be used from any goroutine. The names in it
// are not checked against the tags of the library.
type Choice struct {
	mode   string
	genres map[string]bool            // by key spelling
	subs   map[string]map[string]bool // by section spelling of the genre, key spelling of the sub genre
}

// GenreActive reports whether a genre is selected. By default none is.
func (c Choice) GenreActive(genre string) bool {
	return c.genres[keyName(genre)]
}

// SubgenreActive reports whether a sub genre of a genre is selected, which is
// the default. It says nothing about the genre itself.
func (c Choice) SubgenreActive(genre, sub string) bool {
	active, stored := c.subs[sectionName(genre)][keyName(sub)]
	return active || !stored
}

// UIMode is [ModeAudio] or [ModeVideo].
func (c Choice) UIMode() string {
	if c.mode == ModeVideo {
		return ModeVideo
	}
	return ModeAudio
}

// Choice reads the selection from state.ini. While the file cannot be read the
// last one that could be read is returned, and the failure is logged.
func (s *Store) Choice() Choice {
	file, err := load(s.stateFile())
	if err != nil {
		s.log.Error("genre selection cannot be read, going on with the last one", "error", err)
		if last := s.lastChoice.Load(); last != nil {
			return *last
		}
		return Choice{}
	}
	choice := readChoice(file)
	s.lastChoice.Store(&choice)
	return choice
}

// UIMode is the mode of the user interface, [ModeAudio] or [ModeVideo].
func (s *Store) UIMode() string { return s.Choice().UIMode() }

// SetGenre selects or deselects a genre. Errors: [*FileError].
func (s *Store) SetGenre(name string, on bool) error {
	return s.changeState(func(file *INI) error { return file.SetBool(sectionGenre, keyName(name), on) })
}

// SetSubgenre selects or deselects a sub genre of a genre. Errors: [*FileError].
func (s *Store) SetSubgenre(genre, sub string, on bool) error {
	return s.changeState(func(file *INI) error {
		return file.SetBool(sectionSub+sectionName(genre), keyName(sub), on)
	})
}

// SetUIMode stores the mode of the user interface. Errors: [ErrUIMode],
// [*FileError].
func (s *Store) SetUIMode(mode string) error {
	if mode != ModeAudio && mode != ModeVideo {
		return fmt.Errorf("%w: %q; use %q or %q", ErrUIMode, mode, ModeAudio, ModeVideo)
	}
	return s.changeState(func(file *INI) error { return file.Set(sectionMusicDB, "uimode", mode) })
}

func (s *Store) changeState(edit func(*INI) error) error {
	return s.change(s.stateFile(), asState, edit)
}

func readChoice(file *INI) Choice {
	c := Choice{
		mode:   file.Text(sectionMusicDB, "uimode", ModeAudio),
		genres: map[string]bool{},
		subs:   map[string]map[string]bool{},
	}
	for _, key := range file.Keys(sectionGenre) {
		c.genres[key] = file.Bool(sectionGenre, key, false)
	}
	for _, name := range file.Sections() {
		genre, isSub := strings.CutPrefix(name, sectionSub)
		if !isSub {
			continue
		}
		c.subs[genre] = map[string]bool{}
		for _, key := range file.Keys(name) {
			c.subs[genre][key] = file.Bool(name, key, true)
		}
	}
	return c
}

// upgradeState brings state.ini to the current version. A newer file is left as
// it is.
func upgradeState(file *INI) error {
	version := file.Int("meta", "version", 0)
	if version >= stateVersion {
		return nil
	}
	if err := file.SetInt("meta", "version", stateVersion); err != nil {
		return err
	}
	if _, set := file.Lookup(sectionMusicDB, "uimode"); !set {
		if err := file.Set(sectionMusicDB, "uimode", ModeAudio); err != nil {
			return err
		}
	}
	file.RemoveSection("albumfilter")
	return nil
}
