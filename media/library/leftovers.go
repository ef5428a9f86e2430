package library

import (
	"encoding/json"
	"strings"
)

// leftover is a table whose rows go with a removed song or video, and that no list
// is made of.
type leftover struct {
	table   string
	columns []string
	where   string // ?1 is the list of ids
}

var leftoversOf = struct{ songs, videos []leftover }{
	songs: []leftover{
		{"lyrics", []string{"songid", "lyrics"}, "songid IN (SELECT value FROM json_each(?1))"},
		playsOf(songTracks), relationsOf(songTracks),
	},
	videos: []leftover{playsOf(videoTracks), relationsOf(videoTracks)},
}

func playsOf(of tracks) leftover {
	return leftover{of.plays, []string{"id", of.id, "timestamp", "random"}, of.id + " IN (SELECT value FROM json_each(?1))"}
}

func relationsOf(of tracks) leftover {
	return leftover{of.relations, []string{"id", of.a, of.b, "weight"},
		of.a + " IN (SELECT value FROM json_each(?1)) OR " + of.b + " IN (SELECT value FROM json_each(?1))"}
}

func (l leftover) from() string {
	if l.table == "lyrics" {
		return "main.lyrics"
	}
	return "tracker." + l.table
}

// leftovers notes what the commit will remove besides the rows themselves.
func (e *Edit) leftovers(d *differ) error {
	for _, of := range []struct {
		ids    []int64
		tables []leftover
	}{{e.gone.songs, leftoversOf.songs}, {e.gone.videos, leftoversOf.videos}} {
		if len(of.ids) == 0 {
			continue
		}
		for _, table := range of.tables {
			if err := e.eachLeftover(table, idList(of.ids), func(row map[string]json.RawMessage) {
				d.changes = append(d.changes, RowChange{Table: table.table, Before: row})
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Edit) eachLeftover(of leftover, ids string, each func(map[string]json.RawMessage)) error {
	if e.failed != nil {
		return e.failed
	}
	rows, err := e.tx.QueryContext(e.ctx, "SELECT "+strings.Join(of.columns, ", ")+" FROM "+of.from()+" WHERE "+of.where+" ORDER BY rowid", ids)
	if err != nil {
		e.failed = e.lib.inMusic(err)
		return e.failed
	}
	defer rows.Close()
	values, into := make([]any, len(of.columns)), make([]any, len(of.columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return e.lib.inMusic(err)
		}
		row := make(map[string]json.RawMessage, len(values))
		for i, value := range values {
			if text, isText := value.([]byte); isText {
				value = string(text)
			}
			if row[of.columns[i]], err = json.Marshal(value); err != nil {
				return err
			}
		}
		each(row)
	}
	return e.lib.inMusic(rows.Err())
}

// putLeftover enters a row of such a table again.
func (e *Edit) putLeftover(of leftover, row map[string]json.RawMessage) error {
	values := make([]any, len(of.columns))
	for i, column := range of.columns {
		var number int64
		if err := json.Unmarshal(row[column], &number); err == nil && string(row[column]) != "null" {
			values[i] = number
		} else if err := json.Unmarshal(row[column], &values[i]); err != nil {
			return err
		}
	}
	return e.exec("INSERT INTO "+of.from()+" ("+strings.Join(of.columns, ", ")+") VALUES (?"+
		strings.Repeat(", ?", len(of.columns)-1)+")", values...)
}

func leftoverTable(name string) (leftover, bool) {
	for _, tables := range [][]leftover{leftoversOf.songs, leftoversOf.videos} {
		for _, table := range tables {
			if table.table == name {
				return table, true
			}
		}
	}
	return leftover{}, false
}
