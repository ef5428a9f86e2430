package fsm

import (
	"context"
	"errors"
	"fmt"

	"github.com/looplab/fsm"
)

// looplab is the library's machine behind a Runner, together with the transition that is under way. The turn of its Runner
// guards it. Four general callbacks are registered and nothing else, so that no key can be misspelt and no state called
// "state" can be taken for all states; the callbacks find the effect by the typed state and event.
type looplab[S, E ~uint8] struct {
	runner *Runner[S, E]
	fsm    *fsm.FSM

	ctx     context.Context // the caller's, for the effects
	current Transition[S, E]
	failed  error
}

func newLooplab[S, E ~uint8](r *Runner[S, E], state S) *looplab[S, E] {
	m := &looplab[S, E]{runner: r}
	events := make([]fsm.EventDesc, len(r.def.rows))
	for i, row := range r.def.rows {
		events[i] = fsm.EventDesc{Name: r.def.EventName(row.On), Src: []string{r.def.StateName(row.From)}, Dst: r.def.StateName(row.To)}
	}
	m.fsm = fsm.NewFSM(r.def.StateName(state), events, fsm.Callbacks{
		"before_event": func(_ context.Context, e *fsm.Event) { m.before(e) },
		"leave_state":  func(_ context.Context, e *fsm.Event) { m.run(Leave, r.effects.Leave[m.current.From], e) },
		"enter_state":  func(_ context.Context, e *fsm.Event) { m.enter(e) },
		"after_event":  func(_ context.Context, e *fsm.Event) { m.after(e) },
	})
	return m
}

// fire asks the library for its verdict and lets it run the callbacks. The library gets a context that is never cancelled: with
// a cancelled one it runs the leave callback, does not move, and refuses every later event.
func (m *looplab[S, E]) fire(ctx context.Context, on E, arg any) error {
	r := m.runner
	state := r.State()
	if r.row.Load() == 0 {
		return r.refuse(on)
	}
	m.ctx, m.failed = ctx, nil
	m.current = Transition[S, E]{From: state, On: on, Arg: arg}
	settled := false
	defer func() {
		m.ctx, m.current.Arg = nil, nil
		if !settled { // an effect ended its goroutine; the library would stay in transition for ever
			r.machine = newLooplab(r, r.State())
		}
	}()
	err := m.fsm.Event(context.WithoutCancel(ctx), r.def.EventName(on))
	var (
		invalid fsm.InvalidEventError
		unknown fsm.UnknownEventError
		self    fsm.NoTransitionError
		cancel  fsm.CanceledError
	)
	switch {
	case err == nil, errors.As(err, &self), errors.As(err, &cancel):
		settled = true
		return m.failed
	case errors.As(err, &invalid), errors.As(err, &unknown):
		settled = true
		return r.refuse(on)
	default:
		return fmt.Errorf("fsm: %s in state %s: %w", r.def.name, r.def.StateName(state), err)
	}
}

// before completes the transition with the library's verdict. The library skips leaving for a row from a state to itself.
func (m *looplab[S, E]) before(e *fsm.Event) {
	r := m.runner
	for _, row := range r.def.rows {
		if row.On == m.current.On && row.From == m.current.From && r.def.StateName(row.To) == e.Dst {
			m.current.To = row.To
		}
	}
	if r.effects.any(m.current) {
		r.owner.Store(goroutineID())
	}
	m.run(Before, r.effects.Before[m.current.On], e)
	if m.current.From == m.current.To {
		m.run(Leave, r.effects.Leave[m.current.From], e)
	}
}

func (m *looplab[S, E]) enter(e *fsm.Event) {
	m.runner.move(m.current)
	m.run(Enter, m.runner.effects.Enter[m.current.To], e)
}

// after ends the transition. The library skips entering for a row from a state to itself.
func (m *looplab[S, E]) after(e *fsm.Event) {
	if m.current.From == m.current.To {
		m.enter(e)
	}
	m.run(After, m.runner.effects.After[m.current.On], e)
}

// run runs one effect unless an earlier one has failed. Its failure prevents the move where that is still possible.
func (m *looplab[S, E]) run(phase Phase, effect Effect[S, E], e *fsm.Event) {
	if m.failed != nil {
		return
	}
	err := effect.run(m.ctx, m.current)
	if err == nil {
		return
	}
	d := m.runner.def
	m.failed = &EffectError{
		Machine: d.name, Instance: m.runner.id, Phase: phase, Moved: phase >= Enter, Err: err,
		From: d.StateName(m.current.From), Event: d.EventName(m.current.On), To: d.StateName(m.current.To),
	}
	if phase < Enter {
		e.Cancel(err)
	}
}
