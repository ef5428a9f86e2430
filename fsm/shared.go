package fsm

import (
	"runtime"
	"sync/atomic"
)

const (
	shardCount  = 8   // instances are spread over this many sets of counters, by id
	shardTrace  = 256 // steps kept per shard
	readRetries = 64  // how often Figures waits for a shard to be at rest
)

// SharedLedger runs instances whose goroutines differ. Each instance still belongs to one goroutine at a time; the counters
// belong to all and are atomic. Every method may be called from any goroutine.
type SharedLedger[S, E ~uint8] struct {
	def    *Definition[S, E]
	moves  []move
	clock  atomic.Int64 // an extended tick, at most 124 days old
	shards [shardCount]shard
}

// NewSharedLedger makes a ledger with nothing in it.
func NewSharedLedger[S, E ~uint8](d *Definition[S, E]) *SharedLedger[S, E] {
	l := &SharedLedger[S, E]{def: d, moves: d.moves}
	l.clock.Store(int64(Now()))
	for i := range l.shards {
		l.shards[i].init(&d.compiled)
	}
	return l
}

// Start begins a life in the initial state. id tells the instances apart in traces; it may be used again after End.
func (l *SharedLedger[S, E]) Start(in *Instance[S], id uint32, now Tick) {
	s := &l.shards[id%shardCount]
	s.begin()
	s.started.add(l.follow(now))
	s.end()
	in.set(l.def.first, now)
}

// Fire moves the instance along the table and returns where it is now. An event that the table does not have leaves the
// instance as it is, is counted and returned as a *RefusedError. Neither way allocates or waits.
func (l *SharedLedger[S, E]) Fire(in *Instance[S], id uint32, on E, now Tick) (to S, err error) {
	from := in.row
	at := int(from)*l.def.stride + l.def.column(uint8(on))
	m := l.moves[at]
	s := &l.shards[id%shardCount]
	position := s.begin()
	s.put(position, mark{id, now, from, uint8(on), m.row()})
	if m == 0 {
		s.refused[at].Add(1)
		s.end()
		return in.State(), &l.def.refusals[at]
	}
	s.edges[m.edge()].add(l.follow(now))
	s.end()
	in.set(m.row(), now)
	return in.State(), nil
}

// End takes a live instance out of the figures. It returns ErrUnfinished where its state was not terminal: someone dropped
// what they should have brought to an end. Ending what is not live does nothing.
func (l *SharedLedger[S, E]) End(in *Instance[S], id uint32) error {
	if in.row == 0 {
		return nil
	}
	finished := l.def.terminal[in.row]
	s := &l.shards[id%shardCount]
	s.begin()
	if !finished {
		s.unfinished.Add(1)
	}
	s.ended[in.row].add(l.follow(Now()))
	s.end()
	in.row = 0
	if !finished {
		return ErrUnfinished
	}
	return nil
}

// follow extends a tick. The reference is moved on only every few months, so that it stays in every core's cache.
func (l *SharedLedger[S, E]) follow(now Tick) int64 {
	seen := l.clock.Load()
	at := int64(extended(seen).follow(now))
	if at-seen > 1<<30 {
		l.clock.CompareAndSwap(seen, at)
	}
	return at
}

// Trace returns the last steps of one instance, oldest first, as far as the ledger still has them.
func (l *SharedLedger[S, E]) Trace(id uint32) []Step[S, E] {
	return steps[S, E](l.shards[id%shardCount].of(id))
}

// Figures sums the shards, with the time in state counted up to now.
func (l *SharedLedger[S, E]) Figures() Figures { return l.figuresAt(Now()) }

func (l *SharedLedger[S, E]) figuresAt(now Tick) Figures {
	at := l.follow(now)
	var sum Figures
	for i := range l.shards {
		t := l.shards[i].read(&l.def.compiled)
		f := l.def.figures(&t, at, TickLength)
		if i == 0 {
			sum = f
		} else {
			sum.add(f)
		}
	}
	return sum
}

// Describe returns the machine.
func (l *SharedLedger[S, E]) Describe() Description { return l.def.Describe() }

// atomicCell is a cell that goroutines share.
type atomicCell struct {
	n  atomic.Uint64
	at atomic.Int64
}

func (c *atomicCell) add(at int64) {
	c.n.Add(1)
	c.at.Add(at)
}

func (c *atomicCell) load() cell { return cell{c.n.Load(), c.at.Load()} }

// shard is one set of counters. begun and done tell a reader whether a writer is under way: a count and the time that belongs
// to it are two words, and a figure made of one without the other would be wrong by the age of the process.
type shard struct {
	begun atomic.Uint64
	done  atomic.Uint64

	started    atomicCell
	ended      []atomicCell
	edges      []atomicCell
	refused    []atomic.Uint64
	unfinished atomic.Uint64
	trace      [shardTrace]sharedMark
	_          [64]byte // keeps the next shard's first words out of this one's last cache line
}

func (s *shard) init(c *compiled) {
	s.ended = make([]atomicCell, len(c.moves)/c.stride)
	s.edges = make([]atomicCell, len(c.edges))
	s.refused = make([]atomic.Uint64, len(c.moves))
}

func (s *shard) begin() uint64 { return s.begun.Add(1) }
func (s *shard) end()          { s.done.Add(1) }

// read copies the counters at a moment when no writer is under way; under constant load it settles for the last try.
func (s *shard) read(c *compiled) tally {
	t := newTally(c)
	for range readRetries {
		done := s.done.Load()
		t.started, t.unfinished = s.started.load(), s.unfinished.Load()
		for i := range s.ended {
			t.ended[i] = s.ended[i].load()
		}
		for i := range s.edges {
			t.edges[i] = s.edges[i].load()
		}
		for i := range s.refused {
			t.refused[i] = s.refused[i].Load()
		}
		if s.begun.Load() == done {
			break
		}
		runtime.Gosched()
	}
	return t
}
