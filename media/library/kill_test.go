package library_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// These tell the test binary, as its last argument and followed by a directory,
// that it is the process that is to be killed, and what it shall do until then.
const (
	childDir     = "-library-child="
	removingDir  = "-library-removing="
	upgradingDir = "-library-upgrading="
)

func TestMain(m *testing.M) {
	for job, do := range map[string]func(dir string) int{childDir: writeUntilKilled, removingDir: removeUntilKilled, upgradingDir: upgrade} {
		if dir, isChild := strings.CutPrefix(os.Args[len(os.Args)-1], job); isChild {
			os.Exit(do(dir))
		}
	}
	verify(m)
}

// writeUntilKilled writes for ever and prints a line for each acknowledged
// write.
func writeUntilKilled(dir string) int {
	ctx := context.Background()
	l, err := library.Open(ctx, library.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	artists, albums, songs := l.Catalogue().NumberOf()
	fmt.Println("open", artists, albums, songs)
	for i := 1; ; i++ {
		n := album(fmt.Sprintf("Artist %d", i%5), 2000, fmt.Sprintf("Album %d of %d", i, albums), 4)
		a, err := l.AddAlbum(ctx, n)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println("album", a.ID)
		song := l.Catalogue().SongsOf(a.ID)[0].ID
		for _, err := range []error{
			l.SetLastPlayed(ctx, song, time.Unix(int64(i), 0)),
			l.AddPlay(ctx, song, time.Unix(int64(i), 0), false),
			l.AddSongRelation(ctx, song, song+1),
			l.SaveStreamPosition(ctx, library.StreamPosition{EntryID: "1", Seconds: float64(i)}),
		} {
			if err != nil {
				fmt.Println(err)
				return 1
			}
		}
		fmt.Println("played", song, i)
	}
}

func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := make(map[string]string) // statement and its result
	position := 0.0
	for round := range 5 {
		lines := killedAfter(t, dir, 5+7*round)
		for _, line := range lines {
			var a, b int
			if n, _ := fmt.Sscanf(line, "album %d", &a); n == 1 {
				acknowledged[fmt.Sprintf("music.db: SELECT count(*) FROM songs JOIN albums USING (albumid) WHERE albumid = %d", a)] = "4"
			}
			if n, _ := fmt.Sscanf(line, "played %d %d", &a, &b); n == 2 {
				acknowledged[fmt.Sprintf("music.db: SELECT lastplayed FROM songs WHERE songid = %d", a)] = fmt.Sprint(b)
				acknowledged[fmt.Sprintf("tracker.db: SELECT timestamp FROM playedsongs WHERE songid = %d", a)] = fmt.Sprint(b)
				acknowledged[fmt.Sprintf("tracker.db: SELECT weight FROM songrelations WHERE songida = %d", a)] = "1"
				position = float64(b)
			}
		}
	}
	if len(acknowledged) < 100 {
		t.Fatalf("only %d facts to look for", len(acknowledged))
	}
	l := open(t, dir) // after the kill nothing stands in the way
	if p, _, err := l.StreamPosition(context.Background()); err != nil || p.Seconds < position || p.Seconds > position+1 {
		t.Errorf("position %v %v, want %v or the next", p.Seconds, err, position)
	}
	for _, file := range []string{"music.db", "tracker.db", "musicdb.db"} {
		if got := query(t, filepath.Join(dir, file), "PRAGMA integrity_check"); got != "ok" {
			t.Errorf("%s: %s", file, got)
		}
	}
	for fact, want := range acknowledged {
		file, statement, _ := strings.Cut(fact, ": ")
		if got := query(t, filepath.Join(dir, file), statement); got != want {
			t.Errorf("%s is %q, was acknowledged as %q", fact, got, want)
		}
	}
	// Nothing is there by half either.
	if got := query(t, filepath.Join(dir, "music.db"), `SELECT count(*) FROM albums
		WHERE numofsongs <> (SELECT count(*) FROM songs WHERE songs.albumid = albums.albumid)
		OR artistid NOT IN (SELECT artistid FROM artists)`); got != "0" {
		t.Errorf("%s albums are incomplete", got)
	}
}

// killedAfter starts the child, kills it in the midst of its writes after so
// many lines, and returns all that it printed.
func killedAfter(t *testing.T, dir string, lines int) []string {
	t.Helper()
	child := exec.Command(os.Args[0], childDir+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var all []string
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		all = append(all, scanner.Text())
		if len(all) == lines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var ended *exec.ExitError
	if err := child.Wait(); !errors.As(err, &ended) || ended.ExitCode() != -1 {
		t.Fatalf("the child ended with %v: %v", err, all)
	}
	return all
}

func TestTwoProcessesCannotShareADataDirectory(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0], childDir+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := bufio.NewReader(out)
	if _, err := line.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, library.ErrLocked, dir, fmt.Sprintf("in use by process %d", child.Process.Pid))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, line); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child was not killed")
	}
	open(t, dir)
	refused(t, dir, library.ErrLocked, dir) // nor can this process twice
}
