package library

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrSince is matched when a change cannot be taken back because something has
// changed since.
var ErrSince = errors.New("it has changed since")

// Since is one thing that stands against taking back a change.
type Since struct {
	Table string `json:"table"`
	ID    int64  `json:"id"`
	Path  string `json:"path"` // of the row, or of what is in its way; empty where rows have none
	What  string `json:"what"` // what has changed, as a part of a sentence
	// Owned says that only something would be lost that a user has said or done:
	// ratings, tags, lyrics, history. Whoever accepts that may take the change back.
	Owned bool `json:"owned"`
}

// SinceError says which rows have changed since the change that was to be taken
// back. It matches [ErrSince]. Nothing was changed.
type SinceError struct{ Since []Since }

func (e *SinceError) Error() string {
	texts := make([]string, len(e.Since))
	for i, s := range e.Since {
		texts[i] = fmt.Sprintf("%s %d %q: %s", strings.TrimSuffix(s.Table, "s"), s.ID, s.Path, s.What)
	}
	return "library: cannot be taken back: " + strings.Join(texts, "; ")
}

// Is makes errors.Is(err, ErrSince) true.
func (e *SinceError) Is(target error) bool { return target == ErrSince }

// Revert takes changes back that [Edit.Changes] has returned: new rows go, removed
// ones are there again with their ids, tags, lyrics and history, and changed columns
// get their old values, the others keep what they have. An artist that somebody else
// needs meanwhile stays. lose accepts the loss of what users have said and done to
// rows that go.
//
// It fails with a SinceError, before it has changed anything, when a row is not what
// the changes have left, or when another row has a path that is needed.
func (e *Edit) Revert(changes []RowChange, lose bool) error {
	r := reversal{e: e, changes: changes, gone: map[string]map[int64]bool{}}
	for _, c := range changes {
		if c.Before == nil {
			if r.gone[c.Table] == nil {
				r.gone[c.Table] = map[int64]bool{}
			}
			r.gone[c.Table][c.ID] = true
		}
	}
	if err := r.check(); err != nil {
		return err
	}
	if lose {
		r.since = slices.DeleteFunc(r.since, func(s Since) bool { return s.Owned })
	}
	if len(r.since) > 0 {
		return &SinceError{r.since}
	}
	if err := r.remove("songtags", "albumtags", "videotags", "videos", "songs", "albums"); err != nil {
		return err
	}
	if err := r.restore(); err != nil {
		return err
	}
	return r.remove("artists") // whom nothing needs that has just gone back to another one
}

// reversal is one call of Revert.
type reversal struct {
	e       *Edit
	changes []RowChange
	gone    map[string]map[int64]bool // the rows that are to go, by table
	since   []Since
}

func (r *reversal) against(c RowChange, path, what string, owned bool) {
	r.since = append(r.since, Since{c.Table, c.ID, path, what, owned})
}

// check finds everything that stands against the reversal.
func (r *reversal) check() error {
	for _, c := range r.changes {
		t := rowTables[c.Table]
		if t == nil {
			continue
		}
		row, err := columnsOfRow(t.get(r.e.now, c.ID))
		if err != nil {
			return err
		}
		path := textOf(row["path"])
		switch {
		case c.After == nil && row != nil:
			r.against(c, path, "it is there again", false)
		case c.After != nil && row == nil:
			if c.Before != nil || t.isEntry() {
				r.against(c, textOf(c.After["path"]), "it was removed", false)
			}
		case c.Before == nil:
			r.checkNew(c, row, path)
		case row != nil:
			if columns := unshared(differing(row, c.After)); len(columns) > 0 {
				r.against(c, path, "changed: "+strings.Join(columns, ", "), false)
			}
		}
		if wanted := textOf(c.Before["path"]); wanted != "" {
			if other, exists := t.byPath(r.e.now, wanted); exists && other != c.ID && !r.leaves(c.Table, other) {
				r.against(c, wanted, fmt.Sprintf("%s %d has its path now", t.is.noun, other), false)
			}
		}
	}
	return nil
}

// isEntry tells the tables of artists, albums, songs and videos from the others.
func (t *rowTable) isEntry() bool { return t.is.noun == strings.TrimSuffix(t.is.table, "s") }

// leaves reports whether the reversal gives a row another path, or none.
func (r *reversal) leaves(table string, id int64) bool {
	return slices.ContainsFunc(r.changes, func(c RowChange) bool {
		return c.Table == table && c.ID == id && c.After["path"] != nil
	})
}

// shared are columns that count other rows. They are no sign of a change, and keep
// what they say when they have been counted again.
var shared = []string{"numofsongs", "numofcds"}

func unshared(columns []string) []string {
	return slices.DeleteFunc(columns, func(column string) bool { return slices.Contains(shared, column) })
}

// isMade reports whether a column of a video names pictures that the server has made of
// it by itself. A thumbnail that the user has chosen is none of the frames.
func isMade(column string, row map[string]json.RawMessage) bool {
	switch column {
	case "framesdirectory", "previewfile":
		return true
	case "thumbnailfile":
		return strings.HasPrefix(textOf(row[column]), "frame-")
	}
	return false
}

// checkNew looks at a row that the reversal would remove.
func (r *reversal) checkNew(c RowChange, row map[string]json.RawMessage, path string) {
	columns := slices.DeleteFunc(unshared(differing(row, c.After)), func(column string) bool { return isMade(column, row) })
	if len(columns) > 0 && c.Table != "artists" {
		moved := slices.Contains(columns, "path") || slices.Contains(columns, "albumid") || slices.Contains(columns, "artistid")
		r.against(c, path, "changed: "+strings.Join(columns, ", "), !moved)
	}
	switch c.Table {
	case "albums":
		for id := range found(r.e.now.songsOf, c.ID) {
			if !r.gone["songs"][id] {
				r.against(c, path, fmt.Sprintf("song %d came into it", id), false)
			}
		}
		r.checkOwned(c, path, AlbumTarget, nil)
	case "songs":
		r.checkOwned(c, path, SongTarget, leftoversOf.songs[1:])
	case "videos":
		r.checkOwned(c, path, VideoTarget, leftoversOf.videos)
	}
}

// checkOwned looks for tags and history of a row that the reversal would remove.
func (r *reversal) checkOwned(c RowChange, path string, on Target, tables []leftover) {
	for a := range r.e.now.assigned(*r.e.now.assignments(on), c.ID) {
		if !r.gone[assignmentRows[on].table][a.entry] {
			r.against(c, path, fmt.Sprintf("it got the tag %d", a.tag), true)
		}
	}
	for _, table := range tables {
		rows := 0
		if r.e.eachLeftover(table, idList([]int64{c.ID}), func(map[string]json.RawMessage) { rows++ }) == nil && rows > 0 {
			r.against(c, path, fmt.Sprintf("it has %d entries in %s", rows, table.table), true)
		}
	}
}

// remove takes away what was new in some tables.
func (r *reversal) remove(tables ...string) error {
	for _, table := range tables {
		for _, id := range slices.Sorted(maps.Keys(r.gone[table])) {
			if err := r.removeOne(table, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reversal) removeOne(table string, id int64) error {
	row, err := columnsOfRow(rowTables[table].get(r.e.now, id))
	if row == nil || err != nil {
		return err
	}
	switch table {
	case "artists":
		if r.e.now.needs(id) {
			return nil
		}
		return r.e.RemoveArtist(id)
	case "albums":
		return r.e.RemoveAlbum(id)
	case "songs":
		s, _ := r.e.now.Song(id)
		return r.e.removeSong(s) // what its album counts is among the changes
	case "videos":
		return r.e.RemoveVideo(id)
	}
	for on, rows := range assignmentRows {
		if rows.table == table {
			var target int64
			if err := json.Unmarshal(row["target"], &target); err != nil {
				return err
			}
			return r.e.unassign(on, target, func(a *assignment) bool { return a.entry == id })
		}
	}
	return nil
}

// needs reports whether something in the library is of an artist.
func (c *Catalogue) needs(artistID int64) bool {
	for range found(c.albumsOf, artistID) {
		return true
	}
	for range found(c.videosOf, artistID) {
		return true
	}
	for s := range c.songs.all() {
		if s.ArtistID == artistID {
			return true
		}
	}
	return false
}

// restore puts back what was removed or changed: what others need first, which is
// the order of the changes.
func (r *reversal) restore() error {
	var again []int64
	for _, c := range r.changes {
		if c.Before == nil {
			continue
		}
		if t := rowTables[c.Table]; t != nil {
			row, err := columnsOfRow(t.get(r.e.now, c.ID))
			if err != nil {
				return err
			}
			if row == nil {
				row = map[string]json.RawMessage{}
			}
			recounted := false
			for column, value := range c.Before {
				if c.After != nil && slices.Contains(shared, column) && !bytes.Equal(row[column], c.After[column]) {
					recounted = true
					continue
				}
				row[column] = value
			}
			if err := t.put(r.e, row); err != nil {
				return err
			}
			if recounted {
				again = append(again, c.ID)
			}
		} else if l, known := leftoverTable(c.Table); known && r.of(l, c.Before) {
			if err := r.e.putLeftover(l, c.Before); err != nil {
				return err
			}
		}
	}
	for _, album := range again { // it was counted after the change
		if err := r.e.Recount(album); err != nil {
			return err
		}
	}
	return nil
}

// of reports whether everything is there that such a row speaks of.
func (r *reversal) of(l leftover, row map[string]json.RawMessage) bool {
	for column, raw := range row {
		var id int64
		if (strings.HasPrefix(column, "songid") || strings.HasPrefix(column, "videoid")) && json.Unmarshal(raw, &id) == nil {
			on := SongTarget
			if strings.HasPrefix(column, "videoid") {
				on = VideoTarget
			}
			if !r.e.now.hasTarget(on, id) {
				return false
			}
		}
	}
	return !bytes.Equal(row["lyrics"], []byte("null"))
}

func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}
