package durable

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// temporary begins the names of files that are being written. The name of the
// file itself is no part of it, because that may be as long as a name can be.
const temporary = ".writing-"

// File says how a file is written.
type File struct {
	Mode  fs.FileMode // permissions of a new file, reduced by the umask of the process
	Exact bool        // Mode holds whatever the umask is
	Keep  bool        // a file that exists keeps its permissions
	Hint  bool        // atomic, but not forced to the disk: a power failure may bring back the old content
}

// Replace makes data the content of the file of that name inside root, or leaves
// the file as it is and returns why. When it returns nil the new content is on
// the disk, under its name.
func Replace(root *os.Root, name string, data []byte, f File) error {
	staged, err := Stage(root, name, data, f)
	if err != nil {
		return err
	}
	if err := staged.Commit(); err != nil || f.Hint {
		return err
	}
	return SyncDir(root, path.Dir(name))
}

// kept is how a file is written that keeps its permissions if it has some.
func (f File) kept(root *os.Root, name string) File {
	if !f.Keep {
		return f
	}
	if info, err := root.Stat(name); err == nil {
		f.Mode, f.Exact = info.Mode().Perm(), true
	}
	return f
}

func create(root *os.Root, name string, data []byte, how File) (err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, how.Mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if how.Exact {
		// The file is ours, so that this is refused only by file systems that
		// have no permissions.
		if err := f.Chmod(how.Mode); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if how.Hint {
		return nil
	}
	// Without it the new name may reach the disk before the content does, and a
	// power failure leaves an empty file under the good name.
	return f.Sync()
}

// SyncDir forces the names in a directory to the disk. File systems that cannot
// do that keep their own order, which is not an error.
func SyncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// IsTemporary reports whether a file of this name is being written, or was when
// its writer was killed. Such a file is nobody's.
func IsTemporary(name string) bool { return strings.HasPrefix(name, temporary) }

// Sweep removes what killed writers have left behind in a directory. Nobody may
// be writing there.
func Sweep(root *os.Root, dir string) error {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if IsTemporary(entry.Name()) {
			if err := remove(root, path.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
