package tasks

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"musicdb/media/durable"
)

// Names below the data directory.
const (
	tasksDir   = "tasks"
	uploadsDir = "uploads"
)

const (
	dirMode  fs.FileMode = 0o775
	fileMode fs.FileMode = 0o664

	// maxTaskFile is more than the scan of a million files says.
	maxTaskFile = 256 << 20
)

// store keeps tasks as files, one JSON object each. Any goroutine may call it, for
// one task one at a time.
type store struct {
	root *os.Root // the directory tasks
	log  *slog.Logger
}

// stored is a task with the name of its file.
type stored struct {
	task Task
	file string
	at   int64 // unix time when the file was written
}

// openDir opens a directory of the data directory, and makes it where it is missing.
func openDir(data, name string) (*os.Root, error) {
	dir := filepath.Join(data, name)
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("tasks: making the directory %s of the data directory: %w", name, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("tasks: opening the directory %s of the data directory: %w", name, err)
	}
	return root, nil
}

// load reads all tasks, the oldest first. Files of other names, files that cannot
// be read and files without a usable id are passed by and left as they are
// (MusicDB 8 does the same); each is reported.
func (s *store) load() ([]stored, error) {
	if err := durable.Sweep(s.root, "."); err != nil {
		return nil, fmt.Errorf("tasks: listing the directory of the tasks: %w", err)
	}
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("tasks: listing the directory of the tasks: %w", err)
	}
	var found []stored
	ids := map[string]bool{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".json") || entry.IsDir() {
			continue
		}
		t, err := s.read(entry.Name())
		if err == nil && ids[t.task.ID] {
			err = errors.New("another file has the same id")
		}
		if err != nil {
			s.log.Warn("the file of a task is passed by", "file", entry.Name(), "err", err, "remedy", "delete it, or repair it and start again")
			continue
		}
		ids[t.task.ID] = true
		found = append(found, t)
	}
	slices.SortStableFunc(found, func(a, b stored) int { return cmp.Compare(a.task.InitializationTime, b.task.InitializationTime) })
	return found, nil
}

func (s *store) read(name string) (stored, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return stored{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return stored{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxTaskFile {
		return stored{}, errors.New("it is no regular file of a usable size")
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return stored{}, err
	}
	var t Task
	if err := json.Unmarshal(data, &t); err != nil {
		return stored{}, err
	}
	if t.State == New {
		return stored{}, errors.New("it has no state")
	}
	return stored{t, name, info.ModTime().Unix()}, CheckID(t.ID)
}

// save writes the file of a task. With hint it survives the end of the process, but
// perhaps not that of the system.
func (s *store) save(name string, t Task, hint bool) error {
	data, err := json.Marshal(t.atRest())
	if err != nil {
		return err
	}
	return durable.Replace(s.root, name, data, durable.File{Mode: fileMode, Keep: true, Hint: hint})
}

// exists reports whether the file is there; one that cannot be looked for is.
func (s *store) exists(name string) bool {
	_, err := s.root.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

func (s *store) remove(name string) error { return removeFile(s.root, name) }

func removeFile(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ErrID is returned for a text that cannot be the id of a task.
var ErrID = errors.New("tasks: the id of a task is 1 to 128 letters, digits, and the characters -_. (not at the beginning)")

// CheckID refuses an id that could not be the name of a file.
func CheckID(id string) error {
	if id == "" || len(id) > 128 || id[0] == '.' || id[0] == '-' {
		return ErrID
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return ErrID
		}
	}
	return nil
}
