package fsm

import (
	"errors"
	"fmt"
	"strings"
)

// What can be wrong with a definition. Each is found in a *DefinitionError with errors.Is.
var (
	ErrUndocumented   = errors.New("has no name or no documentation")
	ErrDuplicate      = errors.New("is given twice")
	ErrUnknown        = errors.New("is not declared")
	ErrUnused         = errors.New("is used by no row")
	ErrUnreachable    = errors.New("cannot be reached from the initial state")
	ErrDeadEnd        = errors.New("is not terminal and has no way out")
	ErrNoEnd          = errors.New("has no way to a terminal state")
	ErrNoTerminal     = errors.New("has no terminal state")
	ErrLeavesTerminal = errors.New("leaves a terminal state")
	ErrRange          = errors.New("is out of range")
	ErrTooLong        = errors.New("is too long for a drawing")
	ErrName           = errors.New(`has a name with "--", a leading "(", or a character that cannot be printed`)
)

// FaultError is one thing that is wrong with a definition: what (state, event, row), and how (one of the errors above).
type FaultError struct {
	Subject string // e.g. `state "Playing"` or `row Idle --Play--> Playing`
	Kind    error
}

func (f FaultError) Error() string { return f.Subject + " " + f.Kind.Error() }

// Unwrap gives errors.Is the kind.
func (f FaultError) Unwrap() error { return f.Kind }

// DefinitionError lists everything that is wrong with a machine, in the order of the definition.
type DefinitionError struct {
	Machine string
	Faults  []FaultError
}

func (e *DefinitionError) Error() string {
	all := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		all[i] = f.Error()
	}
	return fmt.Sprintf("machine %q: %s", e.Machine, strings.Join(all, "; "))
}

// Unwrap gives errors.Is and errors.As every fault.
func (e *DefinitionError) Unwrap() []error {
	all := make([]error, len(e.Faults))
	for i, f := range e.Faults {
		all[i] = f
	}
	return all
}

var (
	// ErrRefused is matched by every *RefusedError.
	ErrRefused = errors.New("event refused")
	// ErrNested is returned when an effect fires into the machine whose transition it is part of, or closes it.
	ErrNested = errors.New("fsm: fired from inside an effect of the same machine; let the effect's caller fire the next event")
	// ErrUnfinished is returned when an instance is ended in a state that is not terminal. It is ended nevertheless.
	ErrUnfinished = errors.New("fsm: instance ended in a state that is not terminal")
)

// RefusedError says that the table has no row for an event. The state did not change; the refusal was counted.
type RefusedError struct {
	Machine, State, Event string
	// Instance is the number of a Runner. The compiled runners leave it 0, because their refusals are made in
	// advance; whoever fired holds the instance's record anyway.
	Instance uint64
}

func (e *RefusedError) Error() string {
	if e.Instance == 0 {
		return fmt.Sprintf("%s: event %s is not allowed in state %s", e.Machine, e.Event, e.State)
	}
	return fmt.Sprintf("%s %d: event %s is not allowed in state %s", e.Machine, e.Instance, e.Event, e.State)
}

// Is makes errors.Is(err, ErrRefused) true.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// Phase says which of the four effects of a transition is meant.
type Phase uint8

// The phases of a transition, in the order in which their effects run.
const (
	Before Phase = iota // the event's own, may still prevent the move
	Leave               // the old state's, may still prevent the move
	Enter               // the new state's; the machine has moved
	After               // the event's own; the machine has moved
)

func (p Phase) String() string {
	return [...]string{"before", "leave", "enter", "after"}[p&3]
}

// EffectError says that an effect failed. Moved tells whether the machine is in the new state (Enter, After) or still in the
// old one (Before, Leave). No later effect of the transition has run.
type EffectError struct {
	Machine, From, Event, To string
	Instance                 uint64
	Phase                    Phase
	Moved                    bool
	Err                      error // what the effect returned, or a *PanicError
}

func (e *EffectError) Error() string {
	return fmt.Sprintf("%s %d: %s effect of %s --%s--> %s failed: %v", e.Machine, e.Instance, e.Phase, e.From, e.Event, e.To, e.Err)
}

// Unwrap returns the effect's own error.
func (e *EffectError) Unwrap() error { return e.Err }

// PanicError is the error of an effect that panicked.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value where that was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
