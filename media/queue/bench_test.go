package queue

import (
	"fmt"
	"slices"
	"testing"

	"musicdb/media/library"
)

// BenchmarkChange is a change of a queue of some length, on disk when it returns: by
// the server itself, which does not wait for the history, and by a client, which
// does.
func BenchmarkChange(b *testing.B) {
	for _, length := range []int{2, 10_000} {
		h := newHouse(b, []int{10})
		h.barren()
		h.fill(slices.Repeat([]int64{1}, length)...)
		h.songs.line.subscribers.list = nil
		entries := h.songs.Entries()
		first, last := entries[0].ID, entries[length-1].ID
		for who, songs := range map[string]*Songs{"server": h.songs, "client": h.songs.By(anna)} {
			b.Run(fmt.Sprintf("add/entries=%d/by=%s", length, who), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					id, err := songs.Add(1, Last())
					must(b, err)
					b.StopTimer()
					must(b, songs.Remove(id))
					b.StartTimer()
				}
			})
			b.Run(fmt.Sprintf("remove/entries=%d/by=%s", length, who), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					id, err := songs.Add(1, After(first))
					must(b, err)
					b.StartTimer()
					must(b, songs.Remove(id))
				}
			})
			b.Run(fmt.Sprintf("move/entries=%d/by=%s", length, who), func(b *testing.B) {
				id, err := songs.Add(1, Last())
				must(b, err)
				b.ReportAllocs()
				to := first
				for b.Loop() {
					moved, err := songs.Move(id, to)
					must(b, err)
					if !moved {
						b.Fatal("nothing was moved")
					}
					if to = first; h.songs.line.list()[1].id == id {
						to = last
					}
				}
				must(b, songs.Remove(id))
			})
		}
		if got := len(h.songs.Entries()); got != length {
			b.Fatalf("%d entries, want %d", got, length)
		}
		h.settled()
	}
}

func BenchmarkHead(b *testing.B) {
	h := newHouse(b, []int{3})
	h.fill(1, 2)
	b.ReportAllocs()
	for b.Loop() {
		if e, ok := h.songs.Head(); !ok || e.SongID != 1 {
			b.Fatal("the head is lost")
		}
	}
}

// Looking at the current song, as every state query does, costs no allocation.
func TestHeadDoesNotAllocate(t *testing.T) {
	h := newHouse(t, []int{3})
	h.fill(1, 2)
	if n := testing.AllocsPerRun(100, func() { h.songs.Head(); h.songs.Current() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkRestore is the opening of a queue of some length.
func BenchmarkRestore(b *testing.B) {
	for _, length := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("entries=%d", length), func(b *testing.B) {
			h := newHouse(b, []int{10})
			h.fill(slices.Repeat([]int64{1}, length)...)
			b.ReportAllocs()
			for b.Loop() {
				songs, err := OpenSongs(Options{Library: h.library, State: h.state})
				must(b, err)
				if got := len(songs.Entries()); got != length {
					b.Fatal(got)
				}
			}
		})
	}
}

// A change of a long queue allocates for the queue as a whole, not for each entry.
func TestChangeOfALongQueueAllocatesLittle(t *testing.T) {
	const entries, budget = 10_000, 400
	h := newHouse(t, []int{10})
	h.barren()
	ids := h.fill(slices.Repeat([]int64{1}, entries)...)
	h.songs.line.subscribers.list = nil
	_, err := h.journal.Before(t.Context(), library.SongQueue, 0, 1) // the checkpoint is written
	must(t, err)
	for name, change := range map[string]func(){
		"add":    func() { _, err := h.songs.Add(1, Next()); must(t, err) },
		"remove": func() { must(t, h.songs.Remove(h.songs.Entries()[1].ID)) },
		"move":   func() { _, err := h.songs.Move(h.songs.Entries()[1].ID, ids[entries-1]); must(t, err) },
	} {
		if n := testing.AllocsPerRun(3, change); n > budget {
			t.Errorf("%s makes %v allocations, at most %d are allowed", name, n, budget)
		}
	}
}
