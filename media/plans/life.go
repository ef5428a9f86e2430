package plans

import (
	"context"
	"fmt"

	"musicdb/fsm"
)

// life is the machine of one plan, guarded by Keeper.mu.
type life struct {
	machine fsm.Instance[State]
	busy    chan struct{} // not nil: somebody has claimed the plan; closed when he lets go of it
}

// begin lets a plan live on in the state in which it was left. The caller holds mu.
func (k *Keeper) begin(id int64, state State) (*life, error) {
	if l := k.lives[id]; l != nil {
		return l, nil
	}
	l := &life{}
	if err := k.ledger.Resume(&l.machine, uint32(id), state, fsm.Now()); err != nil {
		return nil, fmt.Errorf("plans: plan %d: %w", id, err)
	}
	k.lives[id] = l
	return l, nil
}

// release ends a claim. The caller holds Keeper.mu.
func (l *life) release() {
	close(l.busy)
	l.busy = nil
}

// Settled waits until nobody is applying or undoing a plan, and returns it as it is then.
// Errors match [ErrUnknown] or that of ctx, or are those of the database.
func (k *Keeper) Settled(ctx context.Context, id int64) (Plan, error) {
	for {
		k.mu.Lock()
		var busy chan struct{}
		if l := k.lives[id]; l != nil {
			busy = l.busy
		}
		k.mu.Unlock()
		if busy == nil {
			return k.Get(ctx, id)
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return Plan{}, context.Cause(ctx)
		}
	}
}

// claim reads a plan for somebody who is going to change it, alone until release.
func (k *Keeper) claim(ctx context.Context, id int64) (p Plan, release func(), err error) {
	if p, err = k.Get(ctx, id); err != nil {
		return p, nil, err
	}
	k.mu.Lock()
	l, err := k.begin(id, p.State)
	if err == nil && l.busy != nil {
		err = fmt.Errorf("plans: plan %d: %w", id, ErrBusy)
	}
	if err != nil {
		k.mu.Unlock()
		return p, nil, err
	}
	l.busy = make(chan struct{})
	k.mu.Unlock()
	release = func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		l.release()
	}
	if p, err = k.Get(ctx, id); err != nil { // it may have moved since
		release()
		return p, nil, err
	}
	return p, release, nil
}

// can refuses an event that the plan's state does not have.
func (k *Keeper) can(p *Plan, on Event) error {
	if _, ok := definition.Next(p.State, on); ok {
		return nil
	}
	return k.fire(p, on)
}

// move lets a plan do what an event says, notes that and tells everybody. No other
// function moves a state. keep leaves the steps that were noted of it.
func (k *Keeper) move(ctx context.Context, p *Plan, on Event, keep bool) error {
	to, ok := definition.Next(p.State, on)
	if !ok {
		return k.fire(p, on)
	}
	after := *p
	after.State, after.Changed = to, k.o.Now()
	row, err := after.row()
	if err != nil {
		return err
	}
	if err := k.o.Library.SavePlan(ctx, row, keep); err != nil {
		return fmt.Errorf("plans: %w", err)
	}
	if err := k.fire(p, on); err != nil {
		return err
	}
	*p = after
	k.tell(after)
	return nil
}

// fire moves the machine of a plan.
func (k *Keeper) fire(p *Plan, on Event) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, err := k.begin(p.ID, p.State)
	if err != nil {
		return err
	}
	if _, err := k.ledger.Fire(&l.machine, uint32(p.ID), on, fsm.Now()); err != nil {
		return fmt.Errorf("plans: plan %d is %v: %w", p.ID, p.State, err)
	}
	return nil
}

// Reject notes that the user does not want a plan: a proposed, failed or stale one.
// Errors match [ErrUnknown], [ErrBusy], [fsm.ErrRefused] for a plan in another state,
// or are those of the database.
func (k *Keeper) Reject(ctx context.Context, id int64, by string) (Plan, error) {
	p, release, err := k.claim(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	defer release()
	if err := k.can(&p, Reject); err != nil {
		return p, err
	}
	p.Outcome.By = by
	if err := k.move(ctx, &p, Reject, false); err != nil {
		return p, err
	}
	k.trim(ctx)
	return p, nil
}
