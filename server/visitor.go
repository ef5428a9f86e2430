package server

import (
	"context"
	"sync/atomic"
	"time"

	"musicdb/fsm"
)

// gate knows who may come in. Any goroutine may call its methods.
type gate struct {
	penalties penalties
	life      *fsm.SharedLedger[AccessState, AccessEvent]
	lastID    atomic.Uint32
	// open ends when the server stops: nobody is kept waiting from then on.
	open  context.Context
	close context.CancelFunc
}

func newGate() *gate {
	g := &gate{life: fsm.NewSharedLedger(Access)}
	g.open, g.close = context.WithCancel(context.Background())
	return g
}

// visitor is a connection at the gate. One goroutine at a time calls its methods.
type visitor struct {
	gate *gate
	from network
	own  penalty // for what this connection did itself
	life fsm.Instance[AccessState]
	id   uint32
}

// enter begins the visit of a connection from a remote address.
func (g *gate) enter(remote string) *visitor {
	v := &visitor{gate: g, from: networkOf(remote), id: g.lastID.Add(1)}
	g.life.Start(&v.life, v.id, fsm.Now())
	return v
}

// verdict is what became of a key that a visitor has shown.
type verdict struct {
	right bool
	first bool // the first right one of this connection
	count int  // wrong ones of its address that are not forgiven, this one included; 0 for one who is trusted
}

// judge tells whether what a visitor has shown is right, later if wrong ones came
// before. It must not be told to anyone otherwise, in no way: the wait would be for
// nothing. An error means that nothing is said: the wait was broken off, or errQueue.
func (v *visitor) judge(ctx context.Context, right bool) (verdict, error) {
	if v.life.State() == Trusted {
		if !right {
			return verdict{}, v.fire(Refused)
		}
		return verdict{right: true}, nil
	}
	now := time.Now()
	pause, count, err := v.gate.penalties.attempt(v.from, v.own.wait(now), right, now)
	if err != nil {
		return verdict{}, err
	}
	if pause > 0 {
		if err := v.wait(ctx, pause); err != nil {
			return verdict{}, err
		}
		now = time.Now()
		if !right {
			count = v.gate.penalties.add(v.from, now)
		}
	}
	if right {
		return verdict{right: true, first: true}, v.fire(Accepted)
	}
	v.own = v.own.after(now)
	return verdict{count: count}, v.fire(Refused)
}

// wait lets the time pass that the attempt costs, on the caller's goroutine.
func (v *visitor) wait(ctx context.Context, pause time.Duration) error {
	if v.life.State() == Stranger { // or slowed: the last wait was broken off
		if err := v.fire(Delay); err != nil {
			return err
		}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-v.gate.open.Done():
		return v.gate.open.Err()
	}
}

// leave ends the visit.
func (v *visitor) leave() error {
	if err := v.fire(Leave); err != nil {
		return err
	}
	return v.gate.life.End(&v.life, v.id)
}

func (v *visitor) fire(on AccessEvent) error {
	_, err := v.gate.life.Fire(&v.life, v.id, on, fsm.Now())
	return err
}
