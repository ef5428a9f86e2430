package stream

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"musicdb/media/library"
)

// plays counts what was tracked.
type plays struct {
	mu    sync.Mutex
	songs []int64
}

func (p *plays) Track(_ context.Context, song int64, _ bool, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.songs = append(p.songs, song)
	return nil
}

func (p *plays) list() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.songs)
}

// levels are the amplitudes of two tones in each window of a recording. Windows
// hold whole periods of multiples of 100 Hz, so neither tone is taken for the other.
func levels(s wave, a, b float64) (la, lb []float64) {
	for ; len(s) >= window; s = s[window:] {
		la = append(la, s[:window].level(a))
		lb = append(lb, s[:window].level(b))
	}
	return la, lb
}

// Two songs cross with equal power over the time that was set. The new one is the
// current entry from its first sample, and each is counted once.
func TestCrossfade(t *testing.T) {
	t.Parallel()
	const fade = 2 * time.Second
	s := newStation(t, track{name: "A", hz: 400, length: 10 * time.Second},
		track{name: "B", hz: 800, length: 10 * time.Second}, track{name: "C", hz: 1600, length: 60 * time.Second})
	ids := s.enqueue(2, 1, 3) // the first two are not in the order of the album
	tracked := &plays{}
	s.start(StartPlay, func(o *Options) { o.Crossfade, o.Tracker = fade, tracked })
	heard := s.listen()
	began := s.until("A", func(now State) bool { return now.Entry.ID == ids[1] })
	if began.Seconds > fade.Seconds()/2 {
		t.Errorf("A is the current entry from its second %v on", began.Seconds)
	}
	s.until("C, which belongs behind A", func(now State) bool { return now.Entry.ID == ids[2] && now.Seconds > 1 })
	la, lb := levels(decode(t, heard()), 800, 400)

	var alone, both, after int
	heardAt := func(i int) bool { return la[i] > 0.025 && lb[i] > 0.025 }
	for i := 1; i < len(la)-1; i++ {
		a, b := la[i]/0.5, lb[i]/0.5
		switch {
		// A single window may hold the beginning or the end of a song.
		case heardAt(i) && !heardAt(i-1) && !heardAt(i+1):
		case heardAt(i):
			both++
			if p := a*a + b*b; math.Abs(p-1) > 0.06 {
				t.Errorf("window %d: the tones are %.3f and %.3f loud, the power is %.3f", i, a, b, p)
			}
		case a > 0.9:
			alone++
		case b > 0.9:
			after++
		}
	}
	// A factor of 0.05 is reached after 3 % of a fade, at either end.
	span := func(windows int) time.Duration { return time.Duration(windows) * 10 * time.Millisecond }
	if d := span(both) - fade*94/100; d.Abs() > 60*time.Millisecond {
		t.Errorf("the songs sound together for %v, want %v", span(both), fade*94/100)
	}
	for name, d := range map[string]time.Duration{"B": span(alone) - 8*time.Second, "A": span(after) - 8*time.Second} {
		if d < -300*time.Millisecond || d > 300*time.Millisecond {
			t.Errorf("%s sounds alone for %v longer than it should", name, d)
		}
	}
	if got := tracked.list(); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("tracked %v, want each of the two songs once", got)
	}
	for song := int64(1); song <= 2; song++ {
		if row, _ := s.library.Catalogue().Song(song); row.LastPlayed == 0 {
			t.Errorf("song %d was played and has no time of it", song)
		}
	}
}

// Nothing is faded where an album goes on, where a song is short, or where nothing
// is set.
func TestWhereNothingIsFaded(t *testing.T) {
	song := func(album, cd, number, seconds int64) library.Song {
		return library.Song{AlbumID: album, CD: cd, Number: number, Playtime: seconds}
	}
	for name, c := range map[string]struct {
		from, to library.Song
		set      time.Duration
		want     time.Duration
	}{
		"two albums":               {song(1, 1, 1, 200), song(2, 1, 2, 200), 5 * time.Second, 5 * time.Second},
		"an album in order":        {song(1, 1, 1, 200), song(1, 1, 2, 200), 5 * time.Second, 0},
		"its next disc":            {song(1, 1, 9, 200), song(1, 2, 1, 200), 5 * time.Second, 0},
		"an album out of order":    {song(1, 1, 2, 200), song(1, 1, 1, 200), 5 * time.Second, 5 * time.Second},
		"songs of no album":        {song(0, 1, 1, 200), song(0, 1, 2, 200), 5 * time.Second, 5 * time.Second},
		"the same song again":      {song(1, 1, 1, 200), song(1, 1, 1, 200), 5 * time.Second, 5 * time.Second},
		"from a short song":        {song(1, 1, 1, 19), song(2, 1, 1, 200), 5 * time.Second, 0},
		"to a short song":          {song(1, 1, 1, 200), song(2, 1, 1, 19), 5 * time.Second, 0},
		"to one of unknown length": {song(1, 1, 1, 200), song(2, 1, 1, 0), 5 * time.Second, 0},
		"no crossfade set":         {song(1, 1, 1, 200), song(2, 1, 1, 200), 0, 0},
	} {
		conductor := &conductor{s: &Stream{o: Options{Crossfade: c.set}}}
		if got := conductor.crossfade(c.from, c.to); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, wrong := range []time.Duration{-1, CrossfadeLimit + 1} {
		s := newStation(t)
		if _, err := New(Options{Queue: s.queue, Library: s.library, Music: s.music, Tool: s.tool, Crossfade: wrong}); err == nil {
			t.Errorf("a crossfade of %v is taken", wrong)
		}
	}
}

// A pause in the midst of a crossfade holds both songs, a skip ends both.
func TestPauseAndSkipInACrossfade(t *testing.T) {
	t.Parallel()
	const fade = 4 * time.Second
	s := newStation(t, track{name: "A", hz: 400, length: 16 * time.Second},
		track{name: "B", hz: 800, length: 16 * time.Second}, track{name: "C", hz: 1600, length: 60 * time.Second})
	ids := s.enqueue(2, 1, 3, 2)
	tracked := &plays{}
	s.start(StartPlay, func(o *Options) { o.Crossfade, o.Tracker = fade, tracked })
	heard := s.listen()
	s.until("the midst of the fade", func(now State) bool { return now.Entry.ID == ids[1] && now.Seconds > 0.8 })
	s.stream.Play(false)
	s.until("the pause", func(now State) bool { return now.Audio == Paused })
	if state := s.stream.pump.machine.State(); state != DeckHeld {
		t.Errorf("the deck is %v in the pause", state)
	}
	s.wait("heartbeat", func(e Event) bool { return e.Kind == TimeChanged })
	s.stream.Play(true)
	s.until("the end of the fade", func(now State) bool { return now.Entry.ID == ids[1] && now.Seconds > fade.Seconds()+1 })
	s.until("C fading in", func(now State) bool { return now.Entry.ID == ids[2] && now.Seconds > 0.5 })
	s.stream.Skip()
	s.until("another song", func(now State) bool { return now.Entry.ID != ids[2] && now.Audio == Playing && now.Seconds > 0.5 })
	if got := tracked.list(); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("tracked %v, want the two songs that were played, once each", got)
	}
	lb, la := levels(decode(t, heard()), 800, 400)
	var silent, both int
	for i := range la {
		switch {
		case la[i] > 0.025 && lb[i] > 0.025:
			both++
		case both > 0 && la[i] < 0.01 && lb[i] < 0.01 && silent < 100:
			silent++
		}
	}
	if span := time.Duration(both) * 10 * time.Millisecond; (span - fade*94/100).Abs() > 150*time.Millisecond {
		t.Errorf("the songs sound together for %v, want about %v", span, fade*94/100)
	}
	if silent < 50 {
		t.Errorf("%d windows of silence in the pause", silent)
	}
}
