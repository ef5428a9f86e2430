package library

import (
	"encoding/json"
	"strings"
)

// rowTable is how rows of a table are found, put back and taken away by [Edit.Revert].
type rowTable struct {
	is     *rows
	get    func(c *Catalogue, id int64) any // a pointer to the row, a nil one if there is none
	byPath func(c *Catalogue, path string) (int64, bool)
	// put makes the row of this JSON form, which has all columns, the one of its id.
	put func(e *Edit, columns map[string]json.RawMessage) error
}

var rowTables = map[string]*rowTable{
	"artists": {artistRows,
		func(c *Catalogue, id int64) any { return c.artists.get(pair{id, 0}) },
		func(c *Catalogue, path string) (int64, bool) { a, ok := c.ArtistByPath(path); return a.ID, ok },
		putRow(artistRows, func(c *Catalogue, a *Artist) *Artist { return c.artists.get(pair{a.ID, 0}) },
			func(a *Artist) (int64, []any) { return a.ID, a.values() }, (*Catalogue).changeArtist)},
	"albums": {albumRows,
		func(c *Catalogue, id int64) any { return c.albums.get(pair{id, 0}) },
		func(c *Catalogue, path string) (int64, bool) { a, ok := c.AlbumByPath(path); return a.ID, ok },
		putRow(albumRows, func(c *Catalogue, a *Album) *Album { return c.albums.get(pair{a.ID, 0}) },
			func(a *Album) (int64, []any) { return a.ID, a.values() }, (*Catalogue).changeAlbum)},
	"songs": {songRows,
		func(c *Catalogue, id int64) any { return c.songs.get(pair{id, 0}) },
		func(c *Catalogue, path string) (int64, bool) { s, ok := c.SongByPath(path); return s.ID, ok },
		putRow(songRows, func(c *Catalogue, s *Song) *Song { return c.songs.get(pair{s.ID, 0}) },
			func(s *Song) (int64, []any) { return s.ID, s.values() }, (*Catalogue).changeSong)},
	"videos": {videoRows,
		func(c *Catalogue, id int64) any { return c.videos.get(pair{id, 0}) },
		func(c *Catalogue, path string) (int64, bool) { v, ok := c.VideoByPath(path); return v.ID, ok },
		putRow(videoRows, func(c *Catalogue, v *Video) *Video { return c.videos.get(pair{v.ID, 0}) },
			func(v *Video) (int64, []any) { return v.ID, v.values() }, (*Catalogue).changeVideo)},
	"songtags":  assignmentTable(SongTarget),
	"albumtags": assignmentTable(AlbumTarget),
	"videotags": assignmentTable(VideoTarget),
}

func assignmentTable(on Target) *rowTable {
	find := func(c *Catalogue, id int64) *assignmentRow {
		for a := range c.assignments(on).all() { // there is no index by entry, and it is asked rarely
			if a.entry == id {
				row := a.row()
				return &row
			}
		}
		return nil
	}
	return &rowTable{assignmentRows[on],
		func(c *Catalogue, id int64) any { return find(c, id) },
		func(*Catalogue, string) (int64, bool) { return 0, false },
		putRow(assignmentRows[on], func(c *Catalogue, a *assignmentRow) *assignmentRow { return find(c, a.ID) },
			func(r *assignmentRow) (int64, []any) { a := r.assignment(); return r.ID, a.values() },
			func(c *Catalogue, before, after *assignmentRow) {
				var from *assignment
				if before != nil {
					a := before.assignment()
					from = &a
				}
				to := after.assignment()
				c.changeAssignment(on, from, &to)
			})}
}

// putRow writes a row with its id, whether or not there is one of that id.
func putRow[R any](in *rows, find func(*Catalogue, *R) *R, values func(*R) (int64, []any), change func(c *Catalogue, before, after *R)) func(*Edit, map[string]json.RawMessage) error {
	return func(e *Edit, columns map[string]json.RawMessage) error {
		raw, err := json.Marshal(columns)
		if err != nil {
			return err
		}
		row := new(R)
		if err := json.Unmarshal(raw, row); err != nil {
			return err
		}
		id, after := values(row)
		before := find(e.now, row)
		if before != nil {
			_, was := values(before)
			_, err = e.update(in, id, was, after)
		} else {
			err = e.exec("INSERT INTO main."+in.table+" ("+in.key+", "+strings.Join(in.columns, ", ")+") VALUES (?"+
				strings.Repeat(", ?", len(in.columns))+")", append([]any{id}, after...)...)
		}
		if err != nil {
			return err
		}
		e.learn(func(c *Catalogue) { change(c, before, row) })
		return nil
	}
}
