package state

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"musicdb/media/durable"
)

// Modes of the directories that the store creates, as MusicDB 8 expects them.
const (
	modeData   fs.FileMode = 0o775
	modeState  fs.FileMode = 0o755
	modeConfig fs.FileMode = 0o755
)

// Options say where the store lives.
type Options struct {
	// DataDir is the data directory of the daemon. It is created when missing.
	DataDir string
	// Log receives damages and repairs; nil discards them.
	Log *slog.Logger
}

// Store gives access to the files below one data directory. Its methods may be
// called from any goroutine.
type Store struct {
	state   string // directories
	config  string
	webdata string
	log     *slog.Logger

	mu sync.Mutex // serialises changes: read, edit, replace

	outOfRange atomic.Pointer[string] // what the log was told last about numbers of the random selection

	lastChoice atomic.Pointer[Choice] // what to answer while state.ini cannot be read
}

// Open creates the directories state and config below the data directory where
// they are missing, removes what an interrupted write has left behind, and
// brings state.ini to the current version. Errors are of type [*FileError].
func Open(o Options) (*Store, error) {
	s := &Store{
		state:   filepath.Join(o.DataDir, "state"),
		config:  filepath.Join(o.DataDir, "config"),
		webdata: filepath.Join(o.DataDir, "webdata"),
		log:     o.Log,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := makeDir(o.DataDir, modeData); err != nil {
		return nil, err
	}
	if err := errors.Join(makeDir(s.state, modeState), makeDir(s.config, modeConfig)); err != nil {
		return nil, err
	}
	if err := errors.Join(sweep(s.state), sweep(s.config)); err != nil {
		return nil, err
	}
	if err := s.change(s.stateFile(), asState, upgradeState); err != nil {
		return nil, err
	}
	s.Choice() // what holds should the file become unreadable later
	return s, nil
}

// makeDir creates a directory with exactly this mode, whatever the umask is. An
// existing directory keeps the mode its owner gave it.
func makeDir(dir string, mode fs.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return &FileError{"create", dir, err}
	}
	if err := os.Chmod(dir, mode); err != nil {
		return &FileError{"create", dir, err}
	}
	return nil
}

// load reads an .ini file. It needs no lock, since files are replaced as a whole.
func load(path string) (*INI, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	file, _ := ParseINI(data)
	return file, nil
}

// change re-reads a file, applies edit and replaces the file if that made a
// difference. An error from edit leaves the file untouched.
func (s *Store) change(path string, how durable.File, edit func(*INI) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := readFile(path)
	if err != nil {
		return err
	}
	file, damage := ParseINI(before)
	unchanged := file.Bytes()
	if err := edit(file); err != nil {
		return err
	}
	after := file.Bytes()
	if bytes.Equal(after, unchanged) {
		return nil
	}
	if err := s.keep(path, before, damage); err != nil {
		return err
	}
	return replaceFile(path, after, how)
}

// keep saves the damaged content of a file beside it.
func (s *Store) keep(path string, data []byte, damage []Damage) error {
	if len(damage) == 0 {
		return nil
	}
	name, err := preserve(path, data)
	if err != nil {
		return err
	}
	s.log.Warn("file has damaged parts, which are left out; the original is kept beside it",
		"file", path, "damage", damage[0].String(), "damages", len(damage), "kept", name)
	return nil
}
