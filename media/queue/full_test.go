package queue

import (
	"errors"
	"slices"
	"testing"
)

// Nothing is added to a full queue; one that was longer before is kept, and played.
func TestAFullQueueTakesNoMore(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	h.fill(1, 2, 3, 4)
	var err error
	h.songs, err = OpenSongs(Options{Library: h.library, State: h.state, Journal: h.journal, MaxEntries: 3})
	must(t, err)
	refused := func(songs ...int64) {
		t.Helper()
		if _, err := h.songs.AddAlbum(songs, Last()); !errors.Is(err, ErrFull) {
			t.Errorf("%v was added: %v", songs, err)
		}
	}
	refused(5)
	h.songs.Next()
	refused(5)
	h.songs.Next()
	refused(5, 6)
	_, err = h.songs.Add(5, Next())
	must(t, err)
	refused(6)
	if got := h.queued(); !slices.Equal(got, []int64{3, 5, 4}) {
		t.Errorf("queued are %v", got)
	}
}
