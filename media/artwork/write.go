package artwork

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

const (
	temporaryPrefix = ".artwork-"
	temporarySuffix = ".tmp"
)

// isTemporary recognises unfinished files, which are never served.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, temporaryPrefix) && strings.HasSuffix(name, temporarySuffix)
}

// write puts a complete file in place: temporary file, fsync, rename, fsync of
// the directory. After a crash there is the old file or the new one.
func (s *Store) write(p string, data []byte, mode fs.FileMode) (err error) {
	dir := path.Dir(p)
	temporary := path.Join(dir, temporaryPrefix+rand.Text()+temporarySuffix)
	f, err := s.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("writing %q: %w", p, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing %q: %w", p, err), s.root.Remove(temporary))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	s.chmod(temporary, mode)
	if err = s.root.Rename(temporary, p); err != nil {
		return err
	}
	// The rename has happened; there is nothing left to remove.
	if syncErr := s.syncDir(dir); syncErr != nil {
		s.log.Warn("the artwork directory could not be synchronised", "directory", dir, "error", syncErr)
	}
	return nil
}

// chmod sets the documented mode regardless of the umask. Some file systems
// have no modes, so a failure is only logged.
func (s *Store) chmod(p string, mode fs.FileMode) {
	if err := s.root.Chmod(p, mode); err != nil {
		s.log.Warn("the mode of an artwork file could not be set", "file", p, "mode", mode, "error", err)
	}
}

func (s *Store) syncDir(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
