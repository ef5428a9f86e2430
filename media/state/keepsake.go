package state

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// preserve copies data, the content of the damaged file at path, beside it and
// returns the name of the copy. A copy with the same content is made once only; no
// other copy is ever overwritten.
func preserve(path string, data []byte) (string, error) {
	name, kept := beside(path, func(old string) bool {
		content, err := os.ReadFile(old)
		return err == nil && bytes.Equal(content, data)
	})
	if kept {
		return name, nil
	}
	return name, replaceFile(name, data, asState)
}

// beside returns the first name for a keepsake of a file that is free, or that of one
// which is the same.
func beside(path string, same func(name string) bool) (name string, is bool) {
	name = path + ".damaged"
	for n := 2; ; n++ {
		info, err := os.Lstat(name)
		switch {
		case err != nil:
			return name, false
		case info.Mode().IsRegular() && same(name):
			return name, true
		}
		name = fmt.Sprintf("%s.damaged-%d", path, n)
	}
}

// setAside gives what is at path the name of a keepsake, whatever it is.
func setAside(path string) (string, error) {
	name, _ := beside(path, func(string) bool { return false })
	if err := os.Rename(path, name); err != nil {
		return "", &FileError{"write", path, err}
	}
	return name, nil
}

// errNotAFile: a directory, a pipe or the like has the name of a file.
var errNotAFile = errors.New("it is not a file")

// readUpTo is readFile of at most so many bytes; whole reports whether that was all.
// What is no file is not even opened, because a pipe would keep its reader waiting.
func readUpTo(path string, limit int64) (data []byte, whole bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, true, nil
	case err == nil && !info.Mode().IsRegular():
		err = errNotAFile
	}
	if err != nil {
		return nil, false, &FileError{"read", path, err}
	}
	if info.Size() <= limit {
		data, err = readFile(path)
		return data, true, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, false, &FileError{"read", path, err}
	}
	defer file.Close()
	data = make([]byte, limit)
	n, err := file.ReadAt(data, 0)
	if err != nil {
		return nil, false, &FileError{"read", path, err}
	}
	return data[:n], false, nil
}
