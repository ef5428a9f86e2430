package fsmtest

import (
	"context"
	"errors"
	"reflect"

	"musicdb/fsm"
)

// trio is the same instance in all three runners, and what the table says about it.
type trio[S, E ~uint8] struct {
	*bench[S, E]
	id        uint32
	runner    *fsm.Runner[S, E]
	inLedger  fsm.Instance[S]
	inShared  fsm.Instance[S]
	want      S
	wantSteps []fsm.Step[S, E]
}

// compare is how many steps of the traces are compared: fewer than any runner keeps.
const compare = 30

// begin starts a life in all three.
func (b *bench[S, E]) begin() *trio[S, E] {
	b.lastID++
	tr := &trio[S, E]{bench: b, id: b.lastID, want: b.def.Initial()}
	tr.runner = fsm.NewRunner(b.def, b.observer, fsm.Effects[S, E]{})
	b.ledger.Start(&tr.inLedger, tr.id, fsm.Now())
	b.shared.Start(&tr.inShared, tr.id, fsm.Now())
	b.want.Started++
	b.want.Occupancy[b.stateAt[tr.want]]++
	return tr
}

// fire gives one event to all three and compares their verdicts and states with the table.
func (tr *trio[S, E]) fire(t failer, on E) {
	t.Helper()
	from := tr.want
	to, ok := tr.def.Next(from, on)
	tr.want = to
	step := fsm.Step[S, E]{From: from, On: on, To: to, Refused: !ok}
	tr.wantSteps = append(tr.wantSteps, step)
	tr.count(step)

	now := fsm.Now()
	errRunner := tr.runner.Fire(context.Background(), on, nil)
	toLedger, errLedger := tr.ledger.Fire(&tr.inLedger, tr.id, on, now)
	toShared, errShared := tr.shared.Fire(&tr.inShared, tr.id, on, now)
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

// traces compares what the runners remember of this life. It must come before the next life fires: the ledgers keep the
// steps of all lives together.
func (tr *trio[S, E]) traces(t failer) {
	t.Helper()
	want := untimed(tr.wantSteps)
	for _, got := range [][]fsm.Step[S, E]{tr.runner.Trace(), tr.ledger.Trace(tr.id), tr.shared.Trace(tr.id)} {
		if got := untimed(got); !reflect.DeepEqual(got, want) {
			tr.fail(t, "a trace says\n%s", tr.def.FormatTrace(got))
		}
	}
}

// end ends the life and compares the verdicts on where it ended.
func (tr *trio[S, E]) end(t failer) {
	t.Helper()
	errRunner, errLedger, errShared := tr.runner.Close(), tr.ledger.End(&tr.inLedger, tr.id), tr.shared.End(&tr.inShared, tr.id)
	for _, err := range []error{errRunner, errLedger, errShared} {
		if tr.def.Terminal(tr.want) != (err == nil) {
			tr.fail(t, "ended in %s; Runner: %v; Ledger: %v; SharedLedger: %v", tr.def.StateName(tr.want), errRunner, errLedger, errShared)
		}
	}
	tr.bench.want.Ended++
	tr.bench.want.Occupancy[tr.stateAt[tr.want]]--
	if !tr.def.Terminal(tr.want) {
		tr.bench.want.Unfinished++
	}
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
