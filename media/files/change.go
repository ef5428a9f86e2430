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
		return "; mount the disk of the music directory for writing"
	}
	return ""
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
