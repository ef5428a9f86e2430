package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// Names with this beginning are ours, for the time of one change.
const (
	reserved = ".musicdb-"
	between  = reserved + "renaming"
)

// Rename gives a file or directory a new path inside the music directory and
// forces that to the disk. The parent directories of both must exist. Where a file
// system does not tell case or Unicode forms apart, a name may be replaced by
// another spelling of itself.
//
// What is at the new path is never overwritten, not even when it comes there at
// the same moment: the error matches [ErrOccupied] then. A name that only looks like
// the new one, because it is the same text in another Unicode form, is in its way,
// too. Errors are *[PathError] and *[ChangeError]; after one everything is as it was.
//
// A process that is killed within may leave the file under both names on a file
// system that cannot rename without overwriting, see [Music.DropSecondName]; and
// under neither between two spellings of one name: then the same call, or the
// opposite one, goes on from there.
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

// CanRename tells why Rename would refuse to, as far as that can be told before:
// there is nothing of the old name, or something of the new one.
func (m *Music) CanRename(oldpath, newpath string) error {
	err := errors.Join(CheckPath(oldpath), CheckPath(newpath))
	if err != nil {
		return err
	}
	if _, err = m.root.Lstat(oldpath); err == nil {
		_, err = m.free(oldpath, newpath)
	}
	if err != nil {
		return &ChangeError{"rename", oldpath, newpath, occupied(err)}
	}
	return nil
}

func (m *Music) rename(oldpath, newpath string) error {
	if interrupted, err := m.isBetween(oldpath, newpath); interrupted || err != nil {
		return errors.Join(bare(err), m.respell(Between(oldpath), newpath))
	}
	// A link whose target is outside is no music and is left alone.
	if _, err := m.root.Stat(oldpath); err != nil {
		return bare(err)
	}
	itself, err := m.free(oldpath, newpath)
	if err != nil {
		return occupied(err)
	}
	if itself {
		return m.respell(oldpath, newpath)
	}
	if path.Dir(oldpath) != path.Dir(newpath) {
		if link, err := m.root.Readlink(oldpath); err == nil {
			return fmt.Errorf("it is a symbolic link to %q, which would lead elsewhere from there; make a new link by hand", link)
		}
	}
	return m.moveSynced(oldpath, newpath)
}

// free looks whether a path may become the name of a file. itself: it is that
// already, in another spelling.
func (m *Music) free(oldpath, newpath string) (itself bool, err error) {
	_, err = m.root.Lstat(newpath)
	switch {
	case err == nil:
		if path.Dir(oldpath) != path.Dir(newpath) || !Alike(path.Base(oldpath), path.Base(newpath)) {
			return false, ErrOccupied
		}
		// A file that is not listed under the name by which it is found has another one.
		// Its number tells nothing: some file systems give one to each spelling.
		actual, err := m.Actual(newpath)
		if err == nil && path.Base(actual) != path.Base(oldpath) {
			err = ErrOccupied
		}
		return err == nil, err
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	case isASCII(path.Base(newpath)):
		return false, nil
	}
	entries, err := m.list(path.Dir(newpath))
	if err != nil {
		return false, absent(err, fs.ErrPermission)
	}
	for _, entry := range entries {
		if name := path.Join(path.Dir(newpath), entry.Name()); form(name) == form(newpath) && name != oldpath {
			return false, fmt.Errorf("%w; it only looks the same: %+q is another Unicode form", ErrOccupied, entry.Name())
		}
	}
	return false, nil
}

// Between is where a file or directory is while it gets another spelling of its name
// on a file system that takes both for the same.
func Between(rel string) string { return path.Join(path.Dir(rel), between) }

// isBetween reports whether a change from one spelling to another was interrupted
// halfway.
func (m *Music) isBetween(oldpath, newpath string) (bool, error) {
	if path.Dir(oldpath) != path.Dir(newpath) || !Alike(path.Base(oldpath), path.Base(newpath)) {
		return false, nil
	}
	for _, rel := range []string{oldpath, newpath} {
		if there, err := m.Exists(rel); there || err != nil {
			return false, err
		}
	}
	return m.Exists(Between(oldpath))
}

// respell renames in two steps. Many systems do nothing when both names are one to
// them.
func (m *Music) respell(oldpath, newpath string) error {
	halfway := Between(newpath)
	if oldpath != halfway {
		if err := m.moveSynced(oldpath, halfway); err != nil {
			return err
		}
	}
	if err := m.moveSynced(halfway, newpath); err != nil {
		if oldpath == halfway {
			return err
		}
		return errors.Join(err, m.moveSynced(halfway, oldpath))
	}
	return nil
}

// moveSynced is one step of a rename, on the disk when nil is returned.
func (m *Music) moveSynced(oldpath, newpath string) error {
	info, err := m.root.Stat(oldpath)
	if err != nil {
		return bare(err)
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
	if err := m.link(oldpath, newpath); err != nil {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EOPNOTSUPP) {
			return m.renameOntoOwn(oldpath, newpath)
		}
		return bare(err)
	}
	if err := m.root.Remove(oldpath); err != nil {
		return errors.Join(bare(err), m.root.Remove(newpath))
	}
	return nil
}

// renameOntoOwn renames where a file can have one name only, as on FAT: the new
// name is taken by an empty file of ours, and only that is overwritten.
func (m *Music) renameOntoOwn(oldpath, newpath string) error {
	own, err := m.root.OpenFile(newpath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return bare(err)
	}
	if err := own.Close(); err != nil {
		return errors.Join(bare(err), m.root.Remove(newpath))
	}
	if info, err := m.root.Lstat(newpath); err != nil || !info.Mode().IsRegular() || info.Size() != 0 {
		return ErrOccupied // somebody has put something else there
	}
	if err := m.root.Rename(oldpath, newpath); err != nil {
		return errors.Join(bare(err), m.root.Remove(newpath))
	}
	return nil
}

// DropSecondName removes the new name of a file that still has the old one: a
// process was killed while it renamed the file on a file system that needs both for
// a moment, or an empty file at the new name. It reports false, and does nothing,
// when the two are not that.
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
	second := ok && os.SameFile(one, other) && status.Nlink >= 2
	held := !os.SameFile(one, other) && other.Mode().IsRegular() && other.Size() == 0 && one.Size() > 0
	if oldpath == newpath || !one.Mode().IsRegular() || !second && !held {
		return false, nil
	}
	if err := m.root.Remove(newpath); err != nil {
		return false, &ChangeError{"remove", newpath, "", bare(err)}
	}
	return true, nil
}
