package library_test

import (
	"context"
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

// faults inspects a directory and returns a line per fault.
func faults(t testing.TB, dir string) (lines []string) {
	t.Helper()
	err := library.Inspect(t.Context(), dir, func(f library.Fault) {
		if strings.Contains(f.Detail, "%") {
			t.Errorf("unfinished sentence %q", f.Detail)
		}
		where := strings.TrimSuffix(f.File, ".db")
		if f.Table != "" {
			where = fmt.Sprintf("%s.%s %d", where, f.Table, f.ID)
		}
		if f.Err != nil {
			f.Detail += fmt.Sprintf(" (%v)", f.Err)
		}
		lines = append(lines, where+" "+f.Detail)
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// listing describes every file of a directory with its content.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var lines []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %v %d %x", e.Name(), info.ModTime(), len(content), content))
	}
	return strings.Join(lines, "\n")
}

func TestAHealthyLibraryHasNoFaults(t *testing.T) {
	dir := t.TempDir()
	if got := faults(t, dir); got != nil {
		t.Errorf("an empty directory: %q", got)
	}
	l := open(t, dir)
	writeWithEveryMethod(t, l)
	if got := faults(t, dir); got != nil {
		t.Errorf("beside an open library: %q", got)
	}
	sameCatalogue(t, must(library.ReadCatalogue(t.Context(), dir))(t), l.Catalogue())
	if pid, used, err := library.InUse(dir); err != nil || !used || pid != os.Getpid() {
		t.Errorf("in use by %d: %v, %v", pid, used, err)
	}
	l.Close()

	before := listing(t, dir)
	if got := faults(t, dir); got != nil {
		t.Errorf("a closed library: %q", got)
	}
	sameCatalogue(t, must(library.ReadCatalogue(t.Context(), dir))(t), l.Catalogue())
	if _, used, err := library.InUse(dir); err != nil || used {
		t.Errorf("in use: %v, %v", used, err)
	}
	if listing(t, dir) != before {
		t.Error("inspecting has changed the data directory")
	}
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// Each rule is broken by itself, and found with the row that breaks it.
func TestEachBrokenRuleIsFound(t *testing.T) {
	for name, c := range map[string]struct{ statement, want string }{
		"song without album":    {"UPDATE songs SET albumid = 99 WHERE songid = 3", "music.songs 3 belongs to album 99, which does not exist; music.albums 1 says 3 songs and there are 2"},
		"song without artist":   {"UPDATE songs SET artistid = NULL WHERE songid = 3", "music.songs 3 belongs to artist NULL, who does not exist"},
		"album without artist":  {"UPDATE albums SET artistid = 99 WHERE albumid = 2", "music.albums 2 belongs to artist 99, who does not exist"},
		"video without artist":  {"UPDATE videos SET artistid = 99", "music.videos 1 belongs to artist 99, who does not exist"},
		"lyrics without song":   {"INSERT INTO lyrics (songid, lyrics) VALUES (99, 'la')", "music.lyrics 1 has the lyrics of song 99, which does not exist"},
		"tag of no album":       {"INSERT INTO albumtags (albumid, tagid) VALUES (99, 1)", "music.albumtags 1 assigns a tag to album 99, and one of the two does not exist"},
		"no tag of a song":      {"INSERT INTO songtags (songid, tagid) VALUES (1, 99)", "music.songtags 1 assigns a tag to song 1, and one of the two does not exist"},
		"tag of no video":       {"INSERT INTO videotags (videoid, tagid) VALUES (99, 1)", "music.videotags 1 assigns a tag to video 99, and one of the two does not exist"},
		"sub genre of nothing":  {"INSERT INTO tags (name, class) VALUES ('Alone', 2)", "music.tags 2 is the sub genre Alone of no genre"},
		"two artists":           {"INSERT INTO artists (name, path) VALUES ('B', 'Björk')", "music.artists 1 has a path that another row has, too; music.artists 3 has a path that another row has, too"},
		"two albums":            {"UPDATE albums SET path = 'Björk/1995 - Post', artistid = 1 WHERE albumid = 2; UPDATE songs SET albumid = 1, artistid = 1 WHERE albumid = 2; UPDATE albums SET numofsongs = 0 WHERE albumid = 2; UPDATE albums SET numofsongs = 5 WHERE albumid = 1; UPDATE songs SET path = 'Björk/1995 - Post/' || number || songid WHERE songid > 3", "music.albums 1 has a path that another row has, too; music.albums 2 has a path that another row has, too"},
		"two songs":             {"UPDATE songs SET path = (SELECT path FROM songs WHERE songid = 1) WHERE songid = 2", "music.songs 1 has a path that another row has, too; music.songs 2 has a path that another row has, too"},
		"two videos":            {"INSERT INTO videos (artistid, name, path) SELECT artistid, name, path FROM videos", "music.videos 1 has a path that another row has, too; music.videos 2 has a path that another row has, too"},
		"two lyrics":            {"INSERT INTO lyrics (songid, lyrics) VALUES (1, 'la'), (1, 'lo')", "music.lyrics 1 is one of several with the lyrics of song 1; music.lyrics 2 is one of several with the lyrics of song 1"},
		"two tags":              {"INSERT INTO tags (name, class) VALUES ('Other', 1)", "music.tags 1 is one of several tags called Other; music.tags 2 is one of several tags called Other"},
		"tag twice on an album": {"INSERT INTO albumtags (albumid, tagid) VALUES (1, 1), (1, 1)", "music.albumtags 2 assigns the same tag to album 1 as another row"},
		"tag twice on a song":   {"INSERT INTO songtags (songid, tagid) VALUES (1, 1), (1, 1)", "music.songtags 2 assigns the same tag to song 1 as another row"},
		"tag twice on a video":  {"INSERT INTO videotags (videoid, tagid) VALUES (1, 1), (1, 1)", "music.videotags 2 assigns the same tag to video 1 as another row"},
		"number of songs":       {"UPDATE albums SET numofsongs = 7 WHERE albumid = 1", "music.albums 1 says 7 songs and there are 3"},
		"no number of songs":    {"UPDATE albums SET numofsongs = NULL WHERE albumid = 1", "music.albums 1 says nothing of its songs and there are 3"},
		"number of CDs":         {"UPDATE songs SET cd = 2 WHERE songid = 3", "music.albums 1 says that its last CD is 1 and it is 2"},
		"song elsewhere":        {"UPDATE songs SET path = 'Björk/1995 - Post 2/01 A.mp3' WHERE songid = 1", "music.songs 1 is not below the path of its album, Björk/1995 - Post"},
		"song of another":       {"UPDATE songs SET artistid = 2 WHERE songid = 1", "music.songs 1 has another artist than its album: 2 and 1"},
		"album elsewhere":       {"UPDATE artists SET path = 'Bjork' WHERE artistid = 1", "music.albums 1 is not below the path of its artist, Bjork"},
		"video elsewhere":       {"UPDATE videos SET path = 'Elsewhere/2000 - V.mp4'", "music.videos 1 is not below the path of its artist, Goldfrapp"},
		"no time":               {"UPDATE songs SET playtime = NULL WHERE songid = 2", "music.songs 2 has no playing time"},
		"impossible tag":        {"INSERT INTO tags (name, class) VALUES ('X', 9)", "music.tags 2 has the impossible class 9"},

		"relation to nothing":  {"INSERT INTO tracker.songrelations (songida, songidb) VALUES (1, 99)", "tracker.songrelations 1 relates a song that does not exist to song 1"},
		"relation to no video": {"INSERT INTO tracker.videorelations (videoida, videoidb) VALUES (1, 99)", "tracker.videorelations 1 relates a video that does not exist to video 1"},
		"plays of nothing":     {"INSERT INTO tracker.playedsongs (songid) VALUES (99), (99)", "tracker.playedsongs 1 notes plays of song 99, which does not exist"},
		"plays of no video":    {"INSERT INTO tracker.playedvideos (videoid) VALUES (99)", "tracker.playedvideos 1 notes plays of video 99, which does not exist"},
		"relation twice":       {"INSERT INTO tracker.songrelations (songida, songidb) VALUES (1, 2), (1, 2)", "tracker.songrelations 2 relates the same two songs as another row"},
		"relation to itself":   {"INSERT INTO tracker.songrelations (songida, songidb) VALUES (2, 2)", "tracker.songrelations 1 has its two songs in the wrong order, or relates song 2 to itself"},
		"video to itself":      {"INSERT INTO tracker.videorelations (videoida, videoidb) VALUES (1, 1)", "tracker.videorelations 1 has its two videos in the wrong order, or relates video 1 to itself"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := open(t, dir)
			for _, n := range []library.NewAlbum{album("Björk", 1995, "Post", 3), album("Goldfrapp", 2000, "Felt Mountain", 2)} {
				must(l.AddAlbum(t.Context(), n))(t)
			}
			edit(t, l, func(e *library.Edit) error {
				_, err := e.AddVideo(library.NewVideo{ArtistID: 2, Name: "Utopia", Path: "Goldfrapp/2000 - Utopia.m4v", Playtime: 240})
				return err
			})
			l.Close()
			if got := faults(t, dir); got != nil {
				t.Fatalf("before: %q", got)
			}
			db := raw(t, filepath.Join(dir, "music.db"))
			db.SetMaxOpenConns(1)
			for _, statement := range []string{"ATTACH '" + filepath.Join(dir, "tracker.db") + "' AS tracker", c.statement} {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			db.Close()
			if got := strings.Join(faults(t, dir), "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestDamagedDatabasesAreFaults(t *testing.T) {
	filled := func(t *testing.T) string {
		dir := t.TempDir()
		l := open(t, dir)
		must(l.AddAlbum(t.Context(), album("Björk", 1995, "Post", 200)))(t)
		l.Close()
		return dir
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		want   string // part of the first fault
	}{
		"no database": {func(t *testing.T, dir string) {
			putFile(t, filepath.Join(dir, "music.db"), []byte(strings.Repeat("no database ", 1000)))
		}, "music is damaged"},
		"a page of zeros": {func(t *testing.T, dir string) {
			name := filepath.Join(dir, "music.db")
			content := must(os.ReadFile(name))(t)
			putFile(t, name, slices.Concat(content[:len(content)-4096], make([]byte, 4096)))
		}, "music is damaged: "},
		"an old version": {func(t *testing.T, dir string) {
			run(t, filepath.Join(dir, "tracker.db"), "UPDATE meta SET value = '3'")
		}, "start the server once, it upgrades the file"},
		"a directory": {func(t *testing.T, dir string) {
			if err := errors.Join(os.Remove(filepath.Join(dir, "tracker.db")), os.Mkdir(filepath.Join(dir, "tracker.db"), 0o755)); err != nil {
				t.Fatal(err)
			}
		}, "tracker cannot be read"},
		"a missing column": {func(t *testing.T, dir string) {
			run(t, filepath.Join(dir, "music.db"), "ALTER TABLE songs DROP COLUMN likes")
		}, "songs.likes is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			c.damage(t, dir)
			if got := faults(t, dir); len(got) == 0 || !strings.Contains(got[0], c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func putFile(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReadingRefusesWhatOpenWouldChange(t *testing.T) {
	if _, err := library.ReadCatalogue(t.Context(), t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no database: %v", err)
	}
	dir := t.TempDir()
	open(t, dir).Close()
	run(t, filepath.Join(dir, "music.db"), "UPDATE meta SET value = '4'")
	if _, err := library.ReadCatalogue(t.Context(), dir); !errors.Is(err, library.ErrVersion) || !strings.Contains(err.Error(), "start the server once") {
		t.Errorf("an old database: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := library.Inspect(ctx, dir, func(f library.Fault) { t.Errorf("a fault in a cancelled inspection: %+v", f) }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What a process leaves that is killed within a change is not read half done.
func TestAnInterruptedChangeIsAFault(t *testing.T) {
	dir, left := t.TempDir(), t.TempDir()
	l := open(t, dir)
	must(l.AddAlbum(t.Context(), album("Björk", 1995, "Post", 2000)))(t)
	l.Close()
	db := raw(t, filepath.Join(dir, "music.db"))
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"PRAGMA cache_size = 1", "BEGIN", "UPDATE songs SET name = name || ' changed'"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"music.db", "music.db-journal"} {
		putFile(t, filepath.Join(left, name), must(os.ReadFile(filepath.Join(dir, name)))(t))
	}
	before := listing(t, left)
	if got := faults(t, left); len(got) != 1 || !strings.Contains(got[0], "start the server once, it takes the half of the change back") {
		t.Errorf("%q", got)
	}
	if listing(t, left) != before {
		t.Error("the half of the change was touched")
	}
	open(t, left).Close()
	if got := faults(t, left); got != nil {
		t.Errorf("after a start: %q", got)
	}
}
