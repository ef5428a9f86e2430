package state

import (
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

// ReadCSV reads the wanted columns of a file in the state directory. A missing
// file gives an empty table. Errors: [*FileError].
func (s *Store) ReadCSV(name string, columns []string) (Table, error) {
	data, err := readFile(filepath.Join(s.state, name))
	if err != nil {
		return Table{}, err
	}
	rows, damage := ParseCSV(data, columns)
	return Table{Rows: rows, Damage: damage}, nil
}

// Preserve copies a file of the state directory beside itself, for a caller that
// could not make sense of all of it, and returns the name of the copy. The same
// content is kept once only. Errors: [*FileError].
func (s *Store) Preserve(name string) (string, error) {
	path := filepath.Join(s.state, name)
	data, err := readFile(path)
	if err != nil {
		return "", err
	}
	return preserve(path, data)
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
