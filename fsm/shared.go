package fsm

import "sync/atomic"

const shardBits = 6 // instances are spread over 2^6 sets of counters, by id

// SharedLedger runs instances whose goroutines differ. Each instance still belongs to one goroutine at a time; the counters
// belong to all and are atomic. Every method may be called from any goroutine.
type SharedLedger[S, E ~uint8] struct {
	def     *Definition[S, E]
	moves   []move
	clock   atomic.Int64    // an extended tick; moved on when it is 31 days old
	refused []atomic.Uint64 // by index in moves; refusals are too rare to be spread
	shards  [1 << shardBits]shard
}

// NewSharedLedger makes a ledger with nothing in it.
func NewSharedLedger[S, E ~uint8](d *Definition[S, E]) *SharedLedger[S, E] {
	l := &SharedLedger[S, E]{def: d, moves: d.moves, refused: make([]atomic.Uint64, len(d.moves))}
	l.clock.Store(int64(Now()))
	for i := range l.shards {
		l.shards[i].init(&d.compiled)
	}
	return l
}

// Start begins a life in the initial state. id tells the instances apart in traces; it may be used again after End.
func (l *SharedLedger[S, E]) Start(in *Instance[S], id uint32, now Tick) {
	l.shard(id).started.add(l.follow(now))
	in.set(l.def.first, now)
}

// Resume begins a life in the state in which an earlier process has left it. It returns ErrUnknown, and starts nothing, for what is
// no state of the machine.
func (l *SharedLedger[S, E]) Resume(in *Instance[S], id uint32, state S, now Tick) error {
	if l.def.stateAt[state] < 0 {
		return ErrUnknown
	}
	row := uint8(state) + 1
	l.shard(id).resumed[row].add(l.follow(now))
	in.set(row, now)
	return nil
}

// Fire moves the instance along the table and returns where it is now. An event that the table does not have leaves the
// instance as it is, is counted and returned as a *RefusedError. Neither way allocates or waits.
func (l *SharedLedger[S, E]) Fire(in *Instance[S], id uint32, on E, now Tick) (to S, err error) {
	from := in.row
	at := int(from)*l.def.stride + l.def.column(uint8(on))
	m := l.moves[at]
	s := l.shard(id)
	s.put(mark{id, now, from, uint8(on), m.row()})
	if m == 0 {
		l.refused[at].Add(1)
		return in.State(), &l.def.refusals[at]
	}
	s.edges[m.edge()].add(l.follow(now))
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
	s := l.shard(id)
	if !finished {
		s.unfinished.Add(1)
	}
	s.ended[in.row].add(l.follow(Now()))
	in.row = 0
	if !finished {
		return ErrUnfinished
	}
	return nil
}

// follow extends a tick. The reference is moved on once a month, so that it stays in every core's cache.
func (l *SharedLedger[S, E]) follow(now Tick) int64 {
	seen := l.clock.Load()
	at := int64(extended(seen).follow(now))
	if at-seen > 1<<28 {
		l.clock.CompareAndSwap(seen, at)
	}
	return at
}

// Trace returns the last steps of one instance, oldest first, as far as the ledger still has them.
func (l *SharedLedger[S, E]) Trace(id uint32) []Step[S, E] {
	return steps[S, E](l.shard(id).of(id))
}

// Figures sums the shards, with the time in state counted up to now.
func (l *SharedLedger[S, E]) Figures() Figures { return l.figuresAt(Now()) }

func (l *SharedLedger[S, E]) figuresAt(now Tick) Figures {
	at := l.follow(now)
	sum, one := newTally(&l.def.compiled), newTally(&l.def.compiled)
	one.refused = nil // they are not kept by shard
	for i := range l.shards {
		l.shards[i].read(&one)
		sum.add(&one)
	}
	for i := range l.refused {
		sum.refused[i] = l.refused[i].Load()
	}
	return l.def.figures(&sum, at<<countBits, sharedUnit)
}

// shard spreads ids by Fibonacci hashing, so that no step between ids puts all instances on one shard.
func (l *SharedLedger[S, E]) shard(id uint32) *shard {
	return &l.shards[id*0x9E3779B1>>(32-shardBits)]
}

// Describe returns the machine.
func (l *SharedLedger[S, E]) Describe() Description { return l.def.Describe() }
