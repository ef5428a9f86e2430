package queue

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// A damaged file that cannot be kept beside is not overwritten: a client's change is
// refused, what playing needs goes on in memory, and it is tried again with each change.
func TestADamagedQueueIsNotOverwrittenBeforeItIsKept(t *testing.T) {
	h := newHouse(t, []int{6})
	h.barren()
	ids := h.fill(1, 2, 3)
	h.songs.line.subscribers.list = nil // the one there compares with the file
	damaged := h.content("songqueue.csv") + "garbage\r\n"
	long := strings.Repeat("q", 250) // there is no longer name than one of 255 bytes
	must(t, os.WriteFile(h.path(long), []byte(damaged), 0o644))
	h.songs.line.table.file = long
	must(t, h.songs.line.load())
	if got := h.queued(); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("restored are the songs %v", got)
	}
	if _, err := h.songs.Add(4, Last()); !errors.Is(err, ErrNotSaved) {
		t.Errorf("a song was added: %v", err)
	}
	if head, _ := h.songs.Next(); head.ID != ids[1] {
		t.Errorf("the queue goes on with %v", head)
	}
	if got := h.content(long); got != damaged {
		t.Errorf("the damaged file was overwritten by %q", got)
	}

	must(t, os.Rename(h.path(long), h.path("songqueue.csv")))
	h.songs.line.table.file = "songqueue.csv"
	_, err := h.songs.Add(5, Last())
	must(t, err)
	if got := h.content("songqueue.csv.damaged"); got != damaged {
		t.Errorf("kept is %q, want %q", got, damaged)
	}
	if got := h.onDisk(); len(got) != 3 || !slices.Equal(got, h.songs.Entries()) {
		t.Errorf("on disk is %v, in memory %v", got, h.songs.Entries())
	}
	_, err = h.songs.Add(6, Last())
	must(t, err)
	if _, err := os.Stat(h.path("songqueue.csv.damaged-2")); err == nil {
		t.Error("a file that is not damaged was kept")
	}
}
