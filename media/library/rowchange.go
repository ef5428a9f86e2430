package library

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// RowChange is what an edit has made of one row. The columns are named as in the
// JSON form of the row types; of a changed row only those that differ are there.
type RowChange struct {
	Table  string                     `json:"table"` // of the music database or of the tracker
	ID     int64                      `json:"id"`
	Before map[string]json.RawMessage `json:"before,omitempty"` // nil: the row is new
	After  map[string]json.RawMessage `json:"after,omitempty"`  // nil: the row was removed
}

// assignmentRow is the JSON form of an assignment.
type assignmentRow struct {
	ID         int64   `json:"id"`
	Target     int64   `json:"target"`
	Tag        int64   `json:"tagid"`
	Confidence float64 `json:"confidence"`
	Approval   int64   `json:"approval"`
}

func (a *assignment) row() assignmentRow {
	return assignmentRow{a.entry, a.target, a.tag, a.confidence, a.approval}
}

func (r assignmentRow) assignment() assignment {
	return assignment{target: r.Target, entry: r.ID, tag: r.Tag, confidence: r.Confidence, approval: r.Approval}
}

// Changes returns what this edit has made of artists, albums, songs, videos and the
// assignments of tags so far, and what of removed songs and videos goes with the
// commit: lyrics, relations, history. [Edit.Revert] takes it back, at any later
// time. Changes of tags themselves and of lyrics of songs that stay are not in it.
func (e *Edit) Changes() ([]RowChange, error) {
	var d differ
	was, is := e.began, e.now
	for before, after := range since(was.artists, is.artists) {
		d.add("artists", before, after)
	}
	for before, after := range since(was.albums, is.albums) {
		d.add("albums", before, after)
	}
	for before, after := range since(was.songs, is.songs) {
		d.add("songs", before, after)
	}
	for before, after := range since(was.videos, is.videos) {
		d.add("videos", before, after)
	}
	for _, on := range []Target{SongTarget, AlbumTarget, VideoTarget} {
		for before, after := range since(*was.assignments(on), *is.assignments(on)) {
			var from, to *assignmentRow
			if before != nil {
				row := before.row()
				from = &row
			}
			if after != nil {
				row := after.row()
				to = &row
			}
			d.add(assignmentRows[on].table, from, to)
		}
	}
	if d.err == nil {
		d.err = e.leftovers(&d)
	}
	return d.changes, d.err
}

// differ collects changes of rows.
type differ struct {
	changes []RowChange
	err     error
}

// add notes a change; before and after are pointers to rows, nil for none.
func (d *differ) add(table string, before, after any) {
	from, err := columnsOfRow(before)
	if err != nil {
		d.err = err
	}
	to, err := columnsOfRow(after)
	if err != nil {
		d.err = err
	}
	if from == nil && to == nil {
		return
	}
	change := RowChange{Table: table, Before: from, After: to}
	id := from["id"]
	if from == nil {
		id = to["id"]
	}
	if err := json.Unmarshal(id, &change.ID); err != nil {
		d.err = err
	}
	if from != nil && to != nil {
		for column := range from {
			if bytes.Equal(from[column], to[column]) {
				delete(from, column)
				delete(to, column)
			}
		}
		if len(from) == 0 {
			return
		}
	}
	d.changes = append(d.changes, change)
}

// columnsOfRow returns the JSON form of a row, nil for a nil pointer.
func columnsOfRow(row any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(row)
	if err != nil {
		return nil, err
	}
	var columns map[string]json.RawMessage
	return columns, json.Unmarshal(raw, &columns)
}

// Made reports whether the changes are those that this snapshot contains: those of
// an edit, of which it is not known whether it was committed. It looks at what they
// have left, so it must be asked before anything else has changed the rows.
func (c *Catalogue) Made(changes []RowChange) bool {
	for _, change := range changes {
		t := rowTables[change.Table]
		if t == nil {
			continue // goes with the commit of others
		}
		row, err := columnsOfRow(t.get(c, change.ID))
		if err != nil || (row == nil) != (change.After == nil) {
			return false
		}
		for column, value := range change.After {
			if !bytes.Equal(row[column], value) {
				return false
			}
		}
	}
	return true
}

// differing returns the columns whose values are not those of the row, in order.
func differing(row, values map[string]json.RawMessage) []string {
	var columns []string
	for _, column := range slices.Sorted(maps.Keys(values)) {
		if !bytes.Equal(row[column], values[column]) {
			columns = append(columns, column)
		}
	}
	return columns
}
