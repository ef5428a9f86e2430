package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Tables are not covered by the lock of the store, since a table has one owner,
// and nobody who asks for a setting should wait for its disk.

// A Table is what could be read from a CSV file.
type Table struct {
	Rows [][]Cell
	// Damage lists what could not be read. Whoever is going to write the file
	// again preserves it first.
	Damage []Damage
}

// maxTable is how much of a table is read: a million entries of a queue.
const maxTable = 64 << 20

// ReadCSV reads the wanted columns of a file in the state directory. A missing
// file gives an empty table; of one that is longer than 64 MiB the end is left out as
// damaged. Errors: [*FileError].
func (s *Store) ReadCSV(name string, columns []string) (Table, error) {
	data, whole, err := readUpTo(filepath.Join(s.state, name), maxTable)
	if err != nil {
		return Table{}, err
	}
	rows, damage := ParseCSV(data, columns)
	if !whole {
		damage = append(damage, Damage{What: fmt.Sprintf("the file is longer than %d MiB; the rest is left out", maxTable>>20)})
	}
	return Table{Rows: rows, Damage: damage}, nil
}

// RescueCSV is ReadCSV for whoever goes on with nothing rather than not at all: what
// has the name of the file and cannot be read is given another name beside it, and
// the table says so as damage. Errors: [*FileError], when it cannot be renamed.
func (s *Store) RescueCSV(name string, columns []string) (Table, error) {
	read, cause := s.ReadCSV(name, columns)
	if cause == nil {
		return read, nil
	}
	kept, err := setAside(filepath.Join(s.state, name))
	if err != nil {
		return Table{}, errors.Join(cause, err)
	}
	return Table{Damage: []Damage{{What: fmt.Sprintf("it cannot be read and is called %s now: %v", filepath.Base(kept), cause)}}}, nil
}

// Preserve copies a file of the state directory beside itself, for a caller that
// could not make sense of all of it, and returns the name of the copy. The same
// content is kept once only, and no copy is overwritten by a later one. A file that is
// not there, or too long to be read, is not copied; the latter gets a second name, or
// another one. Errors: [*FileError].
func (s *Store) Preserve(name string) (string, error) {
	path := filepath.Join(s.state, name)
	data, whole, err := readUpTo(path, maxTable)
	switch {
	case err != nil:
		return "", err
	case whole && len(data) == 0:
		return "", nil
	case whole:
		if kept, err := preserve(path, data); err == nil {
			return kept, nil
		} // on a full disk a second name still fits
	}
	kept, _ := beside(path, func(string) bool { return false })
	if err := os.Link(path, kept); err == nil {
		return kept, nil
	}
	return setAside(path) // a file system without links
}

// WriteCSV replaces a file in the state directory. When it returns nil the new
// content survives a crash. No rows give a file with the first line only.
// Errors: [*FileError]; the file then has its old content, or, if only the last
// step failed, the new one.
func (s *Store) WriteCSV(name string, columns []string, rows [][]Cell) error {
	return replaceFile(filepath.Join(s.state, name), FormatCSV(columns, rows), asState)
}

// WriteHints replaces a file in the state directory as a whole, but does not wait
// for the disk: it survives the end of the process in whatever way, while a power
// failure may bring back an older or an empty file. It is for what nobody was
// promised. Errors: [*FileError].
func (s *Store) WriteHints(name string, columns []string, rows [][]Cell) error {
	return replaceFile(filepath.Join(s.state, name), FormatCSV(columns, rows), asHint)
}
