package library_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// removeUntilKilled adds albums, plays their songs and removes them again.
func removeUntilKilled(dir string) int {
	ctx := context.Background()
	l, err := library.Open(ctx, library.Options{Dir: dir})
	if err == nil {
		_, err = l.AddAlbum(ctx, album("First", os.Getpid(), "Album", 1))
	}
	for i := 0; err == nil; i++ {
		var a library.Album
		if a, err = l.AddAlbum(ctx, album("Artist", i, fmt.Sprint("Album of ", os.Getpid()), 3)); err != nil {
			break
		}
		for _, s := range l.Catalogue().SongsOf(a.ID) {
			err = errors.Join(err, l.AddPlay(ctx, s.ID, time.Unix(1, 0), false), l.AddSongRelation(ctx, s.ID, s.ID-1), l.AddSongRelation(ctx, s.ID, 1))
		}
		fmt.Println("album", a.ID)
		if err == nil && i%2 == 1 {
			err = l.Edit(ctx, func(e *library.Edit) error { return e.RemoveAlbum(a.ID) })
		}
	}
	fmt.Println(err)
	return 1
}

// A song and what the tracker knows of it disappear together: neither does the
// tracker keep rows of a song that is gone, nor has it lost those of one that is
// still there, wherever in a commit of two files the process dies.
func TestAKillLeavesNoHalfRemovedSong(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	for round, moment := range []string{"music.db-mj*", "tracker.db-journal", "music.db-journal", "never", "music.db-mj*", "never", "music.db-mj*", "music.db-mj*"} {
		t.Run(fmt.Sprint(round, " at ", moment), func(t *testing.T) {
			killedWhen(t, removingDir, dir, filepath.Join(dir, moment), 6+round)
			l := open(t, dir)
			defer l.Close()
			if left, _ := filepath.Glob(filepath.Join(dir, "*-mj*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
			if got := query(t, filepath.Join(dir, "music.db"), "SELECT count(*) > 0 FROM songs"); got != "1" {
				t.Fatal("nothing was written before the kill")
			}
			db := raw(t, filepath.Join(dir, "music.db"))
			db.SetMaxOpenConns(1)
			if _, err := db.Exec("ATTACH ? AS tracker", filepath.Join(dir, "tracker.db")); err != nil {
				t.Fatal(err)
			}
			for what, statement := range map[string]string{
				"plays without a song":        "SELECT count(*) FROM tracker.playedsongs WHERE songid NOT IN (SELECT songid FROM songs)",
				"relations without a song":    "SELECT count(*) FROM tracker.songrelations WHERE songida NOT IN (SELECT songid FROM songs) OR songidb NOT IN (SELECT songid FROM songs)",
				"songs without an album":      "SELECT count(*) FROM songs WHERE albumid NOT IN (SELECT albumid FROM albums)",
				"half played albums, but one": "SELECT max(0, count(*) - ?) FROM songs WHERE songid NOT IN (SELECT songid FROM tracker.playedsongs)",
			} {
				var n int
				var args []any
				if strings.Contains(statement, "?") {
					args = append(args, 4*(round+1)) // the first album, and the one under way, of every round
				}
				if err := db.QueryRow(statement, args...).Scan(&n); err != nil || n != 0 {
					t.Errorf("%s: %d %v", what, n, err)
				}
			}
		})
	}
}

// upgrade opens the library once.
func upgrade(dir string) int {
	l, err := library.Open(context.Background(), library.Options{Dir: dir})
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// A kill in an upgrade leaves the old version or the new one, no backup by half,
// and does not stand in the way of the next start.
func TestAKilledUpgradeIsDoneAgain(t *testing.T) {
	top := t.TempDir()
	old := filepath.Join(top, "old")
	if err := os.Mkdir(old, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, filepath.Join(old, "music.db"), joined(musicOfVersion4, songsWithOldColumns, []string{
		`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20099)
			INSERT INTO songs (songid, albumid, artistid, name, path, number, qadds) SELECT i, 1, 1, 'Song ' || i, 'Path ' || i, 1, i FROM n`})...)
	run(t, filepath.Join(old, "tracker.db"), trackerOfVersion2...)
	for round, moment := range []string{"music.db.backup", "music.db.*.bak", "music.db-journal", "music.db-journal", "tracker.db.backup", "tracker.db-journal"} {
		t.Run(fmt.Sprint(round, " at ", moment), func(t *testing.T) {
			dir := filepath.Join(top, fmt.Sprint(round))
			if err := os.CopyFS(dir, os.DirFS(old)); err != nil {
				t.Fatal(err)
			}
			killedWhen(t, upgradingDir, dir, filepath.Join(dir, moment), 1)
			music := filepath.Join(dir, "music.db")
			backups, _ := filepath.Glob(music + ".*.bak")
			for _, backup := range backups {
				if got := query(t, backup, "SELECT value, (SELECT count(*) FROM songs), (SELECT sum(qadds) > 0 FROM songs) FROM meta"); got != "4 20002 1" {
					t.Errorf("%s holds %s", backup, got)
				}
			}
			if version := query(t, music, "SELECT value FROM meta"); version == "5" && len(backups) == 0 {
				t.Error("upgraded without a backup")
			}
			l := open(t, dir)
			defer l.Close()
			if _, _, songs := l.Catalogue().NumberOf(); songs != 20002 {
				t.Errorf("%d songs", songs)
			}
			for path, want := range map[string]string{music: "5 ok", filepath.Join(dir, "tracker.db"): "4 ok"} {
				if got := query(t, path, "SELECT value, (SELECT * FROM pragma_integrity_check) FROM meta"); got != want {
					t.Errorf("%s: %s, want %s", path, got, want)
				}
			}
		})
	}
}

// killedWhen starts a child and kills it when a file of this pattern is seen, at
// the latest after so many lines of its output. One that comes to its end before
// that has been quicker than the eye; it must have succeeded.
func killedWhen(t *testing.T, job, dir, pattern string, lines int) {
	t.Helper()
	child := exec.Command(os.Args[0], job+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go func() {
		defer close(said)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			said <- scanner.Text()
		}
	}()
	var last string
	for running := true; running && lines > 0; {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			break
		}
		select {
		case line, more := <-said:
			lines, running = lines-1, more
			if more {
				last = line
			}
		default:
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for line := range said {
		last = line
	}
	var ended *exec.ExitError
	if err := child.Wait(); err != nil && (!errors.As(err, &ended) || ended.ExitCode() != -1) {
		t.Fatalf("the child ended with %v: %s", err, last)
	}
}
