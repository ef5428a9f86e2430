package queue

import (
	"fmt"
	"slices"
	"testing"

	"musicdb/media/state"
)

// bigHouse has 100,000 songs in 10,000 albums of 2,000 artists. Every third album
// has one of two genres.
func bigHouse(b *testing.B) *house {
	b.Helper()
	const upTo = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	h := newHouse(b, nil,
		"INSERT INTO artists (artistid, name, path) "+fmt.Sprintf(upTo, 2000)+"SELECT i, 'Artist ' || i, 'Artist ' || i FROM n",
		"INSERT INTO albums (albumid, artistid, name, path) "+fmt.Sprintf(upTo, 10_000)+
			"SELECT i, (i - 1) / 5 + 1, 'Album ' || i, 'Artist ' || ((i - 1) / 5 + 1) || '/2001 - Album ' || i FROM n",
		"INSERT INTO songs (songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate) "+fmt.Sprintf(upTo, 100_000)+
			"SELECT i, (i - 1) / 10 + 1, (i - 1) / 50 + 1, 'Song ' || i, 'path/' || i, (i - 1) % 10 + 1, 1, 0, 60 + i % 600, 320000 FROM n",
		"INSERT INTO tags (tagid, name, class) VALUES (2, 'Rock', 1), (3, 'Jazz', 1)",
		"INSERT INTO albumtags (albumid, tagid, confidence, approval) SELECT albumid, 2 + albumid % 2, 1.0, 1 FROM albums WHERE albumid % 3 = 0",
	)
	return h
}

// BenchmarkChoose is a random song out of 100,000: usually, when the tries have no
// luck and all songs are looked at, and when it is known that there is none.
func BenchmarkChoose(b *testing.B) {
	h := bigHouse(b)
	for name, prepare := range map[string]func(){
		"genres=0": func() {},
		"genres=1": func() { must(b, h.state.SetGenre("Rock", true)) },
		"all":      func() { h.settings(func(r *state.Randy) { r.Limits.MaxTries = 0 }) },
		"barren": func() {
			h.settings(func(r *state.Randy) { r.Constraints.MinSongLength, r.Constraints.MaxSongLength = 5000, -1 })
		},
	} {
		b.Run(name, func(b *testing.B) {
			h.fresh()
			prepare()
			b.ReportAllocs()
			for b.Loop() {
				if _, found := h.songs.randy.choose(); found == (name == "barren") {
					b.Fatal("chosen: ", found)
				}
			}
		})
	}
}

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
