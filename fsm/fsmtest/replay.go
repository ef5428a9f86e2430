package fsmtest

import (
	"errors"
	"fmt"
	"testing"

	"musicdb/fsm"
)

// Replay fires a recorded trace again and fails where the machine answers otherwise than recorded. The trace may begin in the
// middle of a life, as a bounded trace does. It returns the state in which the trace ends. The text of a failure report becomes
// a trace with Definition.ParseTrace.
func Replay[S, E ~uint8](t testing.TB, d *fsm.Definition[S, E], trace []fsm.Step[S, E]) S {
	t.Helper()
	end, err := replay(d, trace)
	if err != nil {
		t.Fatalf("%s: %v\nin the trace\n%s", d.Name(), err, d.FormatTrace(trace))
	}
	return end
}

// errReplay says that the machine does not do what was recorded.
var errReplay = errors.New("the machine does not follow the trace")

func replay[S, E ~uint8](d *fsm.Definition[S, E], trace []fsm.Step[S, E]) (S, error) {
	ledger := fsm.NewLedger(d)
	var in fsm.Instance[S]
	begin := d.Initial()
	if len(trace) > 0 {
		begin = trace[0].From
	}
	if d.StateName(begin) != d.StateName(in.State()) { // a trace may also begin without a life
		ledger.Start(&in, 1, fsm.Now())
		for _, on := range pathTo(d, begin) {
			if _, err := ledger.Fire(&in, 1, on, fsm.Now()); err != nil {
				return in.State(), err
			}
		}
	}
	for i, s := range trace {
		if in.State() != s.From {
			return in.State(), fmt.Errorf("%w: step %d begins in %s, the machine is in %s", errReplay, i+1, d.StateName(s.From), d.StateName(in.State()))
		}
		to, err := ledger.Fire(&in, 1, s.On, fsm.Now())
		if to != s.To || s.Refused != (err != nil) {
			verdict := "allowed"
			if err != nil {
				verdict = "refused"
			}
			return in.State(), fmt.Errorf("%w: step %d is %s and leads to %s", errReplay, i+1, verdict, d.StateName(to))
		}
	}
	return in.State(), nil
}
