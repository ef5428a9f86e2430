package fsm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"musicdb/fsm"
)

// The library returns an error for a row from a state to itself and skips its leave and enter callbacks.
func TestTrapSelfTransitionSkipsLeaveAndEnter(t *testing.T) {
	var log []string
	note := func(what string) effect {
		return func(_ context.Context, tr transition) error {
			log = append(log, what)
			if tr.From != playing || tr.To != playing || tr.On != next || tr.Arg != "argument" {
				t.Errorf("%s is told %+v", what, tr)
			}
			return nil
		}
	}
	o := fsm.NewObserver(player(), 0)
	fx := effects{Before: map[event]effect{next: note("before")}, After: map[event]effect{next: note("after")}}
	r := fsm.NewRunner(player(), o, effects{})
	mustFire(t, r, play)
	if err := r.Fire(context.Background(), next, "argument"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); !errors.Is(err, fsm.ErrUnfinished) {
		t.Errorf("Close: %v", err)
	}
	fx.Leave = map[state]effect{playing: note("leave")}
	armed := false
	fx.Enter = map[state]effect{playing: func(ctx context.Context, tr transition) error {
		if !armed {
			return nil
		}
		return note("enter")(ctx, tr)
	}}
	r = fsm.NewRunner(player(), o, fx)
	mustFire(t, r, play)
	armed = true
	if err := r.Fire(context.Background(), next, "argument"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(log, " "); got != "before leave enter after" {
		t.Errorf("ran %q", got)
	}
	if f := o.Figures(); f.Edges[3] != 2 || f.Occupancy[playing] != 1 {
		t.Errorf("counted %+v", f)
	}
}

// The error of an effect of a self-transition stops the rest, as on any other row.
func TestTrapSelfTransitionHidesErrors(t *testing.T) {
	sentinel := errors.New("no")
	for _, test := range []struct {
		fx    effects
		phase fsm.Phase
		moves uint64
	}{
		{effects{Before: map[event]effect{next: func(context.Context, transition) error { return sentinel }}}, fsm.Before, 0},
		{effects{Leave: map[state]effect{playing: func(context.Context, transition) error { return sentinel }}}, fsm.Leave, 0},
		{effects{Enter: map[state]effect{playing: func(_ context.Context, tr transition) error {
			if tr.On == next {
				return sentinel
			}
			return nil
		}}}, fsm.Enter, 1},
		{effects{After: map[event]effect{next: func(context.Context, transition) error { return sentinel }}}, fsm.After, 1},
	} {
		o := fsm.NewObserver(player(), 0)
		r := fsm.NewRunner(player(), o, test.fx)
		mustFire(t, r, play)
		err := r.Fire(context.Background(), next, nil)
		var failed *fsm.EffectError
		if !errors.As(err, &failed) || !errors.Is(err, sentinel) || failed.Phase != test.phase || o.Figures().Edges[3] != test.moves {
			t.Errorf("%s: %v, counted %v", test.phase, err, o.Figures().Edges)
		}
	}
}
