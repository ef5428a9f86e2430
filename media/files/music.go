package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
)

// ErrNotRegular is returned for a path that is there but is a directory, a
// device, a socket or a pipe.
var ErrNotRegular = errors.New("not a regular file")

// RootError tells that the music directory itself cannot be used.
type RootError struct {
	Dir string
	Err error
}

func (e *RootError) Error() string {
	return fmt.Sprintf("files: the music directory %q cannot be read: %v; check that it exists and that this user may read it", e.Dir, e.Err)
}

func (e *RootError) Unwrap() error { return e.Err }

// Music is the music directory. Everything it opens lies inside: ".." and
// absolute paths are refused, and so are symbolic links that lead out, even when
// they are put there while the server runs.
//
// All methods may be called from any goroutine; after Close they fail.
type Music struct {
	root *os.Root
	// reading is root until Follow replaces it: what Open and Stat look into.
	reading atomic.Pointer[os.Root]
	dir     string // absolute, symbolic links resolved
	// exclusive renames without overwriting, or cannot (errors.ErrUnsupported).
	exclusive func(from *os.File, oldname string, to *os.File, newname string) error
	// link gives a file a second name, or cannot.
	link func(oldpath, newpath string) error
}

// OpenMusic opens the music directory. It must exist and be a directory that
// can be listed; otherwise the error is a *[RootError].
func OpenMusic(dir string) (*Music, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, &RootError{Dir: dir, Err: err}
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return nil, &RootError{Dir: dir, Err: err}
	}
	m := &Music{root: root, dir: real, exclusive: renameExclusive, link: root.Link}
	m.reading.Store(root)
	if _, err := m.list("."); err != nil {
		root.Close()
		return nil, &RootError{Dir: dir, Err: err}
	}
	return m, nil
}

// Close releases the directory. Files that were opened before stay usable.
func (m *Music) Close() error {
	if now := m.reading.Load(); now != m.root {
		return errors.Join(now.Close(), m.root.Close())
	}
	return m.root.Close()
}

// Follow looks whether another directory stands at the path of the music directory
// than the one that was opened: its disk was unplugged, and is back. If there is
// anything in it, Open, Stat and what is built on them look into that one from now
// on, and Follow reports true. The functions that change or scan the directory do
// not follow: what they have begun in one they must not end in another.
func (m *Music) Follow() (followed bool) {
	there, err := os.Stat(m.dir)
	if err != nil {
		return false
	}
	before := m.reading.Load()
	if opened, err := before.Stat("."); err == nil && os.SameFile(there, opened) {
		return false
	}
	now, err := os.OpenRoot(m.dir)
	if err != nil {
		return false
	}
	if names, err := fs.ReadDir(now.FS(), "."); err != nil || len(names) == 0 || !m.reading.CompareAndSwap(before, now) {
		now.Close()
		return false
	}
	// Whoever still opens something in the one before is not disturbed; the runtime
	// closes it when nobody holds it any more.
	return true
}

// Dir returns the absolute path of the music directory, symbolic links resolved.
func (m *Music) Dir() string { return m.dir }

// Open opens a regular file for reading. It never blocks on a pipe. Errors:
// *[PathError], [ErrNotRegular], and those of the file system.
func (m *Music) Open(rel string) (*os.File, error) {
	if err := CheckPath(rel); err != nil {
		return nil, err
	}
	file, err := m.reading.Load().OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("files: open: %w", err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("files: open %q: %w", rel, err)
	}
	return file, nil
}

// Stat describes what is at the path, symbolic links followed inside the
// directory.
func (m *Music) Stat(rel string) (fs.FileInfo, error) {
	if err := CheckPath(rel); err != nil {
		return nil, err
	}
	info, err := m.reading.Load().Stat(rel)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return info, nil
}

// Exists reports whether a name is taken, be it by a link that leads nowhere. One
// that the file system cannot hold is not.
func (m *Music) Exists(rel string) (bool, error) {
	if err := CheckPath(rel); err != nil {
		return false, err
	}
	_, err := m.root.Lstat(rel)
	return err == nil, absent(err)
}

// absent is nil for the errors by which a file system says that nothing has a name,
// and for those that are given.
func absent(err error, also ...error) error {
	for _, absent := range append(also, nil, fs.ErrNotExist, syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.EINVAL) {
		if errors.Is(err, absent) {
			return nil
		}
	}
	return fmt.Errorf("files: %w", err)
}

// Abs returns the absolute path of something that exists inside the music
// directory, for programs that must be given a name. Where a descriptor will do,
// use Open: between this answer and its use somebody may move the file.
func (m *Music) Abs(rel string) (string, error) {
	if _, err := m.Stat(rel); err != nil {
		return "", err
	}
	return filepath.Join(m.dir, filepath.FromSlash(rel)), nil
}

// Locate asks the file system what is at the path and reads its name by the
// naming conventions: a directory is an artist or an album, a file an artist's
// video or an album's song.
func (m *Music) Locate(rel string) (Location, error) {
	info, err := m.Stat(rel)
	if err != nil {
		return Location{}, err
	}
	depth := 1
	for i := range len(rel) {
		if rel[i] == '/' {
			depth++
		}
	}
	kind := KindSong
	switch {
	case info.IsDir() && depth == 1:
		kind = KindArtist
	case info.IsDir():
		kind = KindAlbum
	case depth == 2:
		kind = KindVideo
	}
	return Analyse(rel, kind)
}

// list returns the entries of a directory in byte order of their names.
func (m *Music) list(rel string) ([]fs.DirEntry, error) {
	return fs.ReadDir(m.root.FS(), rel)
}
