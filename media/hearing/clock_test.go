package hearing

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// paced is a look at music that is heard, with some sound sent in some time.
func paced(passed, sent time.Duration) look {
	music := Level{Values: 20000, Energy: 2000}
	return look{passed: passed, sent: sent, wanted: true, in: input{song: music}, out: music}
}

// A pump that is late for a while and catches up is no drift, however often.
func TestLatePumpIsNoDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJudge(time.Minute) // a ring that stands still is another matter
		for range rapid.IntRange(1, 30).Draw(t, "times") {
			owed := time.Duration(0)
			for range rapid.IntRange(0, int(driftTime/period)-1).Draw(t, "late") {
				owed += period / 2
				if found := j.see(paced(period, period/2)); fault(found.on) {
					t.Fatalf("late by %v: %s", owed, definition.EventName(found.on))
				}
			}
			for range 3 {
				if found := j.see(paced(period, period+owed/3)); fault(found.on) {
					t.Fatalf("catching up: %s", definition.EventName(found.on))
				}
			}
		}
	})
}

// A pace that is wrong by some part is found once it has made the limit, in both
// directions; what is put right begins anew.
func TestDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]float64{-0.5, -0.1, -0.01, 0.01, 0.1, 1}).Draw(t, "rate")
		j := newJudge(time.Minute)
		due := time.Duration(float64(driftLimit)/max(rate, -rate)) + driftTime
		for range 2 {
			for passed := period; ; passed += period {
				found := j.see(paced(period, period+time.Duration(float64(period)*rate)))
				if found.on == OutOfStep {
					if found.cause != Clock || passed < due-2*period || passed > due+haltSettle+2*period {
						t.Fatalf("%v after %v, due after %v", found, passed, due)
					}
					break
				}
				if fault(found.on) || passed > due+haltSettle+2*period {
					t.Fatalf("%s after %v, due after %v", definition.EventName(found.on), passed, due)
				}
			}
			j.inStep()
		}
	})
}

// A machine that was suspended, or a daemon that was stopped, is no fault: neither
// the time that is missing nor what is made up for behind it.
func TestHaltIsNoFault(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJudge(defaultLimit)
		for range rapid.IntRange(1, 5).Draw(t, "halts") {
			for range rapid.IntRange(1, 40).Draw(t, "looks") {
				if found := j.see(paced(period, period)); fault(found.on) {
					t.Fatalf("between halts: %s", definition.EventName(found.on))
				}
			}
			halt := time.Duration(rapid.Int64Range(int64(haltLimit), int64(time.Hour)).Draw(t, "halt"))
			l := paced(period+halt, 0)
			l.halted, l.out, l.in = true, Level{}, input{}
			if found := j.see(l); fault(found.on) {
				t.Fatalf("behind a halt: %s", definition.EventName(found.on))
			}
			// The pump makes up for two seconds at most.
			if found := j.see(paced(period, period+min(halt, 2*time.Second))); fault(found.on) {
				t.Fatalf("made up for: %s", definition.EventName(found.on))
			}
		}
	})
}
