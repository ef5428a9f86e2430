package fsm

import "sync"

// traceLength is how many steps a ledger keeps, of all its instances together: 12 bytes each.
const traceLength = 1024

// Ledger runs the instances that one goroutine owns, and only that goroutine may call it, Figures and Describe excepted. Its
// counters are plain integers; Publish makes them visible to others.
type Ledger[S, E ~uint8] struct {
	def   *Definition[S, E]
	moves []move
	own   tally
	clock extended
	trace ring

	mu        sync.Mutex // guards what follows
	published tally
	seen      extended // the clock when it was published
}

// NewLedger makes a ledger with nothing in it.
func NewLedger[S, E ~uint8](d *Definition[S, E]) *Ledger[S, E] {
	return &Ledger[S, E]{
		def: d, moves: d.moves, clock: extended(Now()), seen: extended(Now()),
		own: newTally(&d.compiled), published: newTally(&d.compiled), trace: newRing(traceLength),
	}
}

// Start begins a life in the initial state. id tells the instances apart in traces; it may be used again after End.
func (l *Ledger[S, E]) Start(in *Instance[S], id uint32, now Tick) {
	l.clock = l.clock.follow(now)
	in.set(l.def.first, now)
	l.own.started.add(int64(l.clock))
}

// Fire moves the instance along the table and returns where it is now. An event that the table does not have leaves the
// instance as it is, is counted and returned as a *RefusedError. Neither way allocates.
func (l *Ledger[S, E]) Fire(in *Instance[S], id uint32, on E, now Tick) (to S, err error) {
	l.clock = l.clock.follow(now)
	from := in.row
	at := int(from)*l.def.stride + l.def.column(uint8(on))
	m := l.moves[at]
	l.trace.put(mark{id, now, from, uint8(on), m.row()})
	if m == 0 {
		l.own.refused[at]++
		return in.State(), &l.def.refusals[at]
	}
	l.own.edges[m.edge()].add(int64(l.clock))
	in.set(m.row(), now)
	return in.State(), nil
}

// End takes a live instance out of the figures. It returns ErrUnfinished where its state was not terminal: someone dropped
// what they should have brought to an end. Ending what is not live does nothing.
func (l *Ledger[S, E]) End(in *Instance[S], id uint32) error {
	if in.row == 0 {
		return nil
	}
	finished := l.def.terminal[in.row]
	if !finished {
		l.own.unfinished++
	}
	l.own.ended[in.row].add(int64(l.clock))
	in.row = 0
	if !finished {
		return ErrUnfinished
	}
	return nil
}

// Trace returns the last steps of one instance, oldest first, as far as the ledger still has them.
func (l *Ledger[S, E]) Trace(id uint32) []Step[S, E] { return steps[S, E](l.trace.of(id)) }

// Publish makes everything counted so far visible to Figures. The owner calls it before it goes to sleep.
func (l *Ledger[S, E]) Publish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.published.copyFrom(&l.own)
	l.seen = l.clock
}

// Figures returns what was last published, with the time in state counted up to now. Any goroutine may call it.
func (l *Ledger[S, E]) Figures() Figures { return l.figuresAt(Now()) }

func (l *Ledger[S, E]) figuresAt(now Tick) Figures {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.def.figures(&l.published, int64(l.seen.follow(now)), TickLength)
}

// Describe returns the machine. Any goroutine may call it.
func (l *Ledger[S, E]) Describe() Description { return l.def.Describe() }
