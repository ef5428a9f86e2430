package queue

import (
	"fmt"
	"slices"
	"testing"
)

// BenchmarkAdd is a song added to a queue of some length, on disk when it returns.
func BenchmarkAdd(b *testing.B) {
	for _, length := range []int{2, 1000} {
		b.Run(fmt.Sprintf("entries=%d", length), func(b *testing.B) {
			h := newHouse(b, []int{10})
			h.fill(slices.Repeat([]int64{1}, length)...)
			h.songs.line.subscribers.list = nil
			b.ReportAllocs()
			for b.Loop() {
				id, err := h.songs.Add(1, Last())
				must(b, err)
				b.StopTimer()
				must(b, h.songs.Remove(id))
				b.StartTimer()
			}
			if got := len(h.songs.Entries()); got != length {
				b.Fatalf("%d entries, want %d", got, length)
			}
		})
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
