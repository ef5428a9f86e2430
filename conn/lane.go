package conn

import (
	"errors"
	"io"
	"net/netip"
	"sync"
	"time"

	"musicdb/fsm"
)

// lane writes to some of the followers of a relay. A goroutine owns it, which sleeps
// until the next turn; its mutex guards everything in it.
type lane struct {
	relay   *relay
	carrier laneCarrier

	mu     sync.Mutex
	roster roster
	turns  turns
	began  time.Time
	sleeps bool          // the owner sleeps, until
	until  time.Duration // from began; 0 for ever
	over   bool          // nothing begins any more
	bytes  uint64        // taken by connections
	pieces [][]byte      // room for what a flow returns
	spare  []*leftover
	gone   []berth // who has ended and was not told so
}

// laneCarrier is a transport of followers. Its methods are called with the lane's mutex
// held and must not block.
type laneCarrier interface {
	// write hands pieces to the connection of a follower, which may take a part of them:
	// resume is called when it takes more. One that is told later what became of a
	// write takes nothing.
	write(i uint32, f *follower, b *berth, pieces [][]byte) (n int, err error)
	// hold is told what a connection has not taken.
	hold(i uint32, f *follower, b *berth)
	// release ends a connection, now or when its last write has returned: then done is
	// false, and departed will be called.
	release(i uint32, f *follower, b *berth, on FollowEvent) (done bool)
	// rouse wakes the owner of the lane.
	rouse()
}

func newLane(r *relay, c laneCarrier) *lane {
	return &lane{
		relay: r, carrier: c, began: time.Now(), turns: turns{every: r.every},
		pieces: make([][]byte, 0, followPieces),
	}
}

// unlock releases the mutex and tells those who have ended.
func (l *lane) unlock() {
	gone := l.gone
	l.gone = nil
	l.mu.Unlock()
	for _, b := range gone {
		b.flow.Ended(b.left)
		l.relay.running.Done()
	}
}

// begin makes a follower. It must be written to soon.
func (l *lane) begin(id uint64, from netip.AddrPort, fd int32, out *outflow, flow Flow) uint32 {
	i := l.roster.take()
	f := l.roster.follower(i)
	now := fsm.Now()
	f.id, f.fd, f.born, f.moved = id, fd, now, now
	if a := from.Addr(); a.IsValid() {
		f.addr, f.port = a.As16(), from.Port()
	}
	*l.roster.berth(i) = berth{flow: flow, out: out}
	l.relay.ledger.Start(&f.life, uint32(id), now)
	l.turns.join(i, f)
	if at, _ := l.turns.next(); l.sleeps && (l.until == 0 || at < l.until) {
		l.sleeps = false
		l.carrier.rouse()
	}
	return i
}

// step moves the machine of a follower. A refusal would be a fault of this package.
func (l *lane) step(f *follower, on FollowEvent) {
	if _, err := l.relay.ledger.Fire(&f.life, uint32(f.id), on, fsm.Now()); err != nil {
		l.relay.engine.opts.Log.Error("a follower was moved wrongly", "conn", f.id, "err", err)
	}
}

// maxDeliveries is how often one turn may write to one follower, so that one who is far
// behind does not keep the others waiting.
const maxDeliveries = 4

// deliver writes what is there for a follower until it has everything or is full. head,
// if any, goes first.
func (l *lane) deliver(i uint32, head []byte) {
	f, b := l.roster.follower(i), l.roster.berth(i)
	for range maxDeliveries {
		var pieces [][]byte
		if b.rest != nil {
			pieces = b.rest.pieces()
		} else {
			var ok bool
			if pieces, ok = l.take(i, f, b, head); !ok {
				return
			}
			head = nil
		}
		if len(pieces) > 0 && !l.write(i, f, b, pieces) {
			return
		}
		if !f.marks.has(markMore) {
			if f.life.State() != Following {
				l.step(f, Deliver)
			}
			return
		}
	}
}

func (m *followMarks) set(which followMarks)     { *m |= which }
func (m *followMarks) clear(which followMarks)   { *m &^= which }
func (m followMarks) has(which followMarks) bool { return m&which != 0 }

// take asks the flow of a follower for what comes next. It is false when the follower has
// ended.
func (l *lane) take(i uint32, f *follower, b *berth, head []byte) (pieces [][]byte, ok bool) {
	room := l.pieces[:0]
	if len(head) > 0 {
		room = append(room, head)
	}
	pieces, err := b.flow.Next(room)
	f.marks.clear(markMore)
	if len(pieces) == cap(l.pieces) {
		f.marks.set(markMore)
	}
	switch {
	case err == nil:
		return pieces, true
	case len(pieces) > 0: // the head: what becomes of the flow can be asked again
		f.marks.set(markMore)
		return pieces, true
	case errors.Is(err, io.EOF):
		l.end(i, Exhaust, nil)
	case errors.Is(err, ErrOutrun):
		l.end(i, FallOut, err)
	default:
		l.end(i, Exhaust, err)
	}
	return nil, false
}

// write hands pieces to the connection, and reports whether it has taken all of them.
func (l *lane) write(i uint32, f *follower, b *berth, pieces [][]byte) bool {
	n, err := l.carrier.write(i, f, b, pieces)
	l.took(f, n)
	if err != nil {
		l.end(i, HangUp, err)
		return false
	}
	switch {
	case b.rest != nil:
		b.rest.drop(n)
	case n == lengthOf(pieces):
		return true
	default:
		b.rest = l.room()
		b.rest.keep(pieces, n)
	}
	if b.rest.from < b.rest.to {
		f.marks.set(markMore) // the flow goes on meanwhile
		l.carrier.hold(i, f, b)
		return false
	}
	l.giveBack(b)
	return true
}

// took counts what a connection has taken.
func (l *lane) took(f *follower, n int) {
	f.sent += uint64(n)
	l.bytes += uint64(n)
	if n > 0 {
		f.moved = fsm.Now()
	}
}

// full notes that a connection takes no more until it has sent some. Its time to take a byte begins here:
// before, there may have been none for it for long.
func (l *lane) full(f *follower) {
	if f.life.State() != Behind {
		l.step(f, Fill)
		f.moved = fsm.Now()
	}
}

func (l *lane) room() *leftover {
	if n := len(l.spare); n > 0 {
		r := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return r
	}
	return new(leftover)
}

// maxSpareLeftovers is how many of them a lane keeps for others.
const maxSpareLeftovers = 64

func (l *lane) giveBack(b *berth) {
	*b.rest = leftover{}
	if len(l.spare) < maxSpareLeftovers {
		l.spare = append(l.spare, b.rest)
	}
	b.rest = nil
}

// turn is a follower's turn.
func (l *lane) turn(i uint32) {
	f, b := l.roster.follower(i), l.roster.berth(i)
	if b.rest == nil {
		l.deliver(i, nil)
		return
	}
	l.full(f) // a goroutine writes longer than from one turn to the next
	if b.out != nil {
		l.took(f, b.out.progress())
	}
	switch {
	case fsm.Now().Since(f.moved) >= l.relay.stall:
		l.end(i, Stall, nil)
	case !b.flow.Kept(): // else one who takes a few bytes at a time keeps what waits for hours
		l.end(i, FallOut, ErrOutrun)
	}
}

// end ends the life of a follower.
func (l *lane) end(i uint32, on FollowEvent, why error) {
	f, b := l.roster.follower(i), l.roster.berth(i)
	if FollowLifecycle.Terminal(f.life.State()) {
		return
	}
	l.step(f, on)
	l.turns.leave(f, &l.roster)
	b.left = Departure{ID: f.id, State: f.life.State(), Err: why}
	if l.carrier.release(i, f, b, on) {
		l.departed(i)
	}
}

// departed gives back what a follower had that has ended.
func (l *lane) departed(i uint32) {
	f, b := l.roster.follower(i), l.roster.berth(i)
	b.left.Sent, b.left.Age = f.sent, fsm.Now().Since(f.born)
	if b.rest != nil {
		l.giveBack(b)
	}
	if err := l.relay.ledger.End(&f.life, uint32(f.id)); err != nil {
		l.relay.engine.unfinished(f.id, err)
	}
	l.gone = append(l.gone, *b)
	l.roster.give(i)
	if l.over && l.roster.live == 0 {
		l.carrier.rouse() // to its end
	}
}

// walkPause is after how many followers others may have the mutex.
const walkPause = 32

// walk gives everybody a turn whose time had come when it began, so that nobody has two:
// where there is not enough time for all, connections that take bytes again must be heeded
// all the same.
func (l *lane) walk() {
	l.mu.Lock()
	defer l.unlock()
	now := time.Since(l.began)
	for {
		k, ok := l.turns.due(now)
		if !ok {
			return
		}
		// From the end: who leaves meanwhile makes room for one who had a turn.
		for at := len(l.turns.lists[k]) - 1; at >= 0; at-- {
			if at = min(at, len(l.turns.lists[k])-1); at < 0 {
				break
			}
			l.turn(l.turns.lists[k][at])
			if at%walkPause == 0 {
				l.unlock()
				l.mu.Lock()
			}
		}
	}
}

// sleep says until when the owner may sleep, 0 for as long as nobody rouses it; done is
// true when it is not needed any more.
func (l *lane) sleep() (until time.Time, done bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over && l.roster.live == 0 {
		return until, true
	}
	at, never := l.turns.next()
	l.sleeps, l.until = true, 0
	if !never {
		l.until = max(at, 1)
		until = l.began.Add(l.until)
	}
	return until, false
}

func (l *lane) awake() {
	l.mu.Lock()
	l.sleeps = false
	l.mu.Unlock()
}

// shut dismisses everybody. Nothing begins any more.
func (l *lane) shut() {
	l.mu.Lock()
	defer l.unlock()
	l.over = true
	l.roster.each(func(i uint32, _ *follower) { l.end(i, Dismiss, ErrShutdown) })
	l.carrier.rouse()
}
