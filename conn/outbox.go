package conn

import "slices"

// outbox is the queue of what one connection still has to write. The mutex of the
// shard guards it; it writes nothing itself: a writer takes a batch, writes it without
// the mutex held, and reports back how much of it the socket has taken.
//
// Bound. What waits behind the message being written may have at most Options.
// OutboxBytes, the bookkeeping of each frame included, so that a flood of tiny frames
// (the pongs of a client that only sends pings) is bounded in memory, too. The message being written may have any size, and so may one answer
// to a call of this client behind it, because the next message of the client is
// executed only when that answer is on its way (see responseWaits). So a client
// that asks is held back, and a client that does not read what is pushed to it is
// evicted. The shared body of one push may have any size, too: others hold it anyway,
// and a client that is reading one list must bear that another is broadcast.
type outbox struct {
	queue  []entry
	bytes  int      // in queue
	begun  int      // bytes of the first entry that are written already
	taken  int      // entries at the front that the writer is writing
	behind int      // bytes of pushes in queue[1:], as cost counts them
	shares int      // pushes in queue[1:] with a shared body; the first one's is not in behind
	room   [1]entry // of a queue that has one entry at most, as nearly all have
}

// entry is one frame in the queue.
type entry struct {
	frame
	answer bool // to a call of this client: not counted against the bound
}

// bookkeeping is what a waiting frame takes in memory besides its own bytes: its entry
// and the rounding up of its allocation.
const bookkeeping = 64

// cost is what a push that waits counts against the bound, in bytes.
func (o *outbox) cost(f frame) int {
	if o.shares == 0 {
		return f.size() - f.sharedSize() + bookkeeping
	}
	return f.size() + bookkeeping
}

func (o *outbox) count(f frame) {
	o.behind += o.cost(f)
	if f.sharedSize() > 0 {
		o.shares++
	}
}

// running reports whether a writer is at work or has to be started.
func (o *outbox) running() bool { return len(o.queue) > 0 }

// responseWaits reports whether an answer to this client waits behind the message
// being written.
func (o *outbox) responseWaits() bool {
	for _, e := range o.queue[min(1, len(o.queue)):] {
		if e.answer {
			return true
		}
	}
	return false
}

// overflows reports whether a push would have to wait beyond the bound.
func (o *outbox) overflows(f frame, bound int) bool {
	return len(o.queue) > 0 && o.behind+o.cost(f) > bound
}

// supersede drops the push that waits and that f is to replace. What is behind an
// answer stays there: a client may rely on having heard of what its request caused.
func (o *outbox) supersede(f frame) {
	if f.rest == nil || f.topic == "" {
		return
	}
	for i := len(o.queue) - 1; i >= max(o.taken, 1); i-- {
		if o.queue[i].answer {
			return
		}
		if o.queue[i].about(f.topic) {
			o.queue = slices.Delete(o.queue, i, i+1)
			o.recount()
			return
		}
	}
}

func (o *outbox) add(e entry) {
	switch {
	case len(o.queue) == 0:
		if cap(o.queue) == 0 {
			o.queue = o.room[:0]
		}
	case !e.answer:
		o.count(e.frame)
	}
	o.queue = append(o.queue, e)
	o.bytes += e.size()
}

// evict drops what waits behind the frames that are being written.
func (o *outbox) evict() {
	// The first frame stays in any case: it may be the 101.
	keep := max(o.taken, 1)
	clear(o.queue[keep:])
	o.queue = o.queue[:keep]
	o.recount()
}

// take returns the frames of the next write: one frame, or as many small ones as
// fit into limit bytes. They stay in the queue until wrote is called.
func (o *outbox) take(limit int) []entry {
	n, size := 1, o.queue[0].size()
	for n < len(o.queue) && size+o.queue[n].size() <= limit {
		size += o.queue[n].size()
		n++
	}
	o.taken = n
	return o.queue[:n:n]
}

// wrote tells how many bytes of what take has returned are written, removes the
// frames that are complete, and says how the machine goes on; moved is false when none
// was.
func (o *outbox) wrote(n int) (on OutboxEvent, moved bool) {
	n += o.begun
	gone := 0
	for gone < o.taken && n >= o.queue[gone].size() {
		n -= o.queue[gone].size()
		gone++
	}
	o.begun, o.taken = n, 0
	if gone == 0 {
		return 0, false
	}
	// A copy instead of a re-slice: a queue that is never empty would else keep its
	// array growing.
	left := copy(o.queue, o.queue[gone:])
	clear(o.queue[left:])
	o.queue = o.queue[:left]
	o.recount()
	switch left {
	case 0:
		return Drain, true
	case 1:
		return CatchUp, true
	}
	return Advance, true
}

func (o *outbox) recount() {
	o.bytes, o.behind, o.shares = 0, 0, 0
	for i, e := range o.queue {
		o.bytes += e.size()
		if i > 0 && !e.answer {
			o.count(e.frame)
		}
	}
}

// discard drops everything. What take has returned is forgotten, but not cleared: the
// writer may be reading it.
func (o *outbox) discard() {
	clear(o.queue[o.taken:])
	*o = outbox{}
}

// maxRoom is how many entries an outbox keeps room for while it is not used.
const maxRoom = 32

// reset makes the outbox ready for another connection.
func (o *outbox) reset() {
	room := o.queue
	if cap(room) > maxRoom {
		room = nil
	}
	*o = outbox{queue: room[:0]}
}
