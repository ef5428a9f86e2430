package state

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var errUnterminated = errors.New("text without closing quote")

// A reader takes a CSV file apart. After an error it goes on with the next line.
type reader struct {
	data string // what is left
	line int    // number of the line it begins with
}

func (r *reader) atEnd() bool { return r.data == "" }

// row reads one row, up to and including its line end. An empty line gives no
// cells.
func (r *reader) row() ([]Cell, error) {
	var cells []Cell
	if r.lineEnd() {
		return nil, nil
	}
	for {
		cell, err := r.cell()
		if err != nil {
			r.skipLine()
			return nil, err
		}
		cells = append(cells, cell)
		if r.lineEnd() {
			return cells, nil
		}
		if !strings.HasPrefix(r.data, ",") {
			r.skipLine()
			return nil, errors.New("text behind a closing quote")
		}
		r.data = r.data[1:]
	}
}

// lineEnd consumes the end of a line or recognises the end of the file.
func (r *reader) lineEnd() bool {
	for _, end := range []string{"\r\n", "\n", "\r"} {
		if rest, found := strings.CutPrefix(r.data, end); found {
			r.data = rest
			r.line++
			return true
		}
	}
	return r.data == ""
}

func (r *reader) skipLine() {
	if at := strings.IndexAny(r.data, "\r\n"); at >= 0 {
		r.data = r.data[at:]
	} else {
		r.data = ""
	}
	r.lineEnd()
}

func (r *reader) cell() (Cell, error) {
	if strings.HasPrefix(r.data, `"`) {
		return r.text()
	}
	end := strings.IndexAny(r.data, ",\r\n")
	if end < 0 {
		end = len(r.data)
	}
	field := strings.TrimSpace(r.data[:end])
	if f, err := strconv.ParseFloat(field, 64); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return Cell{}, fmt.Errorf("field %.40q is neither quoted nor a number", field)
	}
	r.data = r.data[end:]
	return Cell{text: strings.Clone(field), number: true}, nil
}

// text reads a quoted field. A field whose closing quote is missing would
// swallow the rest of the file; nothing is consumed then, so that only its own
// line is lost.
func (r *reader) text() (Cell, error) {
	var b strings.Builder
	lines := 0
	for i := 1; i < len(r.data); i++ {
		switch c := r.data[i]; c {
		case '\\':
			i++
			if i == len(r.data) {
				return Cell{}, errUnterminated
			}
			if r.data[i] == '\n' {
				lines++
			}
			b.WriteByte(r.data[i])
		case '"':
			if strings.HasPrefix(r.data[i+1:], `"`) {
				i++
				b.WriteByte('"')
				break
			}
			r.data = r.data[i+1:]
			r.line += lines
			return Cell{text: b.String()}, nil
		case '\n':
			lines++
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return Cell{}, errUnterminated
}
