//go:build !linux

package files

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// renameExclusive is only known on Linux; elsewhere a file gets a second name and
// loses the first.
func renameExclusive(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }

// mayWrite asks the permissions alone.
func mayWrite(dir *os.File, name string) bool {
	root, err := os.OpenRoot(dir.Name())
	if err != nil {
		return false
	}
	defer root.Close()
	info, err := root.Stat(name)
	return err == nil && info.Mode().Perm()&0o600 == 0o600
}

// removeDir removes an empty directory and nothing else.
func removeDir(parent *os.File, name string) error {
	return syscall.Rmdir(filepath.Join(parent.Name(), name))
}
