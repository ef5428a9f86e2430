package queue

import (
	"fmt"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A table says where a line is kept and how its changes are called.
type table struct {
	kind           library.QueueKind
	file           string // in the state directory
	mediaColumn    string
	currentChanged Event
	queueChanged   Event
}

func (t table) columns() []string { return []string{"EntryID", t.mediaColumn, "IsRandom"} }

// save makes a list the content of the line's file. A damaged one that could not be
// kept beside is not overwritten before that has worked.
func (q *line) save(l list) error {
	if err := q.preserve(); err != nil {
		return err
	}
	columns := q.table.columns()
	rows, cells := make([][]state.Cell, len(l)), make([]state.Cell, 0, len(l)*len(columns))
	for i, it := range l {
		random := "False"
		if it.random {
			random = "True"
		}
		cells = append(cells, state.Text(string(it.id)), state.Number(it.media), state.Text(random))
		rows[i] = cells[i*len(columns) : (i+1)*len(columns)]
	}
	return q.store.WriteCSV(q.table.file, columns, rows)
}

// load reads the line's file. Rows that cannot be read, have the id of an earlier
// one, or whose media no longer exist are left out; the file is then kept beside
// before it is written again. What is no file, or cannot be read, is set aside.
func (q *line) load() error {
	read, err := q.store.RescueCSV(q.table.file, q.table.columns())
	if err != nil {
		return err
	}
	l := make(list, 0, len(read.Rows))
	seen := make(map[EntryID]bool, len(read.Rows))
	damage := read.Damage
	for n, row := range read.Rows {
		it, err := q.parse(row)
		if err == nil {
			err = q.source.check(it.media)
		}
		if err == nil && seen[it.id] {
			err = fmt.Errorf("entry %s appears a second time", it.id)
		}
		if err != nil {
			damage = append(damage, state.Damage{What: fmt.Sprintf("row %d: %v", n+1, err)})
			continue
		}
		seen[it.id] = true
		l = append(l, it)
	}
	q.content.Store(&l)
	if len(damage) == 0 {
		return nil
	}
	q.log.Warn("parts of the queue could not be restored",
		"queue", q.table.file, "damage", damage[0].String(), "damages", len(damage), "entries", len(l))
	q.unkept = true
	if err := q.save(l); err != nil {
		q.log.Error("the restored queue could not be saved; it is tried again with the next change", "queue", q.table.file, "error", err)
	}
	return nil
}

// preserve keeps a damaged file beside, once.
func (q *line) preserve() error {
	if !q.unkept {
		return nil
	}
	kept, err := q.store.Preserve(q.table.file)
	if err != nil {
		return fmt.Errorf("the damaged file of the queue could not be kept beside, so it is not overwritten: %w", err)
	}
	q.unkept = false
	if kept != "" {
		q.log.Info("the damaged file of the queue is kept beside it", "queue", q.table.file, "kept", kept)
	}
	return nil
}

func (q *line) parse(row []state.Cell) (item, error) {
	text, isText := row[0].Text()
	id, err := ParseEntryID(text)
	media, isNumber := row[1].Int()
	random, _ := row[2].Text()
	switch {
	case err != nil:
		return item{}, err
	case !isText:
		return item{}, fmt.Errorf("entry id %s is not quoted", text)
	case !isNumber:
		return item{}, fmt.Errorf("%s is not a whole number", q.table.mediaColumn)
	}
	return item{id, media, random == "True"}, nil
}
