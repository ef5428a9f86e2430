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
// change that was acknowledged.
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

// What was acknowledged is there after kill -9, and nothing else but perhaps the
// one change that was under way.
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
		acknowledged := 0
		for lines.Scan() {
			var what string
			var id EntryID
			if n, err := fmt.Sscan(lines.Text(), &what, &id); n != 2 {
				t.Fatalf("line %q: %v", lines.Text(), err)
			}
			if what == "added" {
				entries[id] = true
			} else {
				delete(entries, id)
			}
			if acknowledged++; acknowledged == 10+7*round {
				must(t, child.Process.Kill())
			}
		}
		if err := child.Wait(); child.ProcessState.ExitCode() != -1 || acknowledged < 10 {
			t.Fatalf("the child ended by itself: %v", err)
		}
		h.open()
		var unknown, missing []EntryID
		for _, e := range h.songs.Entries() {
			if !entries[e.ID] {
				unknown = append(unknown, e.ID)
			}
			delete(entries, e.ID)
		}
		for id := range entries {
			missing = append(missing, id)
		}
		if len(unknown)+len(missing) > 1 {
			t.Errorf("round %d, after %d changes: %d entries nobody acknowledged %v, %d missing %v",
				round, acknowledged, len(unknown), unknown, len(missing), missing)
		}
		if restored := h.songs.Entries(); len(restored) == 0 || !slices.Equal(h.onDisk(), restored) {
			t.Errorf("round %d: restored %v", round, restored)
		}
	}
}
