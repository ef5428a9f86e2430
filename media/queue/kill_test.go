package queue

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"

	"musicdb/media/library"
	"musicdb/media/state"
)

// childCommand makes the test binary a process that changes a queue until it is
// killed.
const childCommand = "add-for-ever"

// addForEver adds and removes songs without end. It writes a line for every
// change that was acknowledged, and one before it removes something.
func addForEver(dir string) {
	lib, err := library.Open(context.Background(), library.Options{Dir: dir})
	fail(err)
	store, err := state.Open(state.Options{DataDir: dir})
	fail(err)
	songs, err := OpenSongs(Options{Library: lib, State: store})
	fail(err)
	for {
		id, err := songs.Add(1, Last())
		fail(err)
		fmt.Println("added", id)
		random, err := songs.Add(2, Next())
		fail(err)
		fmt.Println("added", random)
		fmt.Println("removing", random)
		fail(songs.Remove(random))
		fmt.Println("removed", random)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// What was acknowledged is there after kill -9. Of the one change that was under
// way nobody knows: an entry may be there that no line tells of, or the one be gone
// that was being removed.
func TestKilledProcessKeepsItsWord(t *testing.T) {
	h := newHouse(t, []int{3})
	h.barren() // so that all entries are those the child tells about
	for round := range 5 {
		h.close()
		entries := map[EntryID]bool{}
		for _, e := range h.songs.Entries() {
			entries[e.ID] = true
		}
		child := exec.Command(os.Args[0], childCommand, h.dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		lines := bufio.NewScanner(out)
		heard := 0
		var removing EntryID
		for lines.Scan() {
			var what string
			var id EntryID
			if n, err := fmt.Sscan(lines.Text(), &what, &id); n != 2 {
				t.Fatalf("line %q: %v", lines.Text(), err)
			}
			switch what {
			case "added":
				entries[id] = true
			case "removing":
				removing = id
			case "removed":
				delete(entries, id)
				removing = ""
			}
			if heard++; heard == 10+7*round {
				must(t, child.Process.Kill())
			}
		}
		if err := child.Wait(); child.ProcessState.ExitCode() != -1 || heard < 10 {
			t.Fatalf("the child ended by itself: %v", err)
		}
		h.open()
		var unknown []EntryID
		for _, e := range h.songs.Entries() {
			if !entries[e.ID] {
				unknown = append(unknown, e.ID)
			}
			delete(entries, e.ID)
		}
		if len(unknown) > 1 || len(unknown) == 1 && removing != "" {
			t.Errorf("round %d, after %d lines: entries nobody acknowledged: %v", round, heard, unknown)
		}
		delete(entries, removing)
		for id := range entries {
			t.Errorf("round %d, after %d lines: entry %s was acknowledged and is lost", round, heard, id)
		}
		if restored := h.songs.Entries(); len(restored) == 0 || !slices.Equal(h.onDisk(), restored) {
			t.Errorf("round %d: restored %v", round, restored)
		}
	}
}
