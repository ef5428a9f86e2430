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

// visitor is a connection at the gate. One goroutine at a time has the gate deal with
// it. Most never do anything wrong, so what is kept of them is small.
type visitor struct {
	own  *penalty // for what this connection did itself; nil: nothing
	id   uint32
	life fsm.Instance[AccessState]
}

// enter begins the visit of a connection.
func (g *gate) enter(v *visitor) {
	*v = visitor{id: g.lastID.Add(1)}
	g.life.Start(&v.life, v.id, fsm.Now())
}

// stubborn tells whether a visitor has shown nothing but wrong keys for a long time.
func (v *visitor) stubborn() bool { return v.own != nil && v.own.wrong >= worstCount }

// verdict is what became of a key that a visitor has shown.
type verdict struct {
	right bool
	first bool // the first right one of this connection
	count int  // wrong ones of its address that are not forgiven, this one included; 0 for one who is trusted
}

// judge tells whether what a visitor has shown is right, later if wrong ones came
// before. It must not be told to anyone otherwise, in no way: the wait would be for
// nothing. An error means that nothing is said: the wait was broken off, or errQueue.
// remote is asked for the visitor's address, unless the visitor is trusted.
func (g *gate) judge(ctx context.Context, v *visitor, remote func() string, right bool) (verdict, error) {
	if v.life.State() == Trusted {
		if !right {
			return verdict{}, g.fire(v, Refused)
		}
		return verdict{right: true}, nil
	}
	from, now := networkOf(remote()), time.Now()
	pause, count, err := g.penalties.attempt(from, v.owes(now), right, now)
	if err != nil {
		return verdict{}, err
	}
	if pause > 0 {
		if err := g.wait(ctx, v, pause); err != nil {
			return verdict{}, err
		}
		now = time.Now()
		if !right {
			count = g.penalties.add(from, now)
		}
	}
	if right {
		return verdict{right: true, first: true}, g.fire(v, Accepted)
	}
	if v.own == nil {
		v.own = new(penalty)
	}
	*v.own = v.own.after(now)
	return verdict{count: count}, g.fire(v, Refused)
}

// owes is how long the visitor has to wait for what it did itself.
func (v *visitor) owes(now time.Time) time.Duration {
	if v.own == nil {
		return 0
	}
	return v.own.wait(now)
}

// wait lets the time pass that the attempt costs, on the caller's goroutine.
func (g *gate) wait(ctx context.Context, v *visitor, pause time.Duration) error {
	if v.life.State() == Stranger { // or slowed: the last wait was broken off
		if err := g.fire(v, Delay); err != nil {
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
	case <-g.open.Done():
		return g.open.Err()
	}
}

// leave ends a visit.
func (g *gate) leave(v *visitor) error {
	if err := g.fire(v, Leave); err != nil {
		return err
	}
	return g.life.End(&v.life, v.id)
}

func (g *gate) fire(v *visitor, on AccessEvent) error {
	_, err := g.life.Fire(&v.life, v.id, on, fsm.Now())
	return err
}
