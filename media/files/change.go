package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// ErrOccupied is matched when something of the wanted name is there already. It
// stays as it is: nothing in the music directory is ever overwritten.
var ErrOccupied = errors.New("something of that name is there already")

// ChangeError tells which change of the music directory was not made, and why.
type ChangeError struct {
	Change string // "rename", "create", "remove", "add"
	Path   string
	To     string // the new path of a rename
	Err    error
}

func (e *ChangeError) Error() string {
	text := fmt.Sprintf("files: cannot %s %q", e.Change, e.Path)
	if e.To != "" {
		text += fmt.Sprintf(" to %q", e.To)
	}
	return text + ": " + e.Err.Error() + e.remedy()
}

func (e *ChangeError) Unwrap() error { return e.Err }

func (e *ChangeError) remedy() string {
	switch {
	case errors.Is(e.Err, ErrOccupied):
		return "; choose another name, or move what is there"
	case errors.Is(e.Err, fs.ErrNotExist):
		return "; check the name, or search for new content"
	case errors.Is(e.Err, fs.ErrPermission):
		return "; give the user of the server permission to write there"
	case errors.Is(e.Err, syscall.ENAMETOOLONG):
		return "; shorten it, most file systems take 255 bytes"
	case errors.Is(e.Err, syscall.EXDEV):
		return "; it would have to be copied to another file system, do that by hand"
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT), errors.Is(e.Err, syscall.EFBIG):
		return "; make room on the disk of the music directory"
	case errors.Is(e.Err, syscall.EROFS):
		return "; check the disk"
	}
	return ""
}

// Rename gives a file or directory a new path inside the music directory and
// forces that to the disk. The parent directories of both must exist.
//
// What is at the new path is never overwritten, not even when it comes there at
// the same moment: the error matches [ErrOccupied] then. Errors are *[PathError]
// and *[ChangeError]; after one everything is as it was. A process that is killed
// within may, on a file system that cannot rename without overwriting, leave the
// file under both names.
func (m *Music) Rename(oldpath, newpath string) error {
	if err := errors.Join(CheckPath(oldpath), CheckPath(newpath)); err != nil {
		return err
	}
	err := m.rename(oldpath, newpath)
	if err == nil {
		return nil
	}
	return &ChangeError{"rename", oldpath, newpath, err}
}

func (m *Music) rename(oldpath, newpath string) error {
	// A link whose target is outside is no music and is left alone.
	info, err := m.root.Stat(oldpath)
	if err != nil {
		return bare(err)
	}
	if _, err := m.root.Lstat(newpath); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = ErrOccupied
		}
		return bare(err)
	}
	if path.Dir(oldpath) != path.Dir(newpath) {
		if link, err := m.root.Readlink(oldpath); err == nil {
			return fmt.Errorf("it is a symbolic link to %q, which would lead elsewhere from there; make a new link by hand", link)
		}
	}
	from, err := m.root.Open(path.Dir(oldpath))
	if err != nil {
		return bare(err)
	}
	defer from.Close()
	to, err := m.root.Open(path.Dir(newpath))
	if err != nil {
		return bare(err)
	}
	defer to.Close()

	if err := m.move(from, to, oldpath, newpath, info); err != nil {
		return occupied(err)
	}
	if err := errors.Join(syncDir(to), syncDir(from)); err != nil {
		// Whether it would survive a power failure is not known, so it is taken back.
		return errors.Join(err, m.move(to, from, newpath, oldpath, info))
	}
	return nil
}

func (m *Music) move(from, to *os.File, oldpath, newpath string, info fs.FileInfo) error {
	err := m.exclusive(from, path.Base(oldpath), to, path.Base(newpath))
	if errors.Is(err, errors.ErrUnsupported) {
		return m.renameCarefully(oldpath, newpath, info)
	}
	return err
}

// renameCarefully renames where the file system has no way to do that without
// overwriting. A second name is never given to a file that exists; a directory
// replaces at most an empty one (rename(2)), and whether there is one was asked.
func (m *Music) renameCarefully(oldpath, newpath string, info fs.FileInfo) error {
	if info.IsDir() {
		return bare(m.root.Rename(oldpath, newpath))
	}
	if err := m.root.Link(oldpath, newpath); err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
			err = fmt.Errorf("this file system can neither rename without overwriting nor give a file two names: %w", bare(err))
		}
		return bare(err)
	}
	if err := m.root.Remove(oldpath); err != nil {
		return errors.Join(bare(err), m.root.Remove(newpath))
	}
	return nil
}

// DropSecondName removes the new name of a file that still has the old one: a
// process was killed while it renamed the file on a file system that needs both
// for a moment. It reports false, and does nothing, when the two are not names of
// one file.
func (m *Music) DropSecondName(oldpath, newpath string) (bool, error) {
	if err := errors.Join(CheckPath(oldpath), CheckPath(newpath)); err != nil {
		return false, err
	}
	one, err := m.root.Lstat(oldpath)
	if err != nil {
		return false, &ChangeError{"remove", newpath, "", bare(err)}
	}
	other, err := m.root.Lstat(newpath)
	if err != nil {
		return false, &ChangeError{"remove", newpath, "", bare(err)}
	}
	status, ok := one.Sys().(*syscall.Stat_t)
	if oldpath == newpath || !one.Mode().IsRegular() || !os.SameFile(one, other) || !ok || status.Nlink < 2 {
		return false, nil
	}
	if err := m.root.Remove(newpath); err != nil {
		return false, &ChangeError{"remove", newpath, "", bare(err)}
	}
	return true, nil
}

// dirMode is what the reference server gives to directories: the group may
// write as well.
const dirMode = 0o775

// MakeArtist creates the directory of an artist, one element below the music
// directory, and forces it to the disk. created is false when the directory is
// there already. A file of that name gives an error that matches [ErrOccupied].
func (m *Music) MakeArtist(name string) (created bool, err error) {
	if _, err := Analyse(name, KindArtist); err != nil {
		return false, err
	}
	switch err := m.root.Mkdir(name, dirMode); {
	case errors.Is(err, fs.ErrExist):
		info, err := m.root.Stat(name)
		if err == nil && !info.IsDir() {
			err = ErrOccupied
		}
		if err != nil {
			return false, &ChangeError{"create", name, "", bare(err)}
		}
		return false, nil
	case err != nil:
		return false, &ChangeError{"create", name, "", bare(err)}
	}
	// The umask of the process takes the group's permission away; a file system
	// without permissions needs none.
	_ = m.root.Chmod(name, dirMode)
	top, err := m.root.Open(".")
	if err == nil {
		err = errors.Join(syncDir(top), top.Close())
	}
	if err != nil {
		return false, &ChangeError{"create", name, "", errors.Join(bare(err), m.root.Remove(name))}
	}
	return true, nil
}

// RemoveEmpty takes the creation of a directory back. One that is not empty, or
// no directory, stays and is an error.
func (m *Music) RemoveEmpty(rel string) error {
	if err := CheckPath(rel); err != nil {
		return err
	}
	parent, err := m.root.Open(path.Dir(rel))
	if err == nil {
		err = errors.Join(removeDir(parent, path.Base(rel)), parent.Close())
	}
	if err != nil {
		return &ChangeError{"remove", rel, "", bare(err)}
	}
	return nil
}

// occupied names the failure of whoever came second.
func occupied(err error) error {
	for _, exists := range []error{fs.ErrExist, syscall.ENOTEMPTY, syscall.ENOTDIR} {
		if errors.Is(err, exists) {
			return ErrOccupied
		}
	}
	return bare(err)
}

// bare drops the paths that the system adds, because a ChangeError names them.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// syncDir forces the names in a directory to the disk. File systems that cannot
// do that keep their own order, which is not an error.
func syncDir(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
