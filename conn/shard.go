package conn

import (
	"sync"
	"time"

	"musicdb/fsm"
)

// shard is a part of the connections of an engine, with everything that they share.
// Its methods are the core: they decide what happens to a connection and do no input or
// output themselves. They are called with the mutex held unless said otherwise, by any
// goroutine, and never wait.
type shard struct {
	engine  *Engine
	carrier carrier
	clock   clock
	submit  func(job) // runs a session's method on a worker

	mu      sync.Mutex // guards what follows
	now     fsm.Tick   // of the last look at the clock
	table   table
	spare   []*work
	lives   *fsm.Ledger[State, Event]
	boxes   *fsm.Ledger[OutboxState, OutboxEvent]
	dirty   []uint32 // connections whose outbox is to be written
	news    news
	owned   bool // the owner is awake, and will look for what there is to do before it sleeps
	roused  bool // the transport has something to do
	sweep   sweep
	traffic traffic
	secures map[uint32]*secure // of the connections that are marked so
}

func newShard(e *Engine) *shard {
	return &shard{
		engine: e, clock: fsm.Now,
		lives: fsm.NewLedger(Lifecycle), boxes: fsm.NewLedger(OutboxLifecycle),
	}
}

// lock takes the mutex and looks at the clock.
func (s *shard) lock() {
	now := s.clock()
	s.mu.Lock()
	if int32(now-s.now) > 0 { // others may have looked later and come first
		s.now = now
	}
}

// unlock releases the mutex. What has become dirty is written by the owner of the
// shard, who is woken if he sleeps.
func (s *shard) unlock() {
	wake := !s.owned && s.busy()
	if wake {
		s.owned = true
	}
	s.mu.Unlock()
	if wake {
		s.carrier.wake()
	}
}

// busy reports whether there is something to do for the owner.
func (s *shard) busy() bool { return len(s.dirty) > 0 || s.news.pending() || s.roused }

// at is the record of a handle, nil when its connection has ended.
func (s *shard) at(i, gen uint32) *record {
	if r := s.table.record(i); r.gen == gen && r.life.Live() {
		return r
	}
	return nil
}

// step moves the machine of a connection; nothing else does. A refused event is a fault
// of this package: it is counted, logged with the trace, and ends the connection, but
// nothing else.
func (s *shard) step(i uint32, on Event) {
	r := s.table.record(i)
	from := r.life.State()
	to, err := s.lives.Fire(&r.life, i, on, s.now)
	// Pushes come every second and tell nothing of the peer.
	if on != Push && from != Pushing || err != nil {
		r.trail.put(on)
		if w := s.table.seat(i).work; w != nil {
			w.flight.put(on)
		}
	}
	if s.engine.opts.observe != nil {
		s.engine.opts.observe(r.id, from, on, to)
	}
	if err != nil {
		s.engine.opts.Log.Error("connection refused an event", "conn", r.id, "err", err, "trace", s.trace(i))
		s.fail(i, err)
	}
}

// stepBox moves the machine of an outbox; nothing else does.
func (s *shard) stepBox(i uint32, on OutboxEvent) {
	r := s.table.record(i)
	if _, err := s.boxes.Fire(&r.box, i, on, s.now); err != nil {
		s.engine.opts.Log.Error("outbox refused an event", "conn", r.id, "err", err, "trace", s.trace(i))
		s.fail(i, err)
	}
}

// accepts reports whether frames may enter an outbox.
func (r *record) accepts() bool {
	b := r.box.State()
	return b == Empty || b == Flowing || b == BackedUp
}

// executing reports whether the session is at work, or its answer is on the way.
func (r *record) executing() bool {
	st := r.life.State()
	return st == Greeting || st == Calling || st == Broadcasting || st == Receiving
}

// unusual reports whether the flight recorder of a connection is to be kept.
func (s *shard) unusual(i uint32) bool { return s.table.record(i).life.State() != Active }

// trace lists the last steps of a connection, oldest first.
func (s *shard) trace(i uint32) string {
	r := s.table.record(i)
	if w := s.table.seat(i).work; w != nil {
		return w.flight.trace(r.life.State())
	}
	return r.trail.trace(r.life.State())
}

// ticks is a duration as the clock counts it, rounded up, and never 0.
func ticks(d time.Duration) fsm.Tick { return fsm.Tick((d + fsm.TickLength - 1) / fsm.TickLength) }
