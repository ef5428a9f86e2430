package server_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/library"
)

// What must hold after every packet, whatever it was, is checked from outside: with
// plain SQL on the files of the databases.

// database opens a database of the daemon for reading, beside the daemon.
func (d *daemon) database(name string) *sql.DB {
	d.t.Helper()
	db := must(sql.Open("sqlite3", "file:"+filepath.Join(d.dir, name)+"?mode=ro&_busy_timeout=20000"))(d.t)
	return db
}

// rows are the rows of a query, by column.
func rows(t testing.TB, db *sql.DB, query string) (all []map[string]any) {
	t.Helper()
	result, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = result.Close() }()
	columns := must(result.Columns())(t)
	for result.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := result.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := map[string]any{}
		for i, column := range columns {
			row[column] = values[i]
		}
		all = append(all, row)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// tables are the databases and their tables with rows that functions change.
var tables = map[string][]string{
	"music.db":   {"artists", "albums", "songs", "videos", "lyrics", "tags", "albumtags", "songtags", "videotags"},
	"tracker.db": {"songrelations", "videorelations", "playedsongs", "playedvideos"},
}

// contents is everything that a function may change, by name: each table, the files
// of state and configuration, the tree of the music directory.
func (d *daemon) contents() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	for name, of := range tables {
		db := d.database(name)
		for _, table := range of {
			all[name+" "+table] = show(d.t, rows(d.t, db, "SELECT * FROM "+table+" ORDER BY 1"))
		}
		if err := db.Close(); err != nil {
			d.t.Fatal(err)
		}
	}
	for _, dir := range []string{filepath.Join(d.dir, "state"), filepath.Join(d.dir, "config"), d.music} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			all[path] = info.Mode().String()
			if dir == d.music && !entry.IsDir() {
				all[path] += fmt.Sprint(" ", info.Size(), " ", info.ModTime().UnixNano())
			} else if !entry.IsDir() {
				content, err := os.ReadFile(path)
				all[path] += fmt.Sprintf(" %x", sha256.Sum256(content))
				return err
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			d.t.Fatal(err)
		}
	}
	return all
}

// changes names what differs between two contents.
func changes(before, after map[string]string) (names []string) {
	for name := range merge(before, after) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// broken are queries that find rows which must not exist, by what is wrong.
var broken = map[string]map[string]string{
	"music.db": {
		"albums without artist":            "SELECT albumid FROM albums WHERE artistid NOT IN (SELECT artistid FROM artists)",
		"songs without album":              "SELECT songid FROM songs WHERE albumid NOT IN (SELECT albumid FROM albums)",
		"songs without artist":             "SELECT songid FROM songs WHERE artistid NOT IN (SELECT artistid FROM artists)",
		"videos without artist":            "SELECT videoid FROM videos WHERE artistid NOT IN (SELECT artistid FROM artists)",
		"lyrics without song":              "SELECT songid FROM lyrics WHERE songid NOT IN (SELECT songid FROM songs)",
		"sub genres without genre":         "SELECT tagid FROM tags WHERE class = 2 AND (parentid IS NULL OR parentid NOT IN (SELECT tagid FROM tags WHERE class = 1))",
		"tags of no class":                 "SELECT tagid FROM tags WHERE class NOT IN (1, 2, 3)",
		"albums with another numofsongs":   "SELECT albumid FROM albums WHERE numofsongs IS NOT (SELECT count(*) FROM songs WHERE songs.albumid = albums.albumid)",
		"albums with another numofcds":     "SELECT albumid FROM albums WHERE numofcds < (SELECT coalesce(max(cd), 0) FROM songs WHERE songs.albumid = albums.albumid)",
		"two artists of one path":          "SELECT path FROM artists GROUP BY path HAVING count(*) > 1",
		"two albums of one path":           "SELECT path FROM albums GROUP BY path HAVING count(*) > 1",
		"two songs of one path":            "SELECT path FROM songs GROUP BY path HAVING count(*) > 1",
		"flags out of range":               "SELECT songid FROM songs WHERE disabled NOT IN (-1, 0, 1) OR liverecording NOT IN (-1, 0, 1) OR badaudio NOT IN (-1, 0, 1)", // -1: the modifiers of one flag fit all
		"favorites out of range":           "SELECT songid FROM songs WHERE favorite NOT IN (-1, 0, 1)",
		"states of lyrics out of range":    "SELECT songid FROM songs WHERE lyricsstate NOT IN (0, 1, 2, 3, 4)",
		"song tags without song or tag":    "SELECT entryid FROM songtags WHERE songid NOT IN (SELECT songid FROM songs) OR tagid NOT IN (SELECT tagid FROM tags)",
		"album tags without album or tag":  "SELECT entryid FROM albumtags WHERE albumid NOT IN (SELECT albumid FROM albums) OR tagid NOT IN (SELECT tagid FROM tags)",
		"video tags without video or tag":  "SELECT entryid FROM videotags WHERE videoid NOT IN (SELECT videoid FROM videos) OR tagid NOT IN (SELECT tagid FROM tags)",
		"a tag assigned twice to one song": "SELECT songid FROM songtags GROUP BY songid, tagid HAVING count(*) > 1",
		"approvals out of range":           "SELECT entryid FROM songtags WHERE approval NOT IN (0, 1, 2) OR confidence < 0 OR confidence > 1",
	},
	"tracker.db": {},
}

// checkInvariants reports what does not hold.
func (d *daemon) checkInvariants() {
	d.t.Helper()
	music := d.database("music.db")
	tracker := d.database("tracker.db")
	defer func() {
		if err := errors.Join(music.Close(), tracker.Close()); err != nil {
			d.t.Error(err)
		}
	}()
	for what, query := range broken["music.db"] {
		if found := rows(d.t, music, query); len(found) > 0 {
			d.t.Errorf("%d %s: %v", len(found), what, found[0])
		}
	}
	d.checkTracker(tracker)
	d.checkQueue()
	// In an edit nobody else changes anything: the streams note what was played when
	// they come to it.
	if err := d.library.Edit(d.t.Context(), func(e *library.Edit) error {
		d.checkCatalogue(e.Catalogue(), music)
		return nil
	}); err != nil {
		d.t.Error(err)
	}
}

func (d *daemon) checkTracker(tracker *sql.DB) {
	d.t.Helper()
	catalogue := d.library.Catalogue()
	for query, exists := range map[string]func(id int64) bool{
		"SELECT songida FROM songrelations UNION SELECT songidb FROM songrelations UNION SELECT songid FROM playedsongs":       func(id int64) bool { _, ok := catalogue.Song(id); return ok },
		"SELECT videoida FROM videorelations UNION SELECT videoidb FROM videorelations UNION SELECT videoid FROM playedvideos": func(id int64) bool { _, ok := catalogue.Video(id); return ok },
	} {
		for _, row := range rows(d.t, tracker, query) {
			for column, id := range row {
				if id, isID := id.(int64); !isID || !exists(id) {
					d.t.Errorf("the tracker remembers %s %v, which does not exist", column, id)
				}
			}
		}
	}
}

func (d *daemon) checkQueue() {
	d.t.Helper()
	seen := map[string]bool{}
	for _, entry := range d.queue.Entries() {
		if _, exists := d.library.Catalogue().Song(entry.SongID); !exists {
			d.t.Errorf("the queue has song %d, which does not exist", entry.SongID)
		}
		if id := fmt.Sprint(entry.ID); seen[id] {
			d.t.Errorf("the queue has entry %s twice", id)
		} else {
			seen[id] = true
		}
	}
	for _, entry := range d.videos.Entries() {
		if _, exists := d.library.Catalogue().Video(entry.VideoID); !exists {
			d.t.Errorf("the video queue has video %d, which does not exist", entry.VideoID)
		}
	}
}

// checkCatalogue compares what is kept in memory with the rows of the file.
func (d *daemon) checkCatalogue(c *library.Catalogue, music *sql.DB) {
	d.t.Helper()
	memory := map[string]any{"artists": c.Artists(), "albums": c.Albums(), "songs": slices.Collect(c.Songs()), "videos": c.Videos(), "tags": c.Tags()}
	for table, list := range memory {
		var have []map[string]any
		numbers := json.NewDecoder(strings.NewReader(show(d.t, list)))
		numbers.UseNumber()
		if err := numbers.Decode(&have); err != nil {
			d.t.Fatal(err)
		}
		file := map[string]string{}
		for _, row := range rows(d.t, music, "SELECT * FROM "+table) {
			id := strings.TrimSuffix(table, "s") + "id"
			row["id"] = row[id]
			delete(row, id)
			file[fmt.Sprint(row["id"])] = show(d.t, row)
		}
		if len(have) != len(file) {
			d.t.Errorf("%d %s in memory, %d in the file", len(have), table, len(file))
		}
		for _, row := range have {
			if text := show(d.t, row); text != file[fmt.Sprint(row["id"])] {
				d.t.Errorf("%s differ:\nmemory %s\nfile   %s", table, text, file[fmt.Sprint(row["id"])])
			}
		}
	}
	assigned := map[string]int{"songtags": 0, "albumtags": 0, "videotags": 0}
	for song := range c.Songs() {
		assigned["songtags"] += len(c.SongTags(song.ID))
	}
	for _, album := range c.Albums() {
		assigned["albumtags"] += len(c.AlbumTags(album.ID))
	}
	for _, video := range c.Videos() {
		assigned["videotags"] += len(c.VideoTags(video.ID))
	}
	for table, number := range assigned {
		if file := len(rows(d.t, music, "SELECT * FROM "+table)); file != number {
			d.t.Errorf("%d %s in memory, %d in the file", number, table, file)
		}
	}
}
