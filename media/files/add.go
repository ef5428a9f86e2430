package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Add copies a file into the music directory and forces that to the disk. It appears
// there as a whole, with the mode rw-rw-r--. Directories that are missing are made.
//
// What is at the path is never overwritten, not even when it comes there at the same
// moment: the error matches [ErrOccupied] then. A file with the very same content is
// as good as the own one: added is false, and there is no error. Errors are
// *[PathError] and *[ChangeError]; after one everything is as it was.
//
// A process that is killed within leaves no more than empty directories and the
// temporary file, which the next Add with the same path and key uses, and
// [Music.DropAddition] removes.
func (m *Music) Add(ctx context.Context, a Addition) (added bool, err error) {
	if err := a.check(); err != nil {
		return false, err
	}
	same, err := m.holds(ctx, a)
	var made []string
	switch {
	case err != nil:
	case same: // perhaps ours, and its process was killed when it had two names
		err = m.DropAddition(a)
	default:
		if made, err = m.makeDirs(path.Dir(a.To)); err == nil {
			err = m.add(ctx, a)
		}
	}
	if err == nil {
		return !same, nil
	}
	for _, dir := range slices.Backward(made) {
		err = errors.Join(err, m.RemoveEmpty(dir))
	}
	return false, &ChangeError{"add", a.To, "", err}
}

// holds reports whether the path has a file with the content of the addition already.
func (m *Music) holds(ctx context.Context, a Addition) (same bool, err error) {
	there, err := m.root.Lstat(a.To)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, bare(err)
	}
	from, err := a.From.Stat()
	if err != nil {
		return false, bare(err)
	}
	if !there.Mode().IsRegular() || there.Size() != from.Size() {
		return false, ErrOccupied
	}
	f, err := m.root.Open(a.To)
	if err != nil {
		return false, bare(err)
	}
	defer f.Close()
	return true, sameContent(ctx, f, a.From, from.Size())
}

func sameContent(ctx context.Context, one, other io.ReaderAt, size int64) error {
	p, q := make([]byte, chunk), make([]byte, chunk)
	for at := int64(0); at < size; at += chunk {
		n := min(chunk, size-at)
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := one.ReadAt(p[:n], at); err != nil {
			return bare(err)
		}
		if _, err := other.ReadAt(q[:n], at); err != nil {
			return bare(err)
		}
		if !bytes.Equal(p[:n], q[:n]) {
			return ErrOccupied
		}
	}
	return nil
}

// DirError says which directory a file could not be added to, because it could not
// be made.
type DirError struct {
	Path string
	Err  error
}

func (e *DirError) Error() string { return fmt.Sprintf("making the directory %q: %v", e.Path, e.Err) }

func (e *DirError) Unwrap() error { return e.Err }

// makeDirs makes what is missing of a path of directories, and forces each to the
// disk. It returns those that it has made, also with an error.
func (m *Music) makeDirs(dir string) (made []string, err error) {
	for end := 0; end < len(dir) && dir != "."; {
		if next := strings.IndexByte(dir[end+1:], '/'); next >= 0 {
			end += 1 + next
		} else {
			end = len(dir)
		}
		part := dir[:end]
		switch err := m.root.Mkdir(part, dirMode); {
		case errors.Is(err, fs.ErrExist):
			info, err := m.root.Stat(part)
			if err == nil && !info.IsDir() {
				err = ErrOccupied
			}
			if err != nil {
				return made, &DirError{part, bare(err)}
			}
			continue
		case err != nil:
			return made, &DirError{part, bare(err)}
		}
		made = append(made, part)
		_ = m.root.Chmod(part, dirMode) // as in MakeArtist
		if err := m.syncDirOf(part); err != nil {
			return made, &DirError{part, err}
		}
	}
	return made, nil
}

// syncDirOf forces the name of something to the disk.
func (m *Music) syncDirOf(rel string) error {
	dir, err := m.root.Open(path.Dir(rel))
	if err != nil {
		return bare(err)
	}
	return bare(errors.Join(syncDir(dir), dir.Close()))
}

// add makes the file in an existing directory.
func (m *Music) add(ctx context.Context, a Addition) error {
	temporary := a.temporary()
	if err := m.DropAddition(a); err != nil {
		return err
	}
	info, err := m.copyTo(ctx, temporary, a)
	if err == nil {
		err = m.settle(temporary, a.To, info)
	}
	if err != nil {
		if dropped := m.root.Remove(temporary); !errors.Is(dropped, fs.ErrNotExist) {
			err = errors.Join(err, bare(dropped))
		}
	}
	return err
}

// settle gives the complete file its name.
func (m *Music) settle(temporary, rel string, info fs.FileInfo) error {
	dir, err := m.root.Open(path.Dir(rel))
	if err != nil {
		return bare(err)
	}
	defer dir.Close()
	if err := m.move(dir, dir, temporary, rel, info); err != nil {
		return occupied(err)
	}
	if err := syncDir(dir); err != nil {
		// Whether it would survive a power failure is not known, so it is taken back.
		return errors.Join(bare(err), bare(m.root.Remove(rel)))
	}
	return nil
}

func (m *Music) copyTo(ctx context.Context, temporary string, a Addition) (fs.FileInfo, error) {
	f, err := m.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, bare(err)
	}
	// The umask of the process takes the group's permission away; a file system
	// without permissions needs none.
	_ = f.Chmod(fileMode)
	err = a.copyInto(ctx, f)
	if err == nil {
		err = bare(f.Sync())
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	return info, errors.Join(err, bare(f.Close()))
}
