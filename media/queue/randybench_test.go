package queue

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// bigHouse has albums of 10 songs, 5 to an artist. Every third album has one of
// two genres, and every song one, half of them only as a guess.
func bigHouse(b *testing.B, songs int) *house {
	b.Helper()
	const upTo = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	return newHouse(b, nil,
		"INSERT INTO artists (artistid, name, path) "+fmt.Sprintf(upTo, songs/50)+"SELECT i, 'Artist ' || i, 'Artist ' || i FROM n",
		"INSERT INTO albums (albumid, artistid, name, path) "+fmt.Sprintf(upTo, songs/10)+
			"SELECT i, (i - 1) / 5 + 1, 'Album ' || i, 'Artist ' || ((i - 1) / 5 + 1) || '/2001 - Album ' || i FROM n",
		"INSERT INTO songs (songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate) "+fmt.Sprintf(upTo, songs)+
			"SELECT i, (i - 1) / 10 + 1, (i - 1) / 50 + 1, 'Song ' || i, 'path/' || i, (i - 1) % 10 + 1, 1, 0, 60 + i % 600, 320000 FROM n",
		"INSERT INTO tags (tagid, name, class) VALUES (2, 'Rock', 1), (3, 'Jazz', 1)",
		"INSERT INTO albumtags (albumid, tagid, confidence, approval) SELECT albumid, 2 + albumid % 2, 1.0, 1 FROM albums WHERE albumid % 3 = 0",
		"INSERT INTO songtags (songid, tagid, confidence, approval) SELECT songid, 2 + (songid / 10) % 2, 1.0, songid % 2 FROM songs",
	)
}

// BenchmarkChoose is a random song, the settings read from their files included:
// with and without genres, with long blacklists, behind a play that has changed
// the library, and when it is known that there is none.
func BenchmarkChoose(b *testing.B) {
	for _, songs := range []int{100_000, 1_000_000} {
		h := bigHouse(b, songs)
		for name, prepare := range map[string]func(){
			"genres=0": func() {},
			"genres=1": func() { must(b, h.state.SetGenre("Rock", true)) },
			"played":   func() { must(b, h.state.SetGenre("Rock", true)) },
			"lists=1000": func() {
				must(b, h.state.SetGenre("Rock", true))
				h.settings(func(r *state.Randy) {
					r.BlackLists = state.BlackLists{SongListLength: 1000, AlbumListLength: 1000, ArtistListLength: 1000, MaxAge: 24}
				})
				for song := range int64(1000) {
					h.songs.randy.remember(library.Song{ID: song * 59, AlbumID: song * 6, ArtistID: song}, h.clock.now().Unix(), state.BlackLists{SongListLength: 1000, AlbumListLength: 1000, ArtistListLength: 1000})
				}
			},
			"barren": func() {
				h.settings(func(r *state.Randy) { r.Constraints.MinSongLength, r.Constraints.MaxSongLength = 5000, -1 })
			},
		} {
			b.Run(fmt.Sprintf("songs=%d/%s", songs, name), func(b *testing.B) {
				h.fresh()
				prepare()
				h.songs.Refresh()
				b.ReportAllocs()
				for plays := int64(0); b.Loop(); plays++ {
					if name == "played" {
						b.StopTimer()
						must(b, h.library.SetLastPlayed(b.Context(), 77, time.Unix(plays, 0)))
						b.StartTimer()
					}
					if _, found := h.songs.randy.choose(); found == (name == "barren") {
						b.Fatal("chosen: ", found)
					}
				}
				if h.songs.randy.pools.built != 1 {
					b.Errorf("the index was made %d times", h.songs.randy.pools.built)
				}
			})
		}
	}
}

// BenchmarkIndex makes the index anew, as other settings do; B/song is what it
// keeps in memory.
func BenchmarkIndex(b *testing.B) {
	const songs = 1_000_000
	h := bigHouse(b, songs)
	for name, choice := range map[string]genres{"genres=0": {}, "genres=1": {"Rock"}, "genres=2": {"Rock", "Jazz"}} {
		b.Run(name, func(b *testing.B) {
			w := newWishes(h.library.Catalogue(), choice, state.Constraints{NoDisabled: true, MinSongLength: -1, MaxSongLength: -1})
			heap := func() uint64 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				return m.HeapAlloc
			}
			before := heap()
			p := build(w)
			kept := heap() - before
			b.ReportAllocs()
			for b.Loop() {
				p = build(w)
			}
			b.ReportMetric(float64(kept)/float64(p.size()), "B/song")
			if p.census.Songs != songs || p.size() == 0 {
				b.Fatal(p.census)
			}
		})
	}
}

type genres []string

func (g genres) GenreActive(name string) bool {
	for _, one := range g {
		if one == name {
			return true
		}
	}
	return false
}
func (g genres) SubgenreActive(string, string) bool { return true }

// A pick from the index, the settings known, allocates only what it is made of.
func TestPickAllocatesLittle(t *testing.T) {
	h := newHouse(t, []int{5, 5, 5, 5, 5, 5})
	r := h.songs.randy
	r.queued(1, 12, 23)
	p, m := r.pool(), r.memory()
	if n := testing.AllocsPerRun(100, func() {
		var pick Pick
		pick.draw(7, p.offer(m, true), p.song)
		if pick.Candidates == 0 {
			t.Fatal("none was drawn")
		}
	}); n > 16 {
		t.Errorf("%v allocations, the budget is 16", n)
	}
}
