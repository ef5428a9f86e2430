package stream

import (
	"math"
	"sync"
	"testing"
	"time"

	"musicdb/media/library"
)

// The gain is asked for when a song is opened, with its place in the queue, and
// is heard from the first to the last sample of the song.
func TestLevel(t *testing.T) {
	t.Parallel()
	s := newStation(t,
		track{name: "A", hz: 441, length: 3 * time.Second},
		track{name: "B", hz: 882, length: 3 * time.Second},
		track{name: "C", hz: 1764, length: 3 * time.Second},
		track{name: "D", hz: 661.5, length: 30 * time.Second},
	)
	s.enqueue(2, 1, 3, 4) // B stands alone, the others in their order
	var mu sync.Mutex
	asked := map[string]bool{}
	s.start(StartPlay, func(o *Options) {
		o.Level = func(song library.Song, inAlbum bool) float64 {
			mu.Lock()
			defer mu.Unlock()
			asked[song.Name] = inAlbum
			return map[string]float64{"A": 0.5, "B": 1.5, "C": 1, "D": math.NaN()}[song.Name]
		}
	})
	heard := s.listen()
	s.until("D", func(now State) bool { return now.Entry.SongID == 4 && now.Seconds > 1 })
	sound := decode(t, heard())
	for name, want := range map[string]struct {
		hz, level float64
		inAlbum   bool
	}{"A": {441, 0.25, true}, "B": {882, 0.75, false}, "C": {1764, 0.5, true}, "D": {661.5, 0.5, true}} {
		loud, quiet := 0, 0
		for at := 0; at+window <= len(sound); at += window {
			switch level := sound[at : at+window].level(want.hz); {
			case math.Abs(level-want.level) < 0.02*want.level:
				loud++
			case level > 0.1:
				quiet++ // of a change of song, at most
			}
		}
		if loud < 90 || quiet > 3 {
			t.Errorf("%s: %d windows at the level %v, %d at another one", name, loud, want.level, quiet)
		}
		mu.Lock()
		if in, ok := asked[name]; !ok || in != want.inAlbum {
			t.Errorf("%s: asked %v, in its album %v, want %v", name, ok, in, want.inAlbum)
		}
		mu.Unlock()
	}
}
