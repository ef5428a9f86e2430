package library_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The golden schemas in testdata were read with the sqlite3 program from the
// files that MusicDB 8.2 creates, not from ours.
func TestNewFilesHaveTheSchemaOfTheOldServer(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	for file, golden := range map[string]string{"music.db": "music.schema", "tracker.db": "tracker.schema"} {
		want, err := os.ReadFile(filepath.Join("testdata", golden))
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(t, filepath.Join(dir, file)); got != string(want) {
			t.Errorf("%s:\n%s\nwant as in testdata/%s:\n%s", file, got, golden, want)
		}
	}
}

// describe lists tables and columns: name, type, default, key.
func describe(t *testing.T, path string) string {
	var b strings.Builder
	for table := range strings.Lines(query(t, path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")) {
		table = strings.TrimSpace(table)
		b.WriteString(table + "\n")
		columns := query(t, path, `SELECT '  ' || name || ' ' || type || ' ' || COALESCE(dflt_value, '-') ||
			CASE pk WHEN 1 THEN ' key' ELSE '' END FROM pragma_table_info(?)`, table)
		b.WriteString(columns + "\n")
	}
	return b.String()
}

func TestNewFilesHoldTheInitialRows(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	music, tracker := filepath.Join(dir, "music.db"), filepath.Join(dir, "tracker.db")
	for _, c := range []struct{ what, path, statement, want string }{
		{"music version", music, "SELECT id, key, value, typeof(value) FROM meta", "1 version 5 text"},
		{"tracker version", tracker, "SELECT id, key, value, typeof(value) FROM meta", "1 version 4 text"},
		{"tags", music, "SELECT * FROM tags", "1 Other 1 - - - - 0 -"},
		{"everything else", music, "SELECT (SELECT count(*) FROM artists) + (SELECT count(*) FROM albums) + (SELECT count(*) FROM songs)", "0"},
	} {
		if got := query(t, c.path, c.statement); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// What the old server would stumble over, or would keep for ever, must not be
// in its files: not even after they were written to.
func TestOldFilesStayPlain(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	if _, err := l.AddAlbum(ctx, album("Artist", 2001, "Album", 3)); err != nil {
		t.Fatal(err)
	}
	if err := l.AddPlay(ctx, 1, time.Now(), true); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"music.db", "tracker.db"} {
		path := filepath.Join(dir, file)
		if got := query(t, path, "SELECT type, name FROM sqlite_master WHERE type <> 'table'"); got != "" {
			t.Errorf("%s holds %s", file, got)
		}
		// Every table with a key of its own must never use an id again.
		if got := query(t, path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('lyrics', 'sqlite_sequence') AND sql NOT LIKE '%AUTOINCREMENT%'"); got != "" {
			t.Errorf("%s: ids are used again in %s", file, got)
		}
		for pragma, want := range map[string]string{
			"journal_mode": "delete", "user_version": "0", "application_id": "0", "auto_vacuum": "0", "encoding": "UTF-8",
		} {
			if got := query(t, path, "PRAGMA "+pragma); got != want {
				t.Errorf("%s: %s is %q, want %q", file, pragma, got, want)
			}
		}
		if left, _ := filepath.Glob(path + "-*"); left != nil {
			t.Errorf("beside %s lies %v", file, left)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o664 {
			t.Errorf("%s: %v %v, want mode -rw-rw-r--", file, info.Mode(), err)
		}
	}
	if got := query(t, filepath.Join(dir, "musicdb.db"), "PRAGMA journal_mode"); got != "wal" {
		t.Errorf("our own database: journal mode %s, want wal", got)
	}
}

func TestIDsAreNeverUsedAgain(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	if _, err := l.AddAlbum(ctx, album("Artist", 2001, "First", 3)); err != nil {
		t.Fatal(err)
	}
	l.Close()
	run(t, filepath.Join(dir, "music.db"), "DELETE FROM songs", "DELETE FROM albums", "DELETE FROM artists")
	a, err := open(t, dir).AddAlbum(ctx, album("Artist", 2002, "Second", 1))
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != 2 || a.ArtistID != 2 {
		t.Errorf("album %d of artist %d, want 2 of 2", a.ID, a.ArtistID)
	}
	if got := query(t, filepath.Join(dir, "music.db"), "SELECT songid FROM songs"); got != "4" {
		t.Errorf("song %s, want 4", got)
	}
}

func TestFilesOfTheOldServerAreReadAndLeftAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	unpack(t, dir)
	before := contents(t, dir)
	c := open(t, dir).Catalogue()
	if artists, albums, songs := c.NumberOf(); artists != 6 || albums != 15 || songs != 102 {
		t.Errorf("%d artists, %d albums, %d songs; want 6, 15, 102", artists, albums, songs)
	}
	s, _ := c.Song(51)
	a, _ := c.Album(s.AlbumID)
	if s.Name != "Velvet" || s.Bitrate != 65509 || s.Playtime != 7 || s.Path != "The Distant Lasts/1971 - Tiger Falling/02 Velvet.m4a" {
		t.Errorf("song 51 is %+v", s)
	}
	if a.Name != "Tiger Falling" || *a.NumOfSongs != 8 || *a.Origin != "internet" || *a.Release != 1971 || a.Added != 1577894400 {
		t.Errorf("its album is %+v", a)
	}
	for file, content := range contents(t, dir) {
		if !bytes.Equal(content, before[file]) {
			t.Errorf("%s has changed", file)
		}
	}
}

func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, file := range []string{"music.db", "tracker.db"} {
		content, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		all[file] = content
	}
	return all
}
