package conn

import (
	"net/netip"
	"sync"
	"time"

	"musicdb/fsm"
)

// relay is what an engine has for connections that follow a flow: a lane per event loop
// and one for whatever has no place on a loop. Nothing of it runs before the first of
// them comes.
type relay struct {
	engine *Engine
	ledger *fsm.SharedLedger[FollowState, FollowEvent]
	every  time.Duration // between two turns of a follower
	stall  time.Duration
	// farewells are the connections that are told of their end.
	farewells farewells

	mu      sync.Mutex // guards what follows
	over    bool
	loops   []*lane // nil before the first socket; empty where there are none
	others  *lane   // nil before the first
	running sync.WaitGroup
}

func newRelay(e *Engine, o Options) *relay {
	return &relay{engine: e, ledger: fsm.NewSharedLedger(FollowLifecycle), every: o.FollowTime, stall: o.StallTimeout}
}

// enter counts one who is to begin, unless nobody may any more.
func (r *relay) enter() error {
	if r.over || r.engine.isStopping() {
		return ErrShutdown
	}
	r.running.Add(1)
	return nil
}

// adopt begins a follower that is no socket of a loop.
func (r *relay) adopt(o *outflow, from netip.AddrPort, head []byte, flow Flow) error {
	r.mu.Lock()
	err := r.enter()
	if err == nil && r.others == nil {
		c := newOutflows()
		r.others = newLane(r, c)
		c.lane = r.others
		r.running.Go(c.run)
	}
	l := r.others
	r.mu.Unlock()
	if err != nil {
		o.close(Dismiss)
		flow.Ended(Departure{State: Dismissed, Err: err})
		return err
	}
	l.mu.Lock()
	defer l.unlock()
	i := l.begin(r.engine.lastID.Add(1), from, noSocket, o, flow)
	o.lane, o.i, o.gen = l, i, l.roster.follower(i).gen
	r.running.Go(o.hear)
	if l.over {
		l.end(i, Dismiss, ErrShutdown)
		return nil // Ended tells
	}
	l.deliver(i, head)
	return nil
}

// lanes are those that there are now.
func (r *relay) lanes() (all []*lane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all = append(all, r.loops...)
	if r.others != nil {
		all = append(all, r.others)
	}
	return all
}

// dismiss ends all followers; none begins any more.
func (r *relay) dismiss() {
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	for _, l := range r.lanes() {
		l.shut()
	}
}

// figures sums up the lanes.
func (r *relay) figures() FollowFigures {
	sum := FollowFigures{Connections: []Count{{Loop.String(), 0}, {Goroutine.String(), 0}}}
	for _, l := range r.lanes() {
		transport := &sum.Connections[0].N
		if _, none := l.carrier.(*outflows); none {
			transport = &sum.Connections[1].N
		}
		l.mu.Lock()
		sum.Now += l.roster.live
		sum.Bytes += l.bytes
		*transport += uint64(l.roster.live)
		l.roster.each(func(_ uint32, f *follower) {
			if f.life.State() == Behind {
				sum.Behind++
			}
		})
		l.mu.Unlock()
	}
	return sum
}

// look describes the followers that a query asks for.
func (r *relay) look(q Query) (seen []Sighting) {
	for _, l := range r.lanes() {
		l.mu.Lock()
		l.roster.each(func(i uint32, f *follower) {
			name := FollowLifecycle.StateName(f.life.State())
			if q.ID != 0 && q.ID != f.id || q.State != "" && q.State != name {
				return
			}
			s := Sighting{ID: f.id, Remote: f.remote(), State: name, Bytes: f.sent}
			if b := l.roster.berth(i); b.out != nil {
				s.Remote = b.out.nc.RemoteAddr().String()
			}
			if b := l.roster.berth(i); b.rest != nil {
				s.Waiting = b.rest.size()
			}
			now := fsm.Now()
			s.Age, s.InState = now.Since(f.born), now.Since(f.life.Entered())
			seen = append(seen, s)
		})
		l.mu.Unlock()
	}
	return seen
}

// trace tells the last steps of a follower as Engine.Trace does. The ledger keeps the
// steps of all together, so those of long ago may be missing.
func (r *relay) trace(id uint64) (trace string) {
	for _, step := range r.ledger.Trace(uint32(id)) {
		if trace != "" {
			trace += " "
		}
		trace += FollowLifecycle.EventName(step.On) + ">" + FollowLifecycle.StateName(step.To)
		if step.Refused {
			trace += refusedMark
		}
	}
	return trace
}
