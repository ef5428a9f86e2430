package state

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The CSV dialect of the state directory: separator ",", text always in double
// quotes, numbers never, "\" in front of a character takes it literally, the
// first line has the column names, lines end with CR LF. Written like that it is
// what MusicDB 8 writes. Reading also accepts plain LF and doubled quotes.

// A Cell is one value of a table: a text or a number.
type Cell struct {
	text   string // of a number: as written in the file
	number bool
}

// Text returns a cell with a text.
func Text(text string) Cell { return Cell{text: text} }

// Number returns a cell with a whole number.
func Number(n int64) Cell { return Cell{text: strconv.FormatInt(n, 10), number: true} }

// Text returns the text of the cell, if it is one.
func (c Cell) Text() (string, bool) { return c.text, !c.number }

// Int returns the number of the cell, if it is one and whole. Files of MusicDB 8
// may have 42.0 for 42.
func (c Cell) Int() (int64, bool) {
	if !c.number {
		return 0, false
	}
	if n, err := strconv.ParseInt(c.text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(c.text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Float returns the number of the cell, if it is one.
func (c Cell) Float() (float64, bool) {
	if !c.number {
		return 0, false
	}
	f, err := strconv.ParseFloat(c.text, 64)
	return f, err == nil
}

// FormatCSV returns the file with these columns and rows.
func FormatCSV(columns []string, rows [][]Cell) []byte {
	b := make([]byte, 0, 64*(len(rows)+1))
	header := make([]Cell, len(columns))
	for i, name := range columns {
		header[i] = Text(name)
	}
	b = appendRow(b, header)
	for _, row := range rows {
		b = appendRow(b, row)
	}
	return b
}

func appendRow(b []byte, row []Cell) []byte {
	for i, cell := range row {
		if i > 0 {
			b = append(b, ',')
		}
		if cell.number {
			b = append(b, cell.text...)
			continue
		}
		b = append(b, '"')
		for _, c := range []byte(cell.text) {
			if c == '"' || c == '\\' {
				b = append(b, '\\')
			}
			b = append(b, c)
		}
		b = append(b, '"')
	}
	return append(b, "\r\n"...)
}

// ParseCSV reads a file and returns its rows with the wanted columns in the
// wanted order; other columns are ignored. It never fails: a row that cannot be
// read, or lacks a column, is reported as damage and left out. The rows do not
// share memory with data.
func ParseCSV(data []byte, columns []string) (rows [][]Cell, damage []Damage) {
	r := reader{data: string(data), line: 1}
	damaged := func(line int, what string) {
		if len(damage) < tolerable {
			damage = append(damage, Damage{line, what})
		}
	}
	var at []int
	for !r.atEnd() {
		line := r.line
		row, err := r.row()
		if err != nil {
			damaged(line, err.Error())
			continue
		}
		if len(row) == 0 {
			continue
		}
		if at == nil {
			if at, err = locate(columns, row); err != nil {
				damaged(line, err.Error())
				return nil, damage
			}
			continue
		}
		picked := make([]Cell, 0, len(columns))
		for _, i := range at {
			if i < len(row) {
				picked = append(picked, row[i])
			}
		}
		if len(picked) < len(columns) {
			damaged(line, fmt.Sprintf("row has %d fields, some are missing", len(row)))
			continue
		}
		rows = append(rows, picked)
	}
	return rows, damage
}

// locate finds the place of each column in the first line of a file.
func locate(columns []string, header []Cell) ([]int, error) {
	at := make([]int, 0, len(columns))
	for _, name := range columns {
		for i, cell := range header {
			if cell == Text(name) {
				at = append(at, i)
				break
			}
		}
	}
	if len(at) < len(columns) {
		return nil, fmt.Errorf("first line does not name the columns %s", strings.Join(columns, ", "))
	}
	return at, nil
}
