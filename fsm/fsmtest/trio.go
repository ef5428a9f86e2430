package fsmtest

import (
	"context"
	"errors"
	"reflect"

	"musicdb/fsm"
)

// failer is the part of *testing.T and *rapid.T that the checks need.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// trio is the same instance in all three runners, and what the table says about it.
type trio[S, E ~uint8] struct {
	def       *fsm.Definition[S, E]
	observer  *fsm.Observer[S, E]
	runner    *fsm.Runner[S, E]
	ledger    *fsm.Ledger[S, E]
	shared    *fsm.SharedLedger[S, E]
	inLedger  fsm.Instance[S]
	inShared  fsm.Instance[S]
	want      S
	wantSteps []fsm.Step[S, E]
}

const (
	id      = 7
	compare = 30 // steps of the traces that are compared: fewer than any runner keeps
)

func newTrio[S, E ~uint8](d *fsm.Definition[S, E]) *trio[S, E] {
	o := fsm.NewObserver(d, 0)
	tr := &trio[S, E]{def: d, observer: o, ledger: fsm.NewLedger(d), shared: fsm.NewSharedLedger(d), want: d.Initial()}
	tr.runner = fsm.NewRunner(d, o, fsm.Effects[S, E]{})
	tr.ledger.Start(&tr.inLedger, id, fsm.Now())
	tr.shared.Start(&tr.inShared, id, fsm.Now())
	return tr
}

// fire gives one event to all three and compares their verdicts and states with the table.
func (tr *trio[S, E]) fire(t failer, on E) {
	t.Helper()
	from := tr.want
	to, ok := tr.def.Next(from, on)
	tr.want = to
	tr.wantSteps = append(tr.wantSteps, fsm.Step[S, E]{From: from, On: on, To: to, Refused: !ok})

	now := fsm.Now()
	errRunner := tr.runner.Fire(context.Background(), on, nil)
	toLedger, errLedger := tr.ledger.Fire(&tr.inLedger, id, on, now)
	toShared, errShared := tr.shared.Fire(&tr.inShared, id, on, now)
	for _, err := range []error{errRunner, errLedger, errShared} {
		var refused *fsm.RefusedError
		if ok != (err == nil) || !ok && !errors.As(err, &refused) {
			tr.fail(t, "the table allows it: %t; Runner: %v; Ledger: %v; SharedLedger: %v", ok, errRunner, errLedger, errShared)
		}
		if refused != nil && (refused.State != tr.def.StateName(from) || refused.Event != tr.def.EventName(on) || refused.Machine != tr.def.Name()) {
			tr.fail(t, "the refusal names the wrong things: %v", err)
		}
	}
	for _, got := range []S{tr.runner.State(), toLedger, tr.inLedger.State(), toShared, tr.inShared.State()} {
		if got != to {
			tr.fail(t, "the table leads to %s; Runner: %s; Ledger: %s; SharedLedger: %s", tr.def.StateName(to),
				tr.def.StateName(tr.runner.State()), tr.def.StateName(toLedger), tr.def.StateName(toShared))
		}
	}
}

// end compares what is left of the walk: traces, counters, and the verdict on its end.
func (tr *trio[S, E]) end(t failer) {
	t.Helper()
	want := untimed(tr.wantSteps)
	for _, got := range [][]fsm.Step[S, E]{tr.runner.Trace(), tr.ledger.Trace(id), tr.shared.Trace(id)} {
		if got := untimed(got); !reflect.DeepEqual(got, want) {
			tr.fail(t, "a trace says\n%s", tr.def.FormatTrace(got))
		}
	}
	tr.counters(t)
	errRunner, errLedger, errShared := tr.runner.Close(), tr.ledger.End(&tr.inLedger, id), tr.shared.End(&tr.inShared, id)
	for _, err := range []error{errRunner, errLedger, errShared} {
		if tr.def.Terminal(tr.want) != (err == nil) {
			tr.fail(t, "ended in %s; Runner: %v; Ledger: %v; SharedLedger: %v", tr.def.StateName(tr.want), errRunner, errLedger, errShared)
		}
	}
	f := tr.counters(t)
	for state, n := range f.Occupancy {
		if n != 0 {
			tr.fail(t, "%d instances are left in state number %d", n, state)
		}
	}
}

// counters compares the three figures, times aside, because no two of them read the clock at the same moment.
func (tr *trio[S, E]) counters(t failer) fsm.Figures {
	t.Helper()
	tr.ledger.Publish()
	all := []fsm.Figures{tr.observer.Figures(), tr.ledger.Figures(), tr.shared.Figures()}
	for i := range all {
		all[i].TimeIn = nil
		if !reflect.DeepEqual(all[i], all[0]) {
			tr.fail(t, "figures differ: Runner %+v; Ledger %+v; SharedLedger %+v", all[0], all[1], all[2])
		}
	}
	var moves, refused uint64
	for _, n := range all[0].Edges {
		moves += n
	}
	for _, s := range tr.wantSteps {
		if s.Refused {
			refused++
		}
	}
	if refused != all[0].Refused || moves+refused != uint64(len(tr.wantSteps)) {
		tr.fail(t, "%d moves and %d refusals were counted in %d steps", moves, all[0].Refused, len(tr.wantSteps))
	}
	return all[0]
}

func (tr *trio[S, E]) fail(t failer, format string, args ...any) {
	t.Helper()
	t.Fatalf("%s: "+format+"\nafter\n%s", append(append([]any{tr.def.Name()}, args...), tr.def.FormatTrace(tr.wantSteps))...)
}

// untimed keeps the last steps and drops their times.
func untimed[S, E ~uint8](steps []fsm.Step[S, E]) []fsm.Step[S, E] {
	out := append([]fsm.Step[S, E]{}, steps[max(0, len(steps)-compare):]...)
	for i := range out {
		out[i].At = 0
	}
	return out
}
