package conn

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"syscall"
	"time"
)

// The order of an end, which must not be changed: the reason is fixed and never
// overwritten; the close frame leaves, behind what was queued and within its
// deadline; both directions of the socket are ended; when nobody uses it any more it
// is closed; the session hears of it only when it has returned from everything else;
// then nothing is left.

// errTimeOver is what ends a connection that has not come to an end in time.
var errTimeOver = errors.New("conn: the time for it is over")

// errFlood is what ends a connection whose peer goes on sending instead of ending it.
var errFlood = errors.New("conn: the peer does not stop to send")

// fix keeps the first reason, and ends the connection's part in broadcasts.
func (s *shard) fix(i uint32, r Reason) {
	if w := s.worked(i); w.reason == nil {
		w.why = r
		w.reason = &w.why
	}
	s.retire(i)
}

// closeByServer queues the close frame as the last frame, if the outbox is open, and
// begins the closing handshake.
func (s *shard) closeByServer(i uint32, r Reason) {
	if !s.table.record(i).accepts() {
		return
	}
	s.catchUp(i)
	if !s.table.record(i).accepts() { // evicted by what was to be sent before
		return
	}
	s.fix(i, r)
	s.sayGoodbye(i, r.Code, r.Text, Finish)
	s.settle(i)
}

// evict closes a connection whose client reads too slowly. What waits is dropped; the
// frame under way is completed if that is possible in time.
func (s *shard) evict(i uint32) {
	s.engine.reach(LimitOutbox)
	r := Reason{By: ByServer, Code: CodePolicy, Text: "reading too slowly", Err: ErrSlow}
	s.fix(i, r)
	w := s.worked(i)
	w.box.evict()
	s.sayGoodbye(i, r.Code, r.Text, Overflow)
	s.settle(i)
}

// sayGoodbye queues our close frame as the last one.
func (s *shard) sayGoodbye(i uint32, code Code, text string, on OutboxEvent) {
	s.traffic.closesSent.count(code)
	s.finish(i, s.worked(i).encodeClose(code, text), on)
}

// finish queues the last frame and sets the closing time limit.
func (s *shard) finish(i uint32, last frame, on OutboxEvent) {
	w := s.worked(i)
	w.box.add(entry{frame: last, answer: true})
	s.stepBox(i, on)
	s.setDue(s.table.record(i), s.engine.opts.CloseTimeout)
	s.carrier.flush(i, w)
}

// settle enters the closing handshake when its close frame is queued and the session is
// idle, and turns to an end that has waited for the session.
func (s *shard) settle(i uint32) {
	r, w := s.table.record(i), s.table.seat(i).work
	if w == nil || r.executing() {
		return
	}
	if w.reason != nil && r.life.State() == Active {
		switch w.reason.By {
		case ByServer:
			s.step(i, CloseByServer)
		case ByPeer:
			s.step(i, CloseByPeer)
		case ByTransport: // the transport is about to notice
		}
	}
	if w.ending != noEnding {
		s.conclude(i)
	}
}

// violated answers a violation of the protocol with a close frame, after the messages
// before it. Nothing that the peer sends is heard any more.
func (s *shard) violated(i uint32, err error) {
	r, w := s.table.record(i), s.worked(i)
	v, ok := errors.AsType[*ViolationError](err)
	if !ok || r.hears == hearsNothing {
		return
	}
	s.reach(i, v)
	s.deafen(i)
	w.ending, w.last = byViolation, v
	s.await(i)
}

// deafen ends the hearing of a websocket. What the peer has begun to say is dropped: the
// end may take its time, and thousands may end together.
func (s *shard) deafen(i uint32) {
	w := s.worked(i)
	s.table.record(i).hears = hearsNothing
	w.decoder.release()
	w.parked.release()
	w.parked = nil
	s.account(i)
}

// peerClosed answers the peer's close frame, after the messages before it. What follows
// a close frame is ignored (RFC 6455 5.5.1).
func (s *shard) peerClosed(i uint32, f closeFrame) {
	s.deafen(i)
	w := s.worked(i)
	w.ending, w.final = byCloseOf, f
	s.traffic.closesReceived.count(f.code)
	s.await(i)
}

// await lets an end wait until the messages so far are executed and answered, but not
// longer than the closing time limit, nor when another end has begun already.
func (s *shard) await(i uint32) {
	r, w := s.table.record(i), s.table.seat(i).work
	if !r.executing() {
		s.conclude(i)
	} else if w.reason == nil {
		s.setDue(r, s.engine.opts.CloseTimeout)
	}
}

// conclude brings about the end that has waited.
func (s *shard) conclude(i uint32) {
	r, w := s.table.record(i), s.table.seat(i).work
	which := w.ending
	w.ending = noEnding
	switch {
	case which == byViolation:
		s.closeByServer(i, Reason{By: ByServer, Code: w.last.Code, Text: cutText(w.last.Rule, maxCloseText), Err: w.last})
	case r.life.State() == CloseSent:
		s.step(i, CloseByPeer)
	case r.accepts():
		s.catchUp(i)
		if !r.accepts() {
			return
		}
		s.fix(i, Reason{By: ByPeer, Code: w.final.code, Text: w.final.text})
		// RFC 6455 5.5.1: the answer typically echoes the code.
		s.sayGoodbye(i, w.final.code, "", Finish)
		s.settle(i)
	}
}

// expired is called when the time of a connection's present phase is over.
func (s *shard) expired(i uint32) {
	r, w := s.table.record(i), s.table.seat(i).work
	state := r.life.State()
	switch {
	case state == Handshaking:
		s.engine.reach(LimitHandshakeTime)
		s.step(i, OpenTimeout)
		s.step(i, Drop)
		s.discard(i)
	case w != nil && w.ending != noEnding && w.reason == nil:
		s.conclude(i) // the session hangs
	case (state == CloseSent || state == CloseReceived) && w != nil:
		s.engine.reach(LimitCloseTime)
		s.step(i, CloseTimeout)
		s.step(i, Drop)
		s.abandon(i)
	case w != nil && w.reason != nil || state == Answering:
		s.engine.reach(LimitCloseTime)
		s.lost(i, r.gen, errTimeOver)
	default:
		s.idled(i, r)
	}
}

// idled looks at a connection that was silent at least for a part of the idle time.
func (s *shard) idled(i uint32, r *record) {
	limit := s.engine.opts.IdleTimeout
	if limit == 0 {
		return
	}
	if left := limit - s.now.Since(r.heard); left > 0 || r.executing() {
		s.setIdle(r, max(left, time.Second))
		return
	}
	s.engine.reach(LimitIdleTime)
	s.closeByServer(i, Reason{By: ByServer, Code: CodeGoingAway, Text: "idle for too long", Err: ErrIdle})
}

// lost ends a connection whose socket has ended or failed with err.
func (s *shard) lost(i, gen uint32, err error) {
	r := s.at(i, gen)
	if r == nil {
		return
	}
	switch state := r.life.State(); state {
	case Handshaking:
		s.step(i, Lost)
		s.discard(i)
	case Answering:
		if r.box.State() == Shut {
			s.step(i, Replied)
		} else {
			s.step(i, Lost)
		}
		s.discard(i)
	case Greeting, Calling, Active, CloseSent, CloseReceived:
		s.fix(i, Reason{By: ByTransport, Code: CodeAbnormal, Err: lostBy(err)})
		s.step(i, Lost)
		s.abandon(i)
	default: // it has ended already, or nobody reads it yet
	}
}

// LostError is why a connection is lost: what its socket said.
type LostError struct{ Cause error }

func (e *LostError) Error() string { return "connection lost: " + e.Cause.Error() }

// Unwrap is the error of the socket.
func (e *LostError) Unwrap() error { return e.Cause }

// The losses that come by the thousand are made once.
var (
	errEnd       = errors.New("the peer has ended it")
	errLostEnd   = &LostError{errEnd}
	errLostEOF   = &LostError{io.EOF}
	errLostReset = &LostError{syscall.ECONNRESET}
)

func lostBy(err error) *LostError {
	for _, often := range [...]*LostError{errLostEnd, errLostEOF, errLostReset} {
		if err == often.Cause { //nolint:errorlint // exactly these, not what wraps them
			return often
		}
	}
	return &LostError{err}
}

// fail gives a connection up after a failure of this package: the transport will notice
// that its socket is of no use.
func (s *shard) fail(i uint32, err error) {
	s.fix(i, Reason{By: ByTransport, Code: CodeAbnormal, Err: err})
	s.carrier.hangUp(s.table.record(i), s.table.seat(i).work)
}

// shut ends a connection for a shutdown: with a closing handshake when it is a
// websocket, by dropping it when it is not yet one.
func (s *shard) shut(i uint32, why Reason) {
	r := s.table.record(i)
	switch {
	case r.box.State() != Unopened:
		s.closeByServer(i, why)
	case r.life.State() == Handshaking:
		s.lost(i, r.gen, why.Err)
	} // else its session is being created, and born looks whether the engine stops
}

// abandon is what remains of a websocket whose socket is of no use any more.
func (s *shard) abandon(i uint32) {
	s.shutBox(i)
	r, w := s.table.record(i), s.worked(i)
	r.due, r.hears, w.ending = 0, hearsNothing, noEnding
	w.held.release()
	w.parked.release()
	w.held, w.parked = nil, nil
	w.decoder.release()
	s.account(i)
	s.carrier.hangUp(r, w)
	s.tryEnd(i)
}

// shutBox drops what is still queued, unless the outbox has ended already, and lets nobody
// begin to write any more.
func (s *shard) shutBox(i uint32) {
	r, w := s.table.record(i), s.worked(i)
	if !w.pen.busy() {
		w.pen = dry
	}
	if _, open := OutboxLifecycle.Next(r.box.State(), Discard); open {
		w.box.discard()
		s.stepBox(i, Discard)
	}
}

// discard ends a connection that never was a websocket. Its session hears nothing.
func (s *shard) discard(i uint32) {
	s.shutBox(i)
	r, w := s.table.record(i), s.worked(i)
	r.due, r.hears = 0, hearsNothing
	s.carrier.hangUp(r, w)
	s.tryEnd(i)
}

// tryEnd goes on with an end when nobody writes to the socket any more.
func (s *shard) tryEnd(i uint32) {
	r, w := s.table.record(i), s.worked(i)
	state := r.life.State()
	if w.pen.busy() || state != Closing && state != Discarding {
		return
	}
	s.carrier.release(r, w)
	if state == Discarding {
		s.end(i)
		return
	}
	s.step(i, Disconnect)
	s.run(job{s: s, slot: i, what: bye})
}

// farewell is what is told of an end.
type farewell struct {
	reason Reason
	remote string
	level  slog.Level
	line   string // for the log; "" for none
	trace  string // of an end that is logged, else ""
}

func (s *shard) farewell(i uint32) farewell {
	f := farewell{reason: *s.table.seat(i).work.reason}
	f.level, f.line = f.reason.line()
	if f.line != "" && s.engine.opts.Log.Enabled(context.Background(), f.level) {
		f.remote, f.trace = s.remote(i), s.trace(i)
	}
	return f
}

// departed goes on after onWSDisconnect.
func (s *shard) departed(i uint32) {
	s.step(i, DisconnectReturned)
	s.end(i)
}

// end takes the connection out of the figures and gives its slot away.
func (s *shard) end(i uint32) {
	r, w := s.table.record(i), s.worked(i)
	s.step(i, End)
	s.engine.unfinished(r.id, s.lives.End(&r.life, i))
	s.engine.unfinished(r.id, s.boxes.End(&r.box, i))
	if r.marks.has(markSecure) {
		s.forgo(i)
	}
	if r.marks.has(markCounted) {
		s.engine.forget(r.remote())
	}
	s.engine.deflater.leave(r.ext)
	w.recycle()
	s.table.give(i)
	if len(s.spare) < maxSpare {
		s.spare = append(s.spare, w)
	} else {
		workPool.Put(w)
	}
}
