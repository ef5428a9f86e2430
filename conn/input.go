package conn

import (
	"slices"
	"time"

	"github.com/gobwas/ws"

	"musicdb/fsm"
)

// input takes bytes that the peer has sent. They are valid only until it returns; what
// is not a whole message yet, or whose turn has not come, is copied. It releases the
// mutex while a prompt session executes a message.
func (s *shard) input(i uint32, p []byte) {
	r := s.table.record(i)
	gen := r.gen
	s.traffic.received.Bytes += uint64(len(p))
	r.tokens = s.refilled(r)
	r.heard = s.now
	switch r.hears {
	case hearsRequest:
		p = s.hearRequest(i, p)
	case hearsNothing:
		s.drop(i, len(p))
		return
	case hearsFrames, hearsFirst, hearsHello, hearsHandshake: // TLS has taken the bytes of the latter three
	}
	s.hear(i, gen, p)
}

// maxDropped is how many bytes of a peer, beyond those of one message, are read and
// dropped while its connection ends. Some must be: a socket that is closed with bytes
// unread loses what it still has to say, such as that the message is too large.
const maxDropped = 4 << 20

// drop counts bytes that nobody hears, and does not wait for the end of one who floods.
func (s *shard) drop(i uint32, n int) {
	w := s.worked(i)
	if w.dropped += n; w.dropped > s.engine.opts.MaxMessage+maxDropped && (w.reason != nil || s.table.record(i).life.State() == Answering) {
		s.lost(i, s.table.record(i).gen, errFlood)
	}
}

// hear takes bytes of frames until they are used up or the connection must not be read
// any further yet.
//
// It releases the mutex while a prompt session executes a message. Bytes that come
// meanwhile, which is rare, wait behind those that are at hand.
func (s *shard) hear(i, gen uint32, p []byte) {
	r := s.at(i, gen)
	switch {
	case r == nil || r.hears != hearsFrames:
	case r.marks.has(markHeard):
		if len(p) > 0 {
			w := s.worked(i)
			s.park(i, w, w.parked.len(), p)
		}
	default:
		r.marks.set(markHeard)
		s.understand(i, gen, p)
		if s.at(i, gen) != nil {
			r.marks.clear(markHeard)
		}
	}
}

// understand is hear for whoever has set markHeard.
func (s *shard) understand(i, gen uint32, p []byte) {
	for {
		r := s.at(i, gen)
		if r == nil || r.hears != hearsFrames {
			return
		}
		w := s.table.seat(i).work
		if len(p) == 0 && (w == nil || w.decoder.stage != inDoubt) {
			break
		}
		if w != nil && (w.held != nil || w.ending != noEnding) {
			s.park(i, w, 0, p)
			return
		}
		if w == nil || w.decoder.idle() {
			if payload, used, what, ok := whole(p, s.limit(r)); ok {
				p = p[used:]
				if s.spend(i, r, 1) {
					s.take(i, payload, nil, what)
				}
				continue
			}
		}
		w = s.worked(i)
		before := w.decoder.cost
		used, what, err := w.decoder.next(p)
		p = p[used:]
		switch {
		case !s.spend(i, r, w.decoder.cost-before):
		case err != nil:
			s.violated(i, err)
		case what == undecided:
			s.park(i, w, 0, p)
			return
		case what == textMessage || what == binaryMessage:
			m := w.decoder.takeMessage()
			s.take(i, nil, m, what)
		case what != nothing:
			s.take(i, w.decoder.controlBody(), nil, what)
		}
		if r = s.at(i, gen); r != nil {
			s.account(i)
		}
	}
	if r := s.at(i, gen); r != nil {
		s.relax(i)
	}
}

// limit is how large a message may be that is taken from a read buffer as it is.
func (s *shard) limit(r *record) int {
	if r.standing == stranger {
		return min(s.engine.opts.MaxStranger, shareAbove)
	}
	return min(s.engine.opts.MaxMessage, shareAbove) // an answer may refer to what is larger
}

// admission says whether a message that is too large for a stranger may come: the
// messages so far decide, so while one is being executed nobody can tell yet.
func (w *work) admission() verdict {
	r := w.s.table.record(w.slot)
	switch {
	case r.standing != stranger:
		return yes
	case r.executing() && w.reason == nil:
		return later
	}
	return no
}

// take does with a message or a control frame what is due. m is the buffer that has
// the payload, nil when it must be copied to be kept.
func (s *shard) take(i uint32, payload []byte, m *buffer, what kind) {
	switch what {
	case textMessage, binaryMessage:
		s.deliver(i, payload, m, what)
	case ping:
		s.pong(i, payload)
	case closing:
		code, text, err := checkClose(payload)
		if err != nil {
			s.violated(i, err)
			return
		}
		s.peerClosed(i, closeFrame{code, text})
	case pong, nothing, undecided:
	}
}

// pong answers a ping with its own payload (RFC 6455 5.5.3), ahead of everything that
// is queued later. Pongs count against the bound of the outbox like pushes.
func (s *shard) pong(i uint32, body []byte) {
	r := s.table.record(i)
	if !r.accepts() { // no frame may follow our close frame
		return
	}
	w := s.worked(i)
	s.catchUp(i)
	if !r.accepts() {
		return
	}
	if f := w.encodeControl(ws.OpPong, body); s.admits(i, f) {
		s.enqueue(i, entry{frame: f})
	} else {
		s.evict(i)
	}
}

// park keeps bytes until the connection may be read again, among those that are kept
// already.
func (s *shard) park(i uint32, w *work, at int, p []byte) {
	if w.parked == nil {
		w.parked = newBuffer()
	}
	w.parked.b = slices.Insert(w.parked.b, at, p...)
	s.account(i)
}

// reads reports whether more bytes of a connection may be read.
func (s *shard) reads(i uint32) bool {
	r, w := s.table.record(i), s.table.seat(i).work
	if r.hears == hearsFrames && r.marks.has(markHeard) {
		return false
	}
	return w == nil || w.parked == nil && w.held == nil && w.ending == noEnding
}

// proceed goes on with what was held back, when its turn has come, and then reads on.
// Whoever hears the connection already goes on himself.
func (s *shard) proceed(i, gen uint32) {
	r := s.at(i, gen)
	if r == nil || r.marks.has(markHeard) || s.table.seat(i).work == nil {
		return
	}
	r.marks.set(markHeard)
	for s.goOn(i, gen) {
	}
	if s.at(i, gen) == nil {
		return
	}
	r.marks.clear(markHeard)
	s.account(i)
	if s.reads(i) {
		s.carrier.resume(i, r, s.table.seat(i).work)
		s.relax(i)
	}
}

// goOn takes what was held back next, and reports whether there may be more.
func (s *shard) goOn(i, gen uint32) bool {
	if s.at(i, gen) == nil {
		return false
	}
	w := s.table.seat(i).work
	switch {
	case w == nil:
		return false
	case w.held != nil:
		if w.reason == nil && !s.mayCall(i) { // with a reason to end it is dropped
			return false
		}
		m := w.held
		w.held = nil
		s.deliver(i, nil, m, w.heldAs)
		return true
	case w.parked == nil || w.ending != noEnding:
		return false
	case !w.decoder.idle() && w.admission() == later:
		return false // the decoder would ask again
	}
	p := w.parked
	w.parked = nil
	s.understand(i, gen, p.b)
	p.release()
	return true
}

// account keeps the sum of what unfinished messages take, and ends the connection whose
// bytes exceed what all may take together.
func (s *shard) account(i uint32) {
	w := s.table.seat(i).work
	if w == nil {
		return
	}
	n := w.decoder.held() + w.held.len() + w.parked.len()
	if n < accountAbove {
		n = 0
	}
	if n == w.counted {
		return
	}
	sum := s.engine.buffered.Add(int64(n - w.counted))
	grown := n > w.counted
	w.counted = n
	switch {
	case !grown || sum <= int64(s.engine.opts.MaxBuffered):
	case w.reason == nil:
		s.violated(i, errNoMemory)
	default: // it is being closed already
		s.engine.reach(LimitBuffered)
		s.lost(i, s.table.record(i).gen, errNoMemory)
	}
}

// accountAbove is how many bytes of one connection are not worth counting.
const accountAbove = 4 << 10

// spend takes frames off what the peer may send at once, and ends the connection that
// sends faster than it may for too long.
func (s *shard) spend(i uint32, r *record, frames uint32) bool {
	if s.engine.opts.MaxRate == 0 {
		return true
	}
	if cost := uint64(frames) * uint64(perFrame); cost <= uint64(r.tokens) {
		r.tokens -= uint32(cost)
		return true
	}
	r.tokens = 0
	s.violated(i, errTooFast)
	return false
}

// perFrame is how many tokens a frame costs: so many that the limit, in frames per
// second, is how many tokens come back with each tick, and none is lost by rounding.
const perFrame = uint32(time.Second / fsm.TickLength)

// maxRate is the largest limit whose tokens can be counted.
const maxRate = int(^uint32(0) / perFrame)

// refilled is what a peer may send at once after the time since it was heard.
func (s *shard) refilled(r *record) uint32 {
	limit := uint64(s.engine.opts.MaxRate)
	return uint32(min(limit*uint64(perFrame), uint64(r.tokens)+uint64(s.now-r.heard)*limit))
}
