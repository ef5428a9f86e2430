package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/library"
)

// collection is all that work on music may change, as it is or as it should be.
type collection struct {
	files map[string]lying          // by path, as the disk spells it
	rows  map[string]map[string]any // by table and path
}

// lying is what is at a path.
type lying struct {
	mode fs.FileMode
	sum  string // SHA-256, empty for a directory
}

// anything is a value of a column that is not foretold.
type anything struct{}

func (c collection) clone() collection {
	rows := map[string]map[string]any{}
	for key, row := range c.rows {
		rows[key] = maps.Clone(row)
	}
	return collection{maps.Clone(c.files), rows}
}

// look reads the whole music directory and all rows.
func (y *yard) look() collection {
	y.t.Helper()
	c := collection{map[string]lying{}, map[string]map[string]any{}}
	err := filepath.WalkDir(y.music, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		it := lying{mode: info.Mode()}
		if !entry.IsDir() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			it.sum = fmt.Sprintf("%x", sha256.Sum256(data))
		}
		rel, err := filepath.Rel(y.music, name)
		c.files[rel] = it
		return err
	})
	if err != nil {
		y.t.Fatal(err)
	}
	var tables map[string][]map[string]any
	request(y.t.Context(), y.t, y.user, "GetTables", map[string]any{"tables": []string{"artists", "albums", "songs"}}, &tables)
	for table, rows := range tables {
		for _, row := range rows {
			key := table + "/" + row["path"].(string)
			if c.rows[key] != nil {
				y.t.Errorf("there are two rows of %s", key)
			}
			c.rows[key] = row
		}
	}
	return c
}

// move is what becomes of a collection when something is renamed: the row of what was
// renamed says what its new name says, and everything else stays.
func (c collection) move(from, to string) {
	under := func(p string) (string, bool) {
		if rest, found := strings.CutPrefix(p, from); found && (rest == "" || rest[0] == '/') {
			return to + rest, true
		}
		return "", false
	}
	for p, it := range maps.Clone(c.files) {
		if now, found := under(p); found {
			delete(c.files, p)
			c.files[now] = it
		}
	}
	all := maps.Clone(c.rows)
	for key, row := range all {
		table, p, _ := strings.Cut(key, "/")
		now, found := under(p)
		if !found {
			continue
		}
		if all[key] != nil {
			delete(c.rows, key)
		}
		row["path"] = now
		if p == from {
			maps.Copy(row, said(table, to))
		}
		c.rows[table+"/"+now] = row
	}
}

// said are the columns that a path decides.
func said(table, p string) map[string]any {
	name := path.Base(p)
	number, rest, _ := strings.Cut(name, " ")
	n, _ := strconv.ParseFloat(number, 64)
	switch table {
	case "albums":
		return map[string]any{"name": strings.TrimPrefix(rest, "- "), "release": n}
	case "songs":
		return map[string]any{"name": strings.TrimSuffix(rest, path.Ext(rest)), "number": n, "cd": 1.0}
	default:
		return map[string]any{"name": name}
	}
}

// enter is what becomes of a collection when an album is entered.
func (c collection) enter(album string) {
	songs := 0.0
	for p, it := range c.files {
		if path.Dir(p) == album && slices.Contains([]string{".mp3", ".flac", ".m4a"}, path.Ext(p)) {
			songs++
			row := map[string]any{"path": p, "checksum": it.sum, "playtime": 1.0, "likes": 0.0, "dislikes": 0.0, "lastplayed": 0.0}
			maps.Copy(row, said("songs", p))
			c.rows["songs/"+p] = row
		}
	}
	row := map[string]any{"path": album, "numofsongs": songs, "numofcds": 1.0, "hidden": 0.0}
	maps.Copy(row, said("albums", album))
	c.rows["albums/"+album] = row
	if artist := path.Dir(album); c.rows["artists/"+artist] == nil {
		c.rows["artists/"+artist] = map[string]any{"path": artist, "name": artist}
	}
}

// differences says what is not as it should be. A row that should be there anew says
// only what is foretold of it.
func (c collection) differences(should collection) (list []string) {
	for _, p := range slices.Sorted(maps.Keys(merged(c.files, should.files))) {
		is, there := c.files[p]
		want, wanted := should.files[p]
		if is != want || there != wanted {
			list = append(list, fmt.Sprintf("file %q: %v %v %.8s, should be %v %v %.8s", p, there, is.mode, is.sum, wanted, want.mode, want.sum))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(merged(c.rows, should.rows))) {
		is, want := c.rows[key], should.rows[key]
		if is == nil || want == nil {
			list = append(list, fmt.Sprintf("row %q: %v, should be %v", key, is, want))
			continue
		}
		for column, value := range want {
			if _, any := value.(anything); !any && !reflect.DeepEqual(is[column], value) {
				list = append(list, fmt.Sprintf("row %q: %s is %v, should be %v", key, column, is[column], value))
			}
		}
	}
	return list
}

func merged[V any](one, other map[string]V) map[string]V {
	all := maps.Clone(one)
	maps.Copy(all, other)
	return all
}

// fits tells which work was done. Each is done as a whole or not at all, and what was
// acknowledged is done.
func (y *yard) fits(round int, before, is collection, work []*deed) (done []bool) {
	y.t.Helper()
	done = make([]bool, len(work))
	var nearest []string
	for some := range 1 << len(work) {
		should := before.clone()
		broken := false
		for i, d := range work {
			done[i] = some&(1<<i) != 0
			if done[i] {
				d.leave(should)
			}
			broken = broken || d.acknowledged && !done[i]
		}
		found := is.differences(should)
		if !broken && len(found) == 0 {
			return done
		}
		if broken {
			found = append(found, "something that was acknowledged is not done")
		}
		if nearest == nil || len(found) < len(nearest) {
			nearest = found
		}
	}
	kinds := ""
	for _, d := range work {
		kinds += fmt.Sprintf(" %s (%s, acknowledged: %v)", d.kind, d.killed, d.acknowledged)
	}
	y.t.Fatalf("round %d:%s: the collection is neither as it was nor as it should be:\n%s\n%s", round, kinds, strings.Join(nearest, "\n"), y.server.text())
	return nil
}

// strays looks for what does not belong into the data directory, for rows without
// files, and for faults in the databases.
func (y *yard) strays(round int, is collection) {
	y.t.Helper()
	for key := range is.rows {
		_, p, _ := strings.Cut(key, "/")
		if _, there := is.files[p]; !there {
			y.t.Errorf("round %d: the row %q has no file", round, key)
		}
	}
	covers := map[string]bool{"default.jpg": true}
	for _, row := range is.rows {
		if cover, _ := row["artworkpath"].(string); cover != "" {
			covers[cover] = true
		}
	}
	uploads := map[string]bool{}
	for _, one := range y.tasks() {
		uploads[path.Base(one.UploadPath)], uploads[path.Base(one.PreprocessedPath)] = true, true
	}
	err := filepath.WalkDir(y.data, func(name string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(y.data, name)
		top, _, _ := strings.Cut(rel, "/")
		base := path.Base(rel)
		switch {
		case err != nil || entry.IsDir():
			return err
		case strings.HasPrefix(base, ".") && base != ".lock",
			top == "uploads" && !uploads[base], top == "artwork" && !covers[base],
			top == "maintenance.json", strings.HasSuffix(base, ".new"), strings.HasSuffix(base, ".tmp"), strings.HasSuffix(base, "~"):
			y.t.Errorf("round %d: %q is left in the data directory", round, rel)
		}
		return nil
	})
	if err != nil {
		y.t.Error(err)
	}
	if err := library.Inspect(y.t.Context(), y.data, func(f library.Fault) {
		y.t.Errorf("round %d: %s %s %d %q %s %v", round, f.File, f.Table, f.ID, f.Path, f.Detail, f.Err)
	}); err != nil {
		y.t.Error(err)
	}
}

// taskNow is a task, as far as this test looks at it.
type taskNow struct {
	ID               string
	State            string
	Offset           int
	Plan             int64
	UploadPath       string
	PreprocessedPath string
	Failure          *struct{ Message, Cause, Remedy string }
}

func (y *yard) tasks() (all []taskNow) {
	y.t.Helper()
	request(y.t.Context(), y.t, y.user, "GetTasks", nil, &all)
	return all
}

// stored is the state of a task as a killed server has left its file.
func (y *yard) stored(id string) string {
	y.t.Helper()
	all, err := filepath.Glob(filepath.Join(y.data, "tasks", "*.json"))
	if err != nil {
		y.t.Fatal(err)
	}
	for _, name := range all {
		var one taskNow
		data, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(data, &one)
		}
		if err != nil {
			y.t.Errorf("%s: %v", name, err)
		}
		if one.ID == id {
			return one.State
		}
	}
	return "no task"
}
