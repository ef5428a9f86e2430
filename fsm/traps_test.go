package fsm_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"musicdb/fsm"
)

// One test per trap of looplab/fsm v1.0.3. Each fails when the library's own behaviour shows through.

type (
	transition = fsm.Transition[state, event]
	effect     = fsm.Effect[state, event]
	effects    = fsm.Effects[state, event]
)

func newPlayer(t *testing.T, fx effects) *fsm.Runner[state, event] {
	t.Helper()
	r := fsm.NewRunner(player(), fsm.NewObserver(player(), 0), fx)
	return r
}

func mustFire(t *testing.T, r *fsm.Runner[state, event], all ...event) {
	t.Helper()
	for _, on := range all {
		if err := r.Fire(context.Background(), on, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// atPhase puts one effect on Idle --Play--> Playing, at the given phase.
func atPhase(phase fsm.Phase, f effect) effects {
	switch phase {
	case fsm.Before:
		return effects{Before: map[event]effect{play: f}}
	case fsm.Leave:
		return effects{Leave: map[state]effect{idle: f}}
	case fsm.Enter:
		return effects{Enter: map[state]effect{playing: f}}
	default:
		return effects{After: map[event]effect{play: f}}
	}
}

var phases = []fsm.Phase{fsm.Before, fsm.Leave, fsm.Enter, fsm.After}

// The library runs leave callbacks, does not move, and refuses every later event.
func TestTrapCancelledContextWedgesTheMachine(t *testing.T) {
	left := 0
	r := newPlayer(t, effects{Leave: map[state]effect{idle: func(ctx context.Context, tr transition) error {
		if tr.On == play {
			left++
		}
		if tr.On == play && ctx.Err() == nil {
			t.Error("the effect does not see that its context is cancelled")
		}
		return nil
	}}})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Fire(ctx, play, nil); err != nil || r.State() != playing || left != 1 {
		t.Fatalf("%v, state %d, left %d times", err, r.State(), left)
	}
	mustFire(t, r, stop, shut)
}

// The same, with a context that an effect of the transition cancels.
func TestTrapContextCancelledInLeaveWedgesTheMachine(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := newPlayer(t, effects{Leave: map[state]effect{idle: func(context.Context, transition) error { cancel(); return nil }}})
	if err := r.Fire(ctx, play, nil); err != nil || r.State() != playing {
		t.Fatalf("%v, state %d", err, r.State())
	}
	mustFire(t, r, stop, shut)
}

// The library cancels the context that callbacks get as soon as Event returns: what an effect starts with it dies at once.
func TestTrapContextEndsWithTheEvent(t *testing.T) {
	var kept context.Context
	r := newPlayer(t, effects{Enter: map[state]effect{playing: func(ctx context.Context, _ transition) error { kept = ctx; return nil }}})
	mustFire(t, r, play)
	if kept.Err() != nil {
		t.Error("the effect's context was cancelled when Fire returned")
	}
}

// A panic in a leave callback leaves the library in transition for ever.
func TestTrapPanicWedgesTheMachine(t *testing.T) {
	for _, phase := range phases {
		t.Run(phase.String(), func(t *testing.T) {
			broken := true
			r := newPlayer(t, atPhase(phase, func(context.Context, transition) error {
				if broken {
					panic(errors.ErrUnsupported)
				}
				return nil
			}))
			err := r.Fire(context.Background(), play, nil)
			var failed *fsm.EffectError
			var panicked *fsm.PanicError
			if !errors.As(err, &failed) || !errors.As(err, &panicked) || !errors.Is(err, errors.ErrUnsupported) {
				t.Fatalf("got %v", err)
			}
			if failed.Phase != phase || failed.Moved != (phase >= fsm.Enter) || !strings.Contains(string(panicked.Stack), "TestTrapPanic") {
				t.Errorf("got %+v with stack %s", failed, panicked.Stack)
			}
			broken = false
			if failed.Moved {
				mustFire(t, r, stop)
			}
			mustFire(t, r, play, stop, shut)
		})
	}
}

// So does an effect that ends its goroutine, which no recover sees.
func TestTrapGoexitWedgesTheMachine(t *testing.T) {
	for _, phase := range phases {
		t.Run(phase.String(), func(t *testing.T) {
			broken := true
			r := newPlayer(t, atPhase(phase, func(context.Context, transition) error {
				if broken {
					runtime.Goexit()
				}
				return nil
			}))
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = r.Fire(context.Background(), play, nil)
			}()
			<-done
			broken = false
			if moved := phase >= fsm.Enter; moved != (r.State() == playing) {
				t.Fatalf("state %d", r.State())
			} else if moved {
				mustFire(t, r, stop)
			}
			mustFire(t, r, play, stop, shut)
		})
	}
}

// Can deadlocks in before and leave callbacks.
func TestTrapCanInsideACallbackDeadlocks(t *testing.T) {
	for _, phase := range phases {
		t.Run(phase.String(), func(t *testing.T) {
			var r *fsm.Runner[state, event]
			r = newPlayer(t, atPhase(phase, func(context.Context, transition) error {
				moved := phase >= fsm.Enter
				if r.Can(play) == moved || r.Can(pause) != moved || (r.State() == playing) != moved {
					t.Errorf("moved: %t, but in state %d", moved, r.State())
				}
				return nil
			}))
			mustFire(t, r, play)
		})
	}
}

// Event deadlocks in before and leave callbacks; in enter and after it runs a transition inside another's.
func TestTrapEventInsideACallbackDeadlocks(t *testing.T) {
	for _, phase := range phases {
		t.Run(phase.String(), func(t *testing.T) {
			var r *fsm.Runner[state, event]
			r = newPlayer(t, atPhase(phase, func(context.Context, transition) error {
				for _, ctx := range []context.Context{t.Context(), context.Background()} {
					if err := r.Fire(ctx, shut, nil); !errors.Is(err, fsm.ErrNested) {
						t.Errorf("Fire: %v", err)
					}
				}
				if err := r.Close(); !errors.Is(err, fsm.ErrNested) {
					t.Errorf("Close: %v", err)
				}
				if r.Trace() != nil {
					t.Error("Trace returns something")
				}
				return nil
			}))
			mustFire(t, r, play)
			if r.State() != playing {
				t.Errorf("state %d", r.State())
			}
			mustFire(t, r, shut)
		})
	}
}

// Firing into another machine from an effect is allowed, even while a third goroutine holds that one.
func TestEffectFiresIntoAnotherMachine(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	other := newPlayer(t, effects{Enter: map[state]effect{playing: func(context.Context, transition) error {
		close(entered)
		<-release
		return nil
	}}})
	r := newPlayer(t, effects{Enter: map[state]effect{playing: func(ctx context.Context, _ transition) error {
		close(release)
		return other.Fire(ctx, pause, nil)
	}}})
	var wg sync.WaitGroup
	wg.Go(func() { mustFire(t, other, play) })
	<-entered
	mustFire(t, r, play)
	wg.Wait()
	if other.State() != paused {
		t.Errorf("state %d", other.State())
	}
}

// The library looks up the enter callback of whatever state is current by then, unlocked: a data race, and the wrong effect.
func TestTrapConcurrentEventsRunTheWrongCallback(t *testing.T) {
	var inside, moves atomic.Int32
	var r *fsm.Runner[state, event]
	check := func(want state) effect {
		return func(_ context.Context, tr transition) error {
			if inside.Add(1) != 1 {
				t.Error("two transitions at once")
			}
			if tr.To != want || r.State() != want {
				t.Errorf("the effect of state %d runs in state %d", want, r.State())
			}
			moves.Add(1)
			inside.Add(-1)
			return nil
		}
	}
	o := fsm.NewObserver(player(), 0)
	r = fsm.NewRunner(player(), o, effects{Enter: map[state]effect{playing: check(playing), paused: check(paused), idle: check(idle)}})
	var wg sync.WaitGroup
	var refused atomic.Uint64
	const each = 200
	for _, on := range []event{play, pause, next, stop} {
		wg.Go(func() {
			for range each {
				if err := r.Fire(context.Background(), on, nil); errors.Is(err, fsm.ErrRefused) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f := o.Figures()
	var counted uint64
	for _, n := range f.Edges {
		counted += n
	}
	if counted != uint64(moves.Load()) || f.Refused != refused.Load() || counted+f.Refused != 4*each {
		t.Errorf("%d moves, %d effects, %d refused, %d counted as refused", counted, moves.Load(), refused.Load(), f.Refused)
	}
}

// The library returns an enter callback's error after the state has changed, and nothing tells so.
func TestTrapEnterErrorAfterTheStateChanged(t *testing.T) {
	sentinel := errors.New("no sound card")
	for _, phase := range phases {
		t.Run(phase.String(), func(t *testing.T) {
			o := fsm.NewObserver(player(), 0)
			fx := atPhase(phase, func(context.Context, transition) error { return sentinel })
			later := false
			if phase == fsm.Enter {
				fx.After = map[event]effect{play: func(context.Context, transition) error { later = true; return nil }}
			}
			r := fsm.NewRunner(player(), o, fx)
			err := r.Fire(context.Background(), play, nil)
			var failed *fsm.EffectError
			if !errors.As(err, &failed) || !errors.Is(err, sentinel) {
				t.Fatalf("got %v", err)
			}
			moved := r.State() == playing
			if failed.Moved != moved || moved != (phase >= fsm.Enter) || moved != (o.Figures().Edges[0] == 1) {
				t.Errorf("Moved %t, state %d, edges %v", failed.Moved, r.State(), o.Figures().Edges)
			}
			if later {
				t.Error("the after effect ran although the enter effect had failed")
			}
		})
	}
}

// The library ignores a callback key that it does not know.
func TestTrapMisspeltCallbackIsIgnored(t *testing.T) {
	nothing := func(context.Context, transition) error { return nil }
	for name, fx := range map[string]effects{
		"unknown state entered":    {Enter: map[state]effect{77: nothing}},
		"unknown state left":       {Leave: map[state]effect{77: nothing}},
		"unknown event before":     {Before: map[event]effect{77: nothing}},
		"unknown event after":      {After: map[event]effect{77: nothing}},
		"terminal state left":      {Leave: map[state]effect{closed: nothing}},
		"state that nothing calls": {Enter: map[state]effect{255: nothing}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.Contains(text, "could never run") {
					t.Errorf("recovered %v", text)
				}
			}()
			fsm.NewRunner(player(), nil, fx)
		})
	}
}

// The library takes a callback of a state called "state" for one of all states, and of an event "event" for one of all events.
func TestTrapStateCalledStateMeansAllStates(t *testing.T) {
	d := fsm.MustDefine("names", "A machine with unlucky names.", idle,
		states{{State: idle, Name: "state", Doc: "d"}, {State: playing, Name: "event", Doc: "d"}, {State: closed, Name: "enter_state", Doc: "d", Terminal: true}},
		events{{Event: play, Name: "event", Doc: "d", By: "b"}, {Event: stop, Name: "state", Doc: "d", By: "b"}},
		rows{{From: idle, On: play, To: playing}, {From: playing, On: play, To: idle}, {From: playing, On: stop, To: closed}})
	entered, after := 0, 0
	r := fsm.NewRunner(d, nil, effects{
		Enter: map[state]effect{idle: func(context.Context, transition) error { entered++; return nil }},
		After: map[event]effect{play: func(context.Context, transition) error { after++; return nil }},
	})
	mustFire(t, r, play, play, play, stop)
	if entered != 1 || after != 3 {
		t.Errorf("entered %d times, after %d times", entered, after)
	}
}

// Effects are looked up when the machine is made: changing the maps afterwards changes nothing and races with nobody.
func TestEffectsAreCopied(t *testing.T) {
	fx := effects{Enter: map[state]effect{playing: func(context.Context, transition) error { return nil }}}
	r := newPlayer(t, fx)
	fx.Enter[playing] = func(context.Context, transition) error { return errors.New("added later") }
	mustFire(t, r, play)
}
