package queue

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"musicdb/media/library"
)

// Many clients add, move and remove while the stream goes on: what is left is
// exactly what was added and neither removed nor played, and every subscriber
// sees the same events in the same order.
func TestManyClients(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	anchor := h.fill(1)[0]
	var other []Event
	cancel := h.songs.Subscribe(func(e Event) { other = append(other, e) })
	defer cancel()

	const clients, rounds = 6, 8
	left := make([][]EntryID, clients)
	moves := make([]int, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			songs := h.songs.By(Actor{Connection: uint64(c + 1)})
			var mine []EntryID
			for r := range rounds {
				at := []Position{Next(), Last(), After(anchor)}[(c+r)%3]
				id, err := songs.Add(int64(c+1), at)
				if err != nil {
					t.Error(err)
				}
				mine = append(mine, id)
				if moved, err := songs.Move(id, mine[0]); err != nil {
					t.Error(err)
				} else if moved {
					moves[c]++
				}
				h.songs.Entries()
				if _, err := h.songs.Add(999, Last()); !errors.Is(err, ErrUnknownSong) {
					t.Error(err)
				}
				if r%3 == 2 {
					if err := songs.Remove(mine[1]); err != nil {
						t.Error(err)
					}
					mine = slices.Delete(mine, 1, 2)
				}
			}
			left[c] = mine
		})
	}
	wg.Wait()
	want := append(slices.Concat(left...), anchor)
	var got []EntryID
	for _, e := range h.songs.Entries() {
		got = append(got, e.ID)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d entries are left, want %d", len(got), len(want))
	}
	changes := clients * (rounds + rounds/3)
	for _, n := range moves {
		changes += n
	}
	if len(h.events) != changes || !slices.Equal(h.events, other) {
		t.Errorf("%d events and %d, want %d", len(h.events), len(other), changes)
	}
	// Client n handles song n only, so everybody's deeds can be told apart.
	done := 0
	for _, c := range h.settled() {
		if Change(c.What) == Began || EntryID(c.EntryID) == anchor {
			continue
		}
		if done++; c.Connection != uint64(c.MediaID) {
			t.Errorf("client %d gets the blame for %q of client %d", c.Connection, c.What, c.MediaID)
		}
	}
	if done != changes {
		t.Errorf("the history has %d changes, want %d", done, changes)
	}
}

// While several ask for the next song each one is played once, and SongChanged is
// always directly followed by its SongQueueChanged.
func TestManyNext(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3, 4, 5, 6, 7, 8)
	var mu sync.Mutex
	var heads []EntryID
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 2 {
				if e, ok := h.songs.Next(); ok {
					mu.Lock()
					heads = append(heads, e.ID)
					mu.Unlock()
				}
				if _, err := h.songs.Add(1, Last()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids[1:] {
		if n := len(slices.DeleteFunc(slices.Clone(heads), func(head EntryID) bool { return head != id })); n != 1 {
			t.Errorf("entry %s became the current one %d times", id, n)
		}
	}
	changed := 0
	for i, e := range h.events {
		if e == SongChanged {
			changed++
			if i+1 == len(h.events) || h.events[i+1] != SongQueueChanged {
				t.Errorf("events %v", h.events)
			}
		}
	}
	if changed != 8 {
		t.Errorf("the song changed %d times, want 8", changed)
	}
}

// Many remove and skip the same entries at once: each entry leaves once, by one of
// them, and none leaves that nobody has named.
func TestManyWantTheSameGone(t *testing.T) {
	h := newHouse(t, []int{8})
	h.barren()
	ids := h.fill(1, 2, 3, 4, 5, 6, 7, 8)
	var wg sync.WaitGroup
	for c := range 4 {
		wg.Go(func() {
			songs := h.songs.By(Actor{Connection: uint64(c + 1)})
			for i := range 6 {
				switch err := songs.Remove(ids[i]); {
				case errors.Is(err, ErrIsCurrent):
					songs.NextFrom(ids[i], Skipped)
				case err != nil && !errors.Is(err, ErrUnknownEntry):
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := h.queued(); !slices.Equal(got, []int64{7, 8}) {
		t.Errorf("left are %v", got)
	}
	left := map[int64]int{}
	for _, c := range h.settled() {
		if Change(c.What).takes() {
			left[c.MediaID]++
		}
	}
	for song := range int64(6) {
		if left[song+1] != 1 {
			t.Errorf("song %d left %d times", song+1, left[song+1])
		}
	}
}

// Only one of many who find the queue empty fills it.
func TestManyCurrent(t *testing.T) {
	h := newHouse(t, []int{8})
	var wg sync.WaitGroup
	entries := make([]Entry, 8)
	for i := range entries {
		wg.Go(func() { entries[i], _ = h.songs.Current() })
	}
	wg.Wait()
	for _, e := range entries {
		if e != entries[0] || e.SongID == 0 {
			t.Errorf("current entries %v", entries)
		}
	}
	if !slices.Equal(h.events, []Event{SongQueueChanged}) {
		t.Errorf("events %v", h.events)
	}
}

// A cancelled subscription hears nothing more; it may cancel itself, and others
// are not disturbed.
func TestSubscriptionsEnd(t *testing.T) {
	h := newHouse(t, []int{3})
	calls := 0
	var cancel func()
	cancel = h.songs.Subscribe(func(Event) { calls++; cancel() })
	later := 0
	h.songs.Subscribe(func(Event) { later++ })
	h.fill(1)
	_, err := h.songs.Add(2, Last())
	must(t, err)
	cancel()
	if calls != 1 || len(h.events) != 1 || later != 2 {
		t.Errorf("%d calls, earlier subscriber %v, later one %d", calls, h.events, later)
	}
}

// Who cancels itself at the first event of a change is not called for the second one.
func TestSubscriptionEndsWithinAChange(t *testing.T) {
	h := newHouse(t, []int{3})
	h.fill(1, 2)
	var heard []Event
	var cancel func()
	cancel = h.songs.Subscribe(func(e Event) {
		heard = append(heard, e)
		cancel()
	})
	h.songs.Next()
	if !slices.Equal(heard, []Event{SongChanged}) || len(h.events) != 2 {
		t.Errorf("heard %v, others %v", heard, h.events)
	}
}

// Songs are removed from the library while clients add them to the queue: no entry
// is left whose song is gone.
func TestNoEntryOutlivesItsSong(t *testing.T) {
	const songs = 30
	h := newHouse(t, []int{songs})
	h.barren()
	removed := make(chan struct{})
	var adding sync.WaitGroup
	for range 3 {
		adding.Go(func() {
			for id := int64(1); ; id = id%songs + 1 {
				select {
				case <-removed:
					return
				default:
				}
				if _, err := h.songs.Add(id, Next()); err != nil && !errors.Is(err, ErrUnknownSong) {
					t.Error(err)
					return
				}
			}
		})
	}
	for id := range int64(songs) {
		must(t, h.library.Edit(context.Background(), func(e *library.Edit) error { return e.RemoveSong(id + 1) }))
		h.songs.ForgetRemoved()
	}
	close(removed)
	adding.Wait()
	if left := h.queued(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}
