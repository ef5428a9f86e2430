package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// files are the generated files by name, all for one directory.
type files map[string][]byte

// generated are the extensions of the files that belong to the generator; it leaves all others alone.
var generated = []string{".dot", ".svg", ".md"}

// write makes the directory's generated files what they should be. A file that nothing generates any more is removed.
func (f files) write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if err := os.WriteFile(filepath.Join(dir, name), f[name], 0o644); err != nil {
			return err
		}
	}
	left, err := f.leftOver(dir)
	if err != nil {
		return err
	}
	for _, name := range left {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// errDiffers tells how to make the files equal again.
var errDiffers = errors.New("run `make generate` and commit what it writes")

// compare names every file that is missing, different or left over.
func (f files) compare(dir string) error {
	var differences []error
	for _, name := range slices.Sorted(maps.Keys(f)) {
		have, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			differences = append(differences, fmt.Errorf("%s is missing", name))
		case err != nil:
			return err
		case !bytes.Equal(have, f[name]):
			differences = append(differences, fmt.Errorf("%s differs from what the code says", name))
		}
	}
	left, err := f.leftOver(dir)
	if err != nil {
		return err
	}
	for _, name := range left {
		differences = append(differences, fmt.Errorf("%s is left over: nothing generates it", name))
	}
	if len(differences) == 0 {
		return nil
	}
	return errors.Join(append(differences, errDiffers)...)
}

// leftOver lists the directory's generated files that are not in f.
func (f files) leftOver(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, wanted := f[e.Name()]; !wanted && slices.Contains(generated, filepath.Ext(e.Name())) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
