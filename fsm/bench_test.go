package fsm_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"musicdb/fsm"
)

// lap is a walk through the player's table that ends where it starts: idle, and one event in it is refused.
var lap = []event{play, next, pause, pause, play, stop}

const (
	lapMoves   = 5
	lapRefused = 1
)

func checkLaps(b *testing.B, f fsm.Figures, laps uint64) {
	b.Helper()
	var moves uint64
	for _, n := range f.Edges {
		moves += n
	}
	if moves != laps*lapMoves || f.Refused != laps*lapRefused {
		b.Fatalf("%d laps made %d moves and %d refusals", laps, moves, f.Refused)
	}
}

func perEvent(b *testing.B, laps uint64, parallel int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())*float64(parallel)/float64(laps*uint64(len(lap))), "ns/event")
}

// BenchmarkLedger fires with everything on: counters, refused events, trace.
func BenchmarkLedger(b *testing.B) {
	l := fsm.NewLedger(player())
	var in fsm.Instance[state]
	now := fsm.Now()
	l.Start(&in, 1, now)
	b.ReportAllocs()
	laps := uint64(0)
	for b.Loop() {
		for _, on := range lap {
			_, _ = l.Fire(&in, 1, on, now)
		}
		laps++
	}
	l.Publish()
	perEvent(b, laps, 1)
	checkLaps(b, l.Figures(), laps)
}

// BenchmarkSharedLedger is one goroutine on counters that others could use.
func BenchmarkSharedLedger(b *testing.B) {
	l := fsm.NewSharedLedger(player())
	var in fsm.Instance[state]
	now := fsm.Now()
	l.Start(&in, 1, now)
	b.ReportAllocs()
	laps := uint64(0)
	for b.Loop() {
		for _, on := range lap {
			_, _ = l.Fire(&in, 1, on, now)
		}
		laps++
	}
	perEvent(b, laps, 1)
	checkLaps(b, l.Figures(), laps)
}

// BenchmarkSharedLedgerParallel is every core at once. ns/event is the time one goroutine spends on an event.
func BenchmarkSharedLedgerParallel(b *testing.B) {
	for _, bench := range []struct {
		name string
		step uint32 // distance of the instances' ids
	}{{"instances=spread", 1}, {"instances=colliding", 0}} {
		b.Run(bench.name, func(b *testing.B) {
			l := fsm.NewSharedLedger(player())
			var ids, laps atomic.Uint64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				id := uint32(ids.Add(1)) * bench.step
				var in fsm.Instance[state]
				l.Start(&in, id, fsm.Now())
				n := uint64(0)
				for now := fsm.Now(); pb.Next(); n++ {
					for _, on := range lap {
						_, _ = l.Fire(&in, id, on, now)
					}
				}
				laps.Add(n)
			})
			perEvent(b, laps.Load(), runtime.GOMAXPROCS(0))
			checkLaps(b, l.Figures(), laps.Load())
		})
	}
}

// BenchmarkRunner is the same walk on looplab/fsm, as often as the ledger's.
func BenchmarkRunner(b *testing.B) {
	d := player()
	o := fsm.NewObserver(d, 64)
	r := fsm.NewRunner(d, o, fsm.Effects[state, event]{})
	b.ReportAllocs()
	laps := uint64(0)
	for b.Loop() {
		for _, on := range lap {
			_ = r.Fire(context.Background(), on, nil)
		}
		laps++
	}
	perEvent(b, laps, 1)
	checkLaps(b, o.Figures(), laps)
}
