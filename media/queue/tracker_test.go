package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/fsm/fsmtest"
)

func TestChainRunsTheSameOnBothRunners(t *testing.T) { fsmtest.Agree(t, chain) }

// diary is a History that can be told to fail.
type diary struct {
	plays, relations []string
	fail, failPlays  error
}

func (d *diary) AddPlay(_ context.Context, id int64, at time.Time, random bool) error {
	if d.failPlays != nil {
		return d.failPlays
	}
	d.plays = append(d.plays, fmt.Sprintf("%d@%d %v", id, at.Unix()/60, random))
	return nil
}

func (d *diary) AddRelation(_ context.Context, a, b int64) error {
	if d.fail != nil {
		return d.fail
	}
	d.relations = append(d.relations, fmt.Sprintf("%d-%d", a, b))
	return nil
}

// Each case is a listening session: song and minute at which it ended, "r" for a
// random song, "cut" for a new beginning.
func TestTracker(t *testing.T) {
	type play struct {
		song   int64
		minute int
		random bool
	}
	for _, c := range []struct {
		name                  string
		trackRandom, disabled bool
		plays                 []play
		relations             []string
	}{
		{"one song", false, false, []play{{1, 0, false}}, nil},
		{"a chain", false, false, []play{{1, 0, false}, {2, 4, false}, {3, 8, false}}, []string{"1-2", "2-3"}},
		{"the same song again", false, false, []play{{1, 0, false}, {1, 4, false}, {2, 8, false}}, []string{"1-2"}},
		{"random songs are transparent", false, false, []play{{1, 0, false}, {7, 4, true}, {2, 8, false}}, []string{"1-2"}},
		{"random songs count when wanted", true, false, []play{{1, 0, false}, {7, 4, true}, {2, 8, false}}, []string{"1-7", "7-2"}},
		{"random songs begin no chain", false, false, []play{{7, 0, true}, {1, 4, false}}, nil},
		{"a gap of the cut time", false, false, []play{{1, 0, false}, {2, 30, false}}, []string{"1-2"}},
		{"a longer gap", false, false, []play{{1, 0, false}, {2, 31, false}, {3, 35, false}}, []string{"2-3"}},
		{"random songs fill the gap", false, false, []play{{1, 0, false}, {7, 20, true}, {2, 40, false}}, []string{"1-2"}},
		{"disabled", false, true, []play{{1, 0, false}, {2, 4, false}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, ctx := &diary{}, t.Context()
			tracker := NewTracker(d, 30*time.Minute, c.trackRandom, c.disabled)
			var plays []string
			for _, p := range c.plays {
				must(t, tracker.Track(ctx, p.song, p.random, time.Unix(int64(p.minute)*60, 0)))
				if !c.disabled {
					plays = append(plays, fmt.Sprintf("%d@%d %v", p.song, p.minute, p.random))
				}
			}
			if !slices.Equal(d.relations, c.relations) || !slices.Equal(d.plays, plays) {
				t.Errorf("relations %v, want %v; plays %v, want %v", d.relations, c.relations, d.plays, plays)
			}
			must(t, tracker.Close(ctx))
			must(t, tracker.Close(ctx))
			if got := tracker.Source().Figures(); got.Refused != 0 {
				t.Errorf("%d events were refused", got.Refused)
			}
		})
	}
}

func TestTrackerFailures(t *testing.T) {
	ctx, broken := t.Context(), errors.New("disk full")
	d := &diary{}
	tracker := NewTracker(d, time.Hour, false, false)
	at := func(minute int64) time.Time { return time.Unix(minute*60, 0) }
	must(t, tracker.Track(ctx, 1, false, at(0)))
	d.fail = broken
	if err := tracker.Track(ctx, 2, false, at(1)); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	d.fail = nil
	must(t, tracker.Track(ctx, 3, false, at(2)))
	must(t, tracker.Cut(ctx))
	must(t, tracker.Track(ctx, 4, false, at(3)))
	if want := []string{"1-3"}; !slices.Equal(d.relations, want) {
		t.Errorf("relations %v, want %v", d.relations, want)
	}
}

// Plays that a full disk does not take are written in their order when it takes them, at
// the latest by Close; those of more than two days are not kept.
func TestPlaysWaitForTheDisk(t *testing.T) {
	ctx, full := t.Context(), errors.New("disk full")
	d := &diary{failPlays: full}
	tracker := NewTracker(d, time.Hour, false, false)
	at := func(minute int64) time.Time { return time.Unix(minute*60, 0) }
	for song := range int64(2) {
		if err := tracker.Track(ctx, song, false, at(song)); !errors.Is(err, full) {
			t.Errorf("error %v", err)
		}
	}
	d.failPlays = nil
	must(t, tracker.Track(ctx, 2, true, at(2)))
	if want := []string{"0@0 false", "1@1 false", "2@2 true"}; !slices.Equal(d.plays, want) {
		t.Errorf("plays %v, want %v", d.plays, want)
	}
	d.plays, d.failPlays = nil, full
	for song := range int64(maxOwed + 5) {
		if err := tracker.Track(ctx, song, false, at(song)); !errors.Is(err, full) {
			t.Fatalf("error %v", err)
		}
	}
	d.failPlays = nil
	must(t, tracker.Close(ctx))
	if len(d.plays) != maxOwed || d.plays[0] != "5@5 false" {
		t.Errorf("%d plays from %v, want %d from the sixth on", len(d.plays), d.plays[:1], maxOwed)
	}
}

// The rules, written down once more the dumb way: the chain is the list of songs
// that count since the last long gap.
func TestTrackerAgainstItsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trackRandom := rapid.Bool().Draw(t, "trackRandom")
		d := &diary{}
		tracker := NewTracker(d, 30*time.Minute, trackRandom, false)
		var chain []int64
		var want []string
		minute, before := 0, -1000
		for range rapid.IntRange(1, 30).Draw(t, "plays") {
			minute += rapid.SampledFrom([]int{1, 29, 30, 31, 100}).Draw(t, "gap")
			song, random := rapid.Int64Range(1, 4).Draw(t, "song"), rapid.Bool().Draw(t, "random")
			if err := tracker.Track(t.Context(), song, random, time.Unix(int64(minute)*60, 0)); err != nil {
				t.Fatal(err)
			}
			if minute-before > 30 {
				chain = nil
			}
			before = minute
			if random && !trackRandom {
				continue
			}
			if n := len(chain); n > 0 && chain[n-1] != song {
				want = append(want, fmt.Sprintf("%d-%d", chain[n-1], song))
			}
			chain = append(chain, song)
		}
		if !slices.Equal(d.relations, want) {
			t.Fatalf("relations %v, want %v", d.relations, want)
		}
	})
}

// With the real library behind it the relations are rows of the tracker.
func TestTrackerWritesToTheLibrary(t *testing.T) {
	h := newHouse(t, []int{3})
	tracker := NewTracker(SongHistory(h.library), 30*time.Minute, false, false)
	for _, song := range []int64{1, 2, 1} {
		must(t, tracker.Track(t.Context(), song, false, h.clock.now()))
	}
	h.close()
	if got := query(t, h.dir, "tracker.db", "SELECT weight FROM songrelations WHERE songida = 1 AND songidb = 2"); got != 2 {
		t.Errorf("weight %d, want 2", got)
	}
	if got := query(t, h.dir, "tracker.db", "SELECT COUNT(*) FROM playedsongs WHERE timestamp = 1700000000 AND random = 0"); got != 3 {
		t.Errorf("%d plays, want 3", got)
	}
	h.open()
}
