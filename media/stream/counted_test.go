package stream

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// asMortal, when set to "before" or "behind", kills the server of asServer when a play
// is counted.
const asMortal = "MUSICDB_TEST_MORTAL"

// mortal is a tracker that may kill its process.
type mortal struct{ *queue.Tracker }

func (m mortal) Track(ctx context.Context, id int64, random bool, now time.Time) error {
	when := os.Getenv(asMortal)
	if when == "before" {
		return die()
	}
	err := m.Tracker.Track(ctx, id, random, now)
	if err == nil && when == "behind" {
		return die()
	}
	return err
}

func die() error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		return err
	}
	select {}
}

// A server that is killed at the end of a song, before or behind the count of its play,
// and again when it hears that end once more, has counted it once.
func TestKilledAtTheEndOfASong(t *testing.T) {
	t.Parallel()
	g := newGrounds(t)
	var ids []queue.EntryID
	g.open(func(lib *library.Library, songs *queue.Songs) {
		var err error
		ids, err = songs.AddAlbum([]int64{1, 2}, queue.Last())
		must(t, err)
		must(t, lib.SaveStreamPosition(t.Context(), library.StreamPosition{EntryID: string(ids[0]), Seconds: songTime.Seconds() - 4, Playing: true}))
	})
	for _, when := range []string{"before", "behind"} {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), asServer+"="+g.dir, asMortal+"="+when)
		text, err := cmd.CombinedOutput()
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("the server ended with %v after %d bytes", err, len(text))
		}
		g.open(func(_ *library.Library, songs *queue.Songs) {
			if head, _ := songs.Head(); head.ID != ids[0] {
				t.Errorf("killed %s the count: the queue begins with %v, want entry %v", when, head, ids[0])
			}
		})
	}
	g.serveAndKill(5 * time.Second)
	g.open(func(lib *library.Library, songs *queue.Songs) {
		if head, _ := songs.Head(); head.ID != ids[1] {
			t.Errorf("the queue begins with %v, want entry %v", head, ids[1])
		}
		if song, _ := lib.Catalogue().Song(1); song.LastPlayed == 0 {
			t.Error("the song has no time of its last play")
		}
	})
	db, err := sql.Open("sqlite3", filepath.Join(g.dir, "data", "tracker.db"))
	must(t, err)
	defer db.Close()
	var plays int
	must(t, db.QueryRow("SELECT count(*) FROM playedsongs WHERE songid = 1").Scan(&plays))
	if plays != 1 {
		t.Errorf("the song was counted %d times, want once", plays)
	}
}
