package fsm

import (
	"context"
	"fmt"
	"runtime/debug"
)

// Transition is what an effect is told. Arg is what the caller of Fire handed over.
type Transition[S, E ~uint8] struct {
	From S
	On   E
	To   S
	Arg  any
}

// Effect is what the program does because the machine moves. It gets the context of the caller of Fire as it is, cancelled or
// not: a transition is never abandoned half way, so whoever starts something long must look at the context. An effect must
// not fire into its own machine (ErrNested); it leaves the next event to whoever called Fire.
type Effect[S, E ~uint8] func(context.Context, Transition[S, E]) error

// Effects are the effects of a Runner. Of one transition they run in the order Before (of the event), Leave (of the old state),
// Enter (of the new one), After (of the event); the first that fails is the last that runs. A row from a state to itself
// leaves and enters it.
type Effects[S, E ~uint8] struct {
	Before, After map[E]Effect[S, E]
	Leave, Enter  map[S]Effect[S, E]
}

// check panics over an effect that could never run: it stands for a state or event that the machine does not have, or that
// no row enters, leaves or is about.
func (fx *Effects[S, E]) check(d *Definition[S, E]) {
	var entered, left, raised [256]bool
	for _, r := range d.rows {
		entered[r.To], left[r.From], raised[r.On] = true, true, true
	}
	refuse := func(kind, name string, value uint8) {
		panic(fmt.Sprintf("fsm: %s: the %s effect of %s (%d) could never run", d.name, kind, name, value))
	}
	for s := range fx.Enter {
		if !entered[s] {
			refuse("enter", d.StateName(s), uint8(s))
		}
	}
	for s := range fx.Leave {
		if !left[s] {
			refuse("leave", d.StateName(s), uint8(s))
		}
	}
	for _, of := range []struct {
		kind    string
		effects map[E]Effect[S, E]
	}{{"before", fx.Before}, {"after", fx.After}} {
		for e := range of.effects {
			if !raised[e] {
				refuse(of.kind, d.EventName(e), uint8(e))
			}
		}
	}
}

// any reports whether a transition has an effect at all.
func (fx *Effects[S, E]) any(tr Transition[S, E]) bool {
	return fx.Before[tr.On] != nil || fx.Leave[tr.From] != nil || fx.Enter[tr.To] != nil || fx.After[tr.On] != nil
}

// run calls an effect, if there is one, and turns its panic into an error.
func (effect Effect[S, E]) run(ctx context.Context, tr Transition[S, E]) (err error) {
	if effect == nil {
		return nil
	}
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return effect(ctx, tr)
}
