package fsm_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"musicdb/fsm"
)

func TestRunnerRefusals(t *testing.T) {
	o := fsm.NewObserver(player(), 0)
	_ = fsm.NewRunner(player(), o, effects{})
	r := fsm.NewRunner(player(), o, effects{Before: map[event]effect{stop: func(context.Context, transition) error {
		t.Error("an effect of a refused event runs")
		return nil
	}}})
	for _, on := range []event{stop, next, 77, 255} {
		err := r.Fire(context.Background(), on, nil)
		var refused *fsm.RefusedError
		if !errors.As(err, &refused) || !errors.Is(err, fsm.ErrRefused) || refused.Instance != 2 || refused.State != "Idle" || refused.Machine != "player" {
			t.Errorf("event %d: %v", on, err)
		}
	}
	f := o.Figures()
	if f.Refused != 4 || len(f.RefusedBy) != 3 || f.RefusedBy[2] != (fsm.Refusals{State: "Idle", Event: "(unknown)", Count: 2}) {
		t.Errorf("counted %+v", f)
	}
}

func TestRunnerTellsTheTimeInEachState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := fsm.NewObserver(player(), 0)
		r := fsm.NewRunner(player(), o, effects{})
		<-time.After(2 * time.Second)
		mustFire(t, r, play)
		<-time.After(3 * time.Second)
		mustFire(t, r, next)
		<-time.After(4 * time.Second)
		if f := o.Figures(); f.TimeIn[idle] != 2*time.Second || f.TimeIn[playing] != 7*time.Second || f.Occupancy[playing] != 1 {
			t.Errorf("while playing: %+v", f)
		}
		mustFire(t, r, shut)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		<-time.After(time.Hour)
		if f := o.Figures(); f.TimeIn[playing] != 7*time.Second || f.TimeIn[closed] != 0 || f.Ended != 1 {
			t.Errorf("after the end: %+v", f)
		}
		trace := r.Trace()
		if len(trace) != 3 || trace[2].At-trace[0].At != 7*time.Second {
			t.Errorf("traced %v", trace)
		}
	})
}

func TestClosedRunnerRefusesEverything(t *testing.T) {
	r := newPlayer(t, effects{})
	mustFire(t, r, shut)
	for range 2 {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := r.Fire(context.Background(), play, nil); !errors.Is(err, fsm.ErrRefused) || r.Can(play) || r.State() != 255 {
		t.Errorf("got %v in state %d", err, r.State())
	}
}

func TestRunnerTraceKeepsTheLastSteps(t *testing.T) {
	r := fsm.NewRunner(player(), fsm.NewObserver(player(), 3), effects{})
	mustFire(t, r, play, pause, play, stop)
	_ = r.Fire(context.Background(), stop, nil)
	trace := r.Trace()
	if len(trace) != 3 || trace[0].On != play || trace[1].On != stop || !trace[2].Refused {
		t.Errorf("kept %v", trace)
	}
}

// A Fire that waits for its turn must not keep a synctest bubble from advancing its clock.
func TestWaitingForATurnIsDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newPlayer(t, effects{Enter: map[state]effect{playing: func(context.Context, transition) error {
			<-time.After(time.Minute)
			return nil
		}}})
		go func() { mustFire(t, r, play) }()
		synctest.Wait()
		begin := time.Now()
		mustFire(t, r, stop)
		if time.Since(begin) != time.Minute {
			t.Errorf("waited %v", time.Since(begin))
		}
	})
}
