package fsm_test

import (
	"context"
	"testing"
	"time"

	"github.com/looplab/fsm"

	ours "musicdb/fsm"
)

// bareLooplab is the player's table in the library, without callbacks, counters or refusals of ours.
func bareLooplab() *fsm.FSM {
	d := player()
	var events fsm.Events
	for _, r := range d.Rows() {
		events = append(events, fsm.EventDesc{Name: d.EventName(r.On), Src: []string{d.StateName(r.From)}, Dst: d.StateName(r.To)})
	}
	return fsm.NewFSM(d.StateName(idle), events, nil)
}

// BenchmarkLooplab is the library alone on the same walk.
func BenchmarkLooplab(b *testing.B) {
	m := bareLooplab()
	names := lapNames()
	b.ReportAllocs()
	laps := uint64(0)
	for b.Loop() {
		for _, name := range names {
			_ = m.Event(context.Background(), name)
		}
		laps++
	}
	perEvent(b, laps, 1)
	if m.Current() != "Idle" {
		b.Fatalf("ended in %s", m.Current())
	}
}

// BenchmarkLedgerAgainstLooplab walks both in turns and reports how many events of the ledger, with counters and trace, take as
// long as one of the bare library. Turns of a millisecond let both meet the same disturbances.
func BenchmarkLedgerAgainstLooplab(b *testing.B) {
	m, l := bareLooplab(), ours.NewLedger(player())
	names := lapNames()
	var in ours.Instance[state]
	l.Start(&in, 1, ours.Now())
	var inLooplab, inLedger time.Duration
	var looplabLaps, ledgerLaps uint64
	for b.Loop() {
		const laps = 500
		begin := time.Now()
		for range laps {
			for _, name := range names {
				_ = m.Event(context.Background(), name)
			}
		}
		middle := time.Now()
		now := ours.Now()
		for range 20 * laps {
			for _, on := range lap {
				_, _ = l.Fire(&in, 1, on, now)
			}
		}
		inLooplab += middle.Sub(begin)
		inLedger += time.Since(middle)
		looplabLaps += laps
		ledgerLaps += 20 * laps
	}
	perLooplab := float64(inLooplab) / float64(looplabLaps)
	perLedger := float64(inLedger) / float64(ledgerLaps)
	b.ReportMetric(perLooplab/perLedger, "looplab/ledger")
	l.Publish()
	checkLaps(b, l.Figures(), ledgerLaps)
	if m.Current() != "Idle" {
		b.Fatalf("ended in %s", m.Current())
	}
}

func lapNames() []string {
	names := make([]string, len(lap))
	for i, on := range lap {
		names[i] = player().EventName(on)
	}
	return names
}
