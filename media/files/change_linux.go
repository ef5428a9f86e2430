package files

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renameExclusive renames between two open directories and fails if the new name
// is taken (renameat2 with RENAME_NOREPLACE). The last elements are names, links
// are not followed. errors.ErrUnsupported: the file system or kernel cannot do it.
func renameExclusive(from *os.File, oldname string, to *os.File, newname string) error {
	err := unix.Renameat2(int(from.Fd()), oldname, int(to.Fd()), newname, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		// EINVAL also means that a directory was to be moved into itself; the other
		// way of renaming says so again.
		return errors.ErrUnsupported
	}
	return err
}

// mayWrite asks whether the server may read and write what is at a name inside an
// open directory, by everything the system knows: groups, access lists, read-only
// mounts.
func mayWrite(dir *os.File, name string) bool {
	return unix.Faccessat(int(dir.Fd()), name, unix.R_OK|unix.W_OK, unix.AT_EACCESS) == nil
}

// removeDir removes an empty directory and nothing else.
func removeDir(parent *os.File, name string) error {
	return unix.Unlinkat(int(parent.Fd()), name, unix.AT_REMOVEDIR)
}
