package fsm

import (
	"context"
	"maps"
	"sync/atomic"
	"time"
)

// Runner runs one instance with effects, on looplab/fsm. It is for machines with few instances and rich effects: an event
// costs some microseconds and allocates. Any goroutine may fire; transitions take turns, each with all its effects.
type Runner[S, E ~uint8] struct {
	def      *Definition[S, E]
	observer *Observer[S, E] // may be nil
	effects  Effects[S, E]
	id       uint64

	row   atomic.Uint32 // the state's row; 0 after Close
	owner atomic.Uint64 // goroutine whose effects are running, 0 if none

	// turn holds a token while a transition is under way. It is a channel and not a mutex, so that waiting for it is
	// visible to testing/synctest. It guards what follows.
	turn    chan struct{}
	machine *looplab[S, E]
	trace   []Step[S, E]
	oldest  int
}

// NewRunner starts an instance in the initial state, for which no effect runs. The observer may be nil. It panics over an effect
// that could never run: that is a fault of the program.
func NewRunner[S, E ~uint8](d *Definition[S, E], o *Observer[S, E], fx Effects[S, E]) *Runner[S, E] {
	fx.check(d)
	r := &Runner[S, E]{def: d, observer: o, turn: make(chan struct{}, 1), effects: Effects[S, E]{
		Before: maps.Clone(fx.Before), After: maps.Clone(fx.After), Leave: maps.Clone(fx.Leave), Enter: maps.Clone(fx.Enter),
	}}
	length := defaultTrace
	if o != nil {
		length = o.trace
		r.id = o.start(time.Since(epoch))
	}
	r.trace = make([]Step[S, E], 0, length)
	r.row.Store(uint32(d.first))
	r.machine = newLooplab(r, d.initial)
	return r
}

// State is the state the instance is in; inside an Enter or After effect already the new one. After Close it is 255, which is
// no state of any machine. It never waits.
func (r *Runner[S, E]) State() S { return S(uint8(r.row.Load()) - 1) }

// Can reports whether the table has a row for the event in the present state. It never waits, so it may be asked inside an
// effect; another goroutine may fire between the question and the act.
func (r *Runner[S, E]) Can(on E) bool {
	_, ok := r.def.Next(r.State(), on)
	return ok
}

// Fire moves the instance. It waits for the transition that is under way, if any; a cancelled context does not keep it from
// firing, because a shutdown must get through. Errors: *RefusedError when the table has no such row, *EffectError when an
// effect failed, ErrNested when called from inside an effect of this instance.
func (r *Runner[S, E]) Fire(ctx context.Context, on E, arg any) error {
	if err := r.take(); err != nil {
		return err
	}
	defer r.release()
	return r.machine.fire(ctx, on, arg)
}

// Close takes the instance out of the figures. Every later event is refused. It returns ErrUnfinished where the state was
// not terminal, ErrNested inside an effect; closing twice does nothing.
func (r *Runner[S, E]) Close() error {
	if err := r.take(); err != nil {
		return err
	}
	defer r.release()
	row := uint8(r.row.Swap(0))
	if row == 0 {
		return nil
	}
	finished := r.def.terminal[row]
	if r.observer != nil {
		r.observer.ended(row, time.Since(epoch), finished)
	}
	if !finished {
		return ErrUnfinished
	}
	return nil
}

// Trace returns the last steps, oldest first. Inside an effect of this instance it returns nil.
func (r *Runner[S, E]) Trace() []Step[S, E] {
	if r.take() != nil {
		return nil
	}
	defer r.release()
	return append(append([]Step[S, E]{}, r.trace[r.oldest:]...), r.trace[:r.oldest]...)
}

func (r *Runner[S, E]) take() error {
	select {
	case r.turn <- struct{}{}:
		return nil
	default:
	}
	if owner := r.owner.Load(); owner != 0 && owner == goroutineID() {
		return ErrNested
	}
	r.turn <- struct{}{}
	return nil
}

func (r *Runner[S, E]) release() {
	r.owner.Store(0)
	<-r.turn
}

// record keeps a step. The caller holds the turn.
func (r *Runner[S, E]) record(s Step[S, E]) {
	if len(r.trace) < cap(r.trace) {
		r.trace = append(r.trace, s)
		return
	}
	r.trace[r.oldest] = s
	r.oldest = (r.oldest + 1) % len(r.trace)
}

// move is called by the machine at the moment it is in the new state.
func (r *Runner[S, E]) move(tr Transition[S, E]) {
	at := time.Since(epoch)
	r.row.Store(uint32(tr.To) + 1)
	r.record(Step[S, E]{At: at, From: tr.From, On: tr.On, To: tr.To})
	if r.observer != nil {
		r.observer.moved(r.def.moves[(int(tr.From)+1)*r.def.stride+int(tr.On)], at)
	}
}

// refuse counts an event that the table does not have.
func (r *Runner[S, E]) refuse(on E) error {
	row := int(r.row.Load())
	state := r.State()
	r.record(Step[S, E]{At: time.Since(epoch), From: state, On: on, To: state, Refused: true})
	index := row*r.def.stride + r.def.column(uint8(on))
	if r.observer != nil {
		r.observer.refused(index)
	}
	refusal := r.def.refusals[index]
	refusal.Instance = r.id
	return &refusal
}
