package queue

import (
	"errors"
	"testing"
	"time"
)

// Which entry somebody means who wants another one depends on what could be seen
// when the wish was expressed.
func TestMeant(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3, 4)
	at := func(ms int) time.Time { return h.clock.now().Add(time.Duration(ms) * time.Millisecond) }
	server := Actor{}
	ask := func(what string, who Actor, id EntryID, asked time.Time, want error, current EntryID) {
		t.Helper()
		e, err := h.songs.By(who).Meant(id, asked)
		if !errors.Is(err, want) || err == nil && e.ID != current {
			t.Errorf("%s: %v, %v", what, e, err)
		}
	}
	ask("at the beginning", anna, "", at(0), nil, ids[0])
	ask("by name", anna, ids[0], at(0), nil, ids[0])
	ask("another one by name", anna, ids[1], at(0), ErrUnknownEntry, "")

	h.songs.By(anna).NextFrom(ids[0], Skipped)
	ask("the second press of the same person", anna, "", at(1), nil, ids[1])
	ask("somebody who pressed a moment before", ben, "", at(-3), ErrOvertaken, "")
	ask("somebody who pressed at the same moment", ben, "", at(499), ErrOvertaken, "")
	ask("somebody who has seen the new one", ben, "", at(500), nil, ids[1])
	ask("the server itself", server, "", at(1), nil, ids[1])
	ask("by name, at the same moment", ben, ids[1], at(1), nil, ids[1])

	h.clock.advance(time.Minute)
	h.songs.Next()
	ask("at the end of the song", anna, "", at(100), ErrOvertaken, "")
	ask("after its end", anna, "", at(600), nil, ids[2])
	h.songs.Next()
	h.songs.Next()
	ask("of an empty queue", anna, "", at(600), ErrEmpty, "")
	_, err := h.songs.By(ben).Add(1, Last())
	must(t, err)
	ask("the first one of a queue that was empty", anna, "", at(600), nil, h.songs.Entries()[0].ID)
}
