package files

import (
	"errors"
	"io/fs"
	"syscall"
)

// Swap lets the file that [Music.PrepareTags] or [Music.PrepareFormer] has made take
// the place of the one at rel, which stays beside it as a spare one until DropSpares
// removes it or SwapBack brings it back. The error is a *[ChangeError]; the file has
// its old content then.
func (m *Music) Swap(rel, key string) error {
	if err := checkSpare(rel, key); err != nil {
		return err
	}
	fresh, old := spare(rel, key, "new"), spare(rel, key, "old")
	if err := m.single(rel); err != nil {
		return &ChangeError{"replace", rel, "", bare(err)}
	}
	if _, err := m.root.Lstat(fresh); err != nil {
		return &ChangeError{"replace", rel, "", bare(err)}
	}
	err := m.root.Link(rel, old)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		// No file system for links: for a moment there is no file of the name.
		err = m.root.Rename(rel, old)
	}
	if err == nil {
		err = m.root.Rename(fresh, rel)
	}
	if err == nil {
		err = m.syncDirOf(rel)
	}
	if err != nil {
		return &ChangeError{"replace", rel, "", bare(errors.Join(err, m.bringBack(rel, key)))}
	}
	return nil
}

// SwapBack undoes what Swap has done, wherever that was interrupted, and removes the
// spare files. It does nothing when there are none.
func (m *Music) SwapBack(rel, key string) error {
	if err := checkSpare(rel, key); err != nil {
		return err
	}
	if err := m.bringBack(rel, key); err != nil {
		return &ChangeError{"restore", rel, "", bare(err)}
	}
	return m.DropSpares(rel, key)
}

func (m *Music) bringBack(rel, key string) error {
	old := spare(rel, key, "old")
	if _, err := m.root.Lstat(old); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// Between two names of one file rename(2) does nothing; the spare one is dropped.
	if err := m.root.Rename(old, rel); err != nil {
		return err
	}
	return m.syncDirOf(rel)
}

// DropSpares removes what [Music.PrepareTags], [Music.PrepareFormer] and [Music.Swap]
// have left beside a file.
func (m *Music) DropSpares(rel, key string) error {
	if err := checkSpare(rel, key); err != nil {
		return err
	}
	if err := errors.Join(m.drop(spare(rel, key, "new")), m.drop(spare(rel, key, "old"))); err != nil {
		return &ChangeError{"remove what was left beside", rel, "", bare(err)}
	}
	return nil
}

// drop removes a file of our own that may be there.
func (m *Music) drop(name string) error {
	err := m.root.Remove(name)
	for _, absent := range []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ENAMETOOLONG} {
		if errors.Is(err, absent) {
			return nil
		}
	}
	return err
}

// MakeDirectory makes a directory in one that is there, and forces that to the
// disk. Something of that name gives an error that matches [ErrOccupied].
func (m *Music) MakeDirectory(rel string) error {
	if err := CheckNewName(rel); err != nil {
		return err
	}
	if err := m.root.Mkdir(rel, dirMode); err != nil {
		return &ChangeError{"create", rel, "", occupied(err)}
	}
	_ = m.root.Chmod(rel, dirMode) // as in MakeArtist
	if err := m.syncDirOf(rel); err != nil {
		return &ChangeError{"create", rel, "", errors.Join(bare(err), m.root.Remove(rel))}
	}
	return nil
}
