package hearing

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// slots is in how many parts the model divides a look: what is fed in one slot
// comes out some slots later.
const slots = 10

// period is the time of a look in these tests.
const period = defaultLimit / looksPerLimit

// way is a model of the way from the pump to a listener. Levels are powers per
// slot.
type way struct {
	lag    int // slots, at most those of a look
	gain   float64
	broken func(slot int) bool // nothing gets through
	fed    []float64
}

// look feeds a look's levels (dBFS, one for each slot) and returns what is
// measured at both ends.
func (w *way) look(levels [slots]float64) look {
	l := look{passed: period, sent: period, wanted: true, empty: true}
	for _, level := range levels {
		power := math.Pow(10, level/10)
		if level <= none {
			power = 0
		}
		w.fed = append(w.fed, power)
		l.in.song = l.in.song.add(Level{Values: 2000, Energy: 2000 * power})
		at := len(w.fed) - 1 - w.lag
		heard := 0.0
		if at >= 0 && (w.broken == nil || !w.broken(at)) {
			heard = w.fed[at] * w.gain
		}
		l.out = l.out.add(Level{Values: 2000, Energy: 2000 * heard})
		l.empty = l.empty && heard == 0
	}
	return l
}

func steady(level float64) (all [slots]float64) {
	for i := range all {
		all[i] = level
	}
	return all
}

// fault reports whether an event is one.
func fault(on Event) bool { return on >= NothingOut && on <= OutOfStep }

// Whatever the music is (beats, pauses of any length, fading, a single click), and
// however long its way is, up to a look: a way that carries it is never blamed.
func TestSoundThatArrivesIsNeverBlamed(t *testing.T) {
	level := rapid.OneOf(rapid.Just(float64(none)), rapid.Float64Range(-110, 0))
	rapid.Check(t, func(t *rapid.T) {
		w := &way{lag: rapid.IntRange(0, slots).Draw(t, "lag"), gain: math.Pow(10, rapid.Float64Range(-0.2, 0.2).Draw(t, "gain"))}
		j := newJudge(defaultLimit)
		blind := rapid.Bool().Draw(t, "blind")
		for part := range rapid.IntRange(1, 12).Draw(t, "parts") {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			a, b := level.Draw(t, "a"), level.Draw(t, "b")
			every := rapid.IntRange(1, 4*slots).Draw(t, "beat")
			for i := range rapid.IntRange(1, 12).Draw(t, "looks") {
				var levels [slots]float64
				for s := range levels {
					switch kind {
					case 0:
						levels[s] = a
					case 1:
						levels[s] = level.Draw(t, "slot")
					default: // beats: a for one slot, b until the next
						levels[s] = b
						if (i*slots+s)%every == 0 {
							levels[s] = a
						}
					}
				}
				l := w.look(levels)
				if blind {
					l.out = Level{}
				}
				if found := j.see(l); fault(found.on) {
					t.Fatalf("part %d, look %d: %s because of %v; %+v", part, i, definition.EventName(found.on), found.cause, l)
				}
			}
		}
	})
}

// When music stops coming through, that is found within the limit and two looks.
func TestLostSoundIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		breaks := rapid.IntRange(3*slots, 20*slots).Draw(t, "breaks")
		limit := time.Duration(rapid.IntRange(1, 10).Draw(t, "limit")) * defaultLimit
		w := &way{lag: rapid.IntRange(0, slots).Draw(t, "lag"), gain: 1, broken: func(slot int) bool { return slot >= breaks }}
		j := newJudge(limit)
		level := rapid.Float64Range(silent+1, 0).Draw(t, "level")
		blind := rapid.Bool().Draw(t, "blind")
		for i := 0; ; i++ {
			l := w.look(steady(level))
			if blind {
				l.out = Level{}
			}
			found := j.see(l)
			since := time.Duration((i+1)*slots-w.lag-breaks) * period / slots
			if fault(found.on) {
				if found.on != NothingOut || found.cause != Encoder {
					t.Fatalf("%s because of %v", definition.EventName(found.on), found.cause)
				}
				if since < limit-period {
					t.Fatalf("found %v after the break, the limit is %v", since, limit)
				}
				return
			}
			if since > limit+2*period {
				t.Fatalf("not found %v after the break, the limit is %v: %+v", since, limit, j)
			}
		}
	})
}

// Causes are told apart by what goes in.
func TestCauses(t *testing.T) {
	music := Level{Values: 20000, Energy: 2000}
	silence := Level{Values: 20000}
	for name, c := range map[string]struct {
		look look
		want finding
	}{
		"encoder mute":      {look{sent: period, wanted: true, in: input{song: music}, out: silence}, finding{NothingOut, Encoder}},
		"no encoder":        {look{sent: period, wanted: true, out: silence}, finding{NothingOut, Encoder}},
		"decoder hangs":     {look{sent: period, wanted: true, in: input{starved: 10000}, out: silence}, finding{NothingIn, Decoder}},
		"no song":           {look{sent: period, wanted: true, in: input{nobody: 10000}, out: silence}, finding{NoSong, Queue}},
		"no frames":         {look{wanted: true, in: input{song: music}}, finding{NoFrames, Still}},
		"no frames, paused": {look{in: input{pause: 10000}}, finding{NoFrames, Still}},
		"blind and empty":   {look{sent: period, wanted: true, empty: true, in: input{song: music}}, finding{NothingOut, Encoder}},
		"blind":             {look{sent: period, wanted: true, in: input{song: music}}, finding{on: Heard}},
		"silent song":       {look{sent: period, wanted: true, in: input{song: silence}, out: silence}, finding{on: SongSilent}},
		"pause":             {look{sent: period, in: input{pause: 10000}, out: silence}, finding{on: Rest}},
		"far too faint":     {look{sent: period, wanted: true, in: input{song: music}, out: Level{Values: 20000, Energy: 2}}, finding{NothingOut, Encoder}},
		"a loud song that clips by itself": {look{sent: period, wanted: true, in: input{song: Level{Values: 20000, Energy: 15000, Over: 900}},
			out: Level{Values: 20000, Energy: 16000, Over: 1500}}, finding{on: Heard}},
		"overdriven on the way": {look{sent: period, wanted: true, in: input{song: music}, out: Level{Values: 20000, Energy: 18000, Over: 1500}}, finding{Overdriven, Distortion}},
	} {
		j := newJudge(defaultLimit)
		j.see(look{passed: period, sent: period, wanted: true, in: input{song: music}, out: music})
		var found finding
		for range 8 {
			l := c.look
			l.passed = period
			found = j.see(l)
		}
		if found != c.want {
			t.Errorf("%s: %s because of %v, want %s because of %v", name, definition.EventName(found.on), found.cause,
				definition.EventName(c.want.on), c.want.cause)
		}
	}
}

// At the beginning children have to be started: silence is granted for longer.
func TestFirstSoundMayTakeItsTime(t *testing.T) {
	j := newJudge(defaultLimit)
	for passed := period; passed < firstSound; passed += period {
		if found := j.see(look{passed: period, sent: period, wanted: true, out: Level{Values: 1}}); found.on != Doubt {
			t.Fatalf("after %v: %s", passed, definition.EventName(found.on))
		}
	}
	if found := j.see(look{passed: period, sent: period, wanted: true, out: Level{Values: 1}}); found.on != NothingOut {
		t.Errorf("after %v: %s", firstSound, definition.EventName(found.on))
	}
}
