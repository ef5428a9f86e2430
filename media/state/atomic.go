package state

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// temporary marks the files that replaceFile is writing. One that is found when
// the store is opened was left behind by a process that was killed.
const temporary = ".writing-"

// replaceFile makes data the content of the file at path, or leaves the file as
// it is and returns why. When it returns nil the new content is on the disk,
// under its name. An existing file keeps its permissions; a new one gets mode,
// reduced by the umask of the process unless exact is set.
func replaceFile(path string, data []byte, mode fs.FileMode, exact bool) error {
	// Without Sync the new name may reach the disk before the content does, and a
	// power failure leaves an empty file under the good name.
	if err := renameInto(path, data, mode, exact, (*os.File).Sync); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return &FileError{"write", path, err}
	}
	return nil
}

// renameInto writes a temporary file, hands it to finish, and gives it its name.
func renameInto(path string, data []byte, mode fs.FileMode, exact bool, finish func(*os.File) error) error {
	if info, err := os.Stat(path); err == nil {
		mode, exact = info.Mode().Perm(), true
	}
	dir, base := filepath.Split(path)
	name := filepath.Join(dir, "."+base+temporary+rand.Text())
	if err := writeNew(name, data, mode, exact, finish); err != nil {
		return errors.Join(&FileError{"write", path, err}, removeIfThere(name))
	}
	if err := os.Rename(name, path); err != nil {
		return errors.Join(&FileError{"write", path, err}, removeIfThere(name))
	}
	return nil
}

func writeNew(name string, data []byte, mode fs.FileMode, exact bool, finish func(*os.File) error) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	if exact {
		if err := f.Chmod(mode); err != nil {
			return err
		}
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return finish(f)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweep removes what interrupted writes have left behind in dir.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return &FileError{"read", dir, err}
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") && strings.Contains(entry.Name(), temporary) {
			if err := removeIfThere(filepath.Join(dir, entry.Name())); err != nil {
				return &FileError{"write", dir, err}
			}
		}
	}
	return nil
}

// keepsakes is how many different damaged versions of one file are kept.
const keepsakes = 20

// preserve copies data, the content of the damaged file at path, beside it and
// returns the name of the copy. A copy with the same content is made once only.
// When there are too many copies already the last one is replaced.
func preserve(path string, data []byte) (string, error) {
	name := path + ".damaged"
	for n := 2; n <= keepsakes; n++ {
		old, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil && bytes.Equal(old, data) {
			return name, nil
		}
		name = fmt.Sprintf("%s.damaged-%d", path, n)
	}
	return name, replaceFile(name, data, 0o666, false)
}

// readFile is os.ReadFile for which a missing file is an empty one.
func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{"read", path, err}
	}
	return data, nil
}
