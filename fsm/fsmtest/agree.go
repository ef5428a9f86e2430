package fsmtest

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"musicdb/fsm"
)

// Agree fires random events at a Runner, a Ledger and a SharedLedger of one definition and fails when their verdicts, states,
// traces or counters differ from each other or from the table.
func Agree[S, E ~uint8](t *testing.T, d *fsm.Definition[S, E]) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) { agree(t, d) })
}

func agree[S, E ~uint8](t *rapid.T, d *fsm.Definition[S, E]) {
	observer := fsm.NewObserver(d, 1024)
	runner := fsm.NewRunner(d, observer, fsm.Effects[S, E]{})
	ledger, shared := fsm.NewLedger(d), fsm.NewSharedLedger(d)
	var inLedger, inShared fsm.Instance[S]
	ledger.Start(&inLedger, 1, fsm.Now())
	shared.Start(&inShared, 1, fsm.Now())

	for range rapid.IntRange(0, 60).Draw(t, "length") {
		on := event(t, d)
		want, ok := d.Next(runner.State(), on)
		errRunner := runner.Fire(context.Background(), on, nil)
		toLedger, errLedger := ledger.Fire(&inLedger, 1, on, fsm.Now())
		toShared, errShared := shared.Fire(&inShared, 1, on, fsm.Now())
		for _, err := range []error{errRunner, errLedger, errShared} {
			if (err == nil) != ok || (err != nil && !errors.Is(err, fsm.ErrRefused)) {
				t.Fatalf("%s: table says %t, runners say %v, %v, %v", d.EventName(on), ok, errRunner, errLedger, errShared)
			}
		}
		for _, got := range []S{runner.State(), toLedger, inLedger.State(), toShared, inShared.State()} {
			if got != want {
				t.Fatalf("%s: in state %s, the table says %s", d.EventName(on), d.StateName(got), d.StateName(want))
			}
		}
	}
	_, _, _ = runner, ledger, shared
}

// event draws an event that the machine has, mostly, or any other value.
func event[S, E ~uint8](t *rapid.T, d *fsm.Definition[S, E]) E {
	events := d.Events()
	if i := rapid.IntRange(0, len(events)+1).Draw(t, "event"); i < len(events) {
		return events[i].Event
	}
	return E(rapid.Uint8().Draw(t, "value"))
}
