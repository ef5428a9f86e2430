package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"musicdb/media/durable"
)

// How the files are written. Those that an administrator may have given other
// permissions keep them; the API key's are the documented ones, because the file
// may have been made by hand and be readable by everybody.
var (
	asState    = durable.File{Mode: 0o666, Keep: true}
	asHint     = durable.File{Mode: 0o666, Keep: true, Hint: true}
	asWebUI    = durable.File{Mode: 0o664, Exact: true, Keep: true}
	asConfigJS = durable.File{Mode: 0o664, Exact: true}
	asKey      = durable.File{Mode: 0o660, Exact: true}
)

// replaceFile makes data the content of the file at path, or leaves the file as
// it is and returns why.
func replaceFile(path string, data []byte, how durable.File) error {
	dir, base := filepath.Split(path)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &FileError{"write", path, err}
	}
	defer root.Close()
	if err := durable.Replace(root, base, data, how); err != nil {
		return &FileError{"write", path, err}
	}
	return nil
}

// sweep removes what interrupted writes have left behind in dir.
func sweep(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return &FileError{"read", dir, err}
	}
	defer root.Close()
	if err := durable.Sweep(root, "."); err != nil {
		return &FileError{"write", dir, err}
	}
	return nil
}

// readFile is os.ReadFile for which a missing file is an empty one.
func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{"read", path, err}
	}
	return data, nil
}
