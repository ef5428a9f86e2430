package conn

import (
	"errors"
	"runtime/debug"
)

// deliver hands a complete message to the session, when it is this message's turn: the
// messages before it are executed, and no answer to them waits behind what the client
// does not read. Until then it is held, and the client is not read any further. A message
// that arrives after the end has begun is dropped. m has the payload; with nil it is
// copied where it must outlive the call.
func (s *shard) deliver(i uint32, payload []byte, m *buffer, what kind) {
	r, w := s.table.record(i), s.table.seat(i).work
	if w != nil && w.reason != nil {
		m.release()
		return
	}
	if !s.mayCall(i) {
		w = s.worked(i)
		w.held, w.heldAs = owned(payload, m), what
		return
	}
	r.received++
	s.traffic.received.Messages++
	s.step(i, Message)
	session := s.table.seat(i).session
	if _, takesBinary := session.(BinarySession); what == binaryMessage && !takesBinary {
		s.step(i, Ignore)
		m.release()
		return
	}
	s.step(i, Decoded)
	if p, ok := session.(PromptSession); ok {
		id := r.id
		s.mu.Unlock()
		if m != nil {
			payload = m.bytes()
		}
		answer, promptly, err := callPromptly(p, payload, what)
		s.engine.sessionFailed("onCall failed", id, err)
		s.mu.Lock()
		if promptly || err != nil {
			s.returned(i, answer, err)
			m.release() // only now: the answer may be a part of the message
			return
		}
	}
	s.run(job{s: s, slot: i, what: call, message: owned(payload, m), kind: what})
}

// owned returns the buffer of a payload, a copy if it has none.
func owned(payload []byte, m *buffer) *buffer {
	if m == nil {
		m = newBuffer()
		m.b = append(m.b, payload...)
	}
	return m
}

// mayCall reports whether the session may execute the next message now.
func (s *shard) mayCall(i uint32) bool {
	if s.table.record(i).life.State() != Active {
		return false
	}
	w := s.table.seat(i).work
	switch {
	case w == nil:
		return true
	case w.pen == resting: // what is queued will be written when the bytes at hand are used up
		return w.box.bytes < batchSize
	}
	return !w.box.responseWaits()
}

// run executes a method of the session: on a worker, or at once, with the mutex
// released, if the session is a prompt one.
func (s *shard) run(j job) {
	if _, ok := s.table.seat(j.slot).session.(PromptSession); ok && j.what != call {
		s.mu.Unlock()
		j.do(false)
		return
	}
	s.submit(j)
}

// greeted goes on after onWSConnect.
func (s *shard) greeted(i uint32, err error) {
	if s.table.record(i).life.State() == Orphaned {
		s.step(i, CallReturned)
		s.tryEnd(i)
		return
	}
	s.step(i, GreetReturned)
	s.step(i, Establish)
	if err != nil {
		s.closeByServer(i, sessionFailure(err))
	} else if idle := s.engine.opts.IdleTimeout; idle > 0 && s.table.record(i).due == 0 {
		s.setIdle(s.table.record(i), idle)
	}
	s.settle(i)
}

// sessionFailure is why a connection ends whose session has failed.
func sessionFailure(err error) Reason {
	return Reason{By: ByServer, Code: CodeServerFailed, Text: "internal error", Err: err}
}

// returned goes on after onCall: it sends what was answered. It releases the mutex
// while that goes to all or is compressed.
func (s *shard) returned(i uint32, answer Answer, err error) {
	gen, ext := s.table.record(i).gen, s.table.record(i).ext
	var small parcel
	switch {
	case err != nil:
	case answer.To == ResponseToAll:
		// What was executed concerns all others, even if its client is gone.
		s.mu.Unlock()
		s.engine.hub.Publish(answer.parts())
		s.mu.Lock()
	case answer.To == Response && ext.compresses():
		s.mu.Unlock()
		small = s.engine.deflater.pack(answer.parts(), ext.window)
		s.mu.Lock()
	}
	s.answered(i, answer, small, err)
	small.lent.release()
	if s.at(i, gen) != nil {
		s.settle(i)
	}
	if answer.Sent != nil {
		s.mu.Unlock()
		answer.Sent()
		s.mu.Lock()
	}
}

// answered steps the machine over the answer of the session, which may be compressed.
func (s *shard) answered(i uint32, answer Answer, small parcel, err error) {
	r := s.table.record(i)
	switch {
	case r.life.State() == Orphaned:
		s.step(i, CallReturned)
		s.tryEnd(i)
	case err != nil && stackOf(err) == "":
		s.step(i, CallFailed)
	case err != nil:
		s.step(i, CallPanicked)
		s.closeByServer(i, sessionFailure(err))
	case answer.To == Response:
		s.step(i, RespondOne)
		if r.accepts() {
			s.catchUp(i)
		}
		if r.accepts() { // not evicted by what was to be sent before
			r.sent++
			s.traffic.sent.Messages++
			s.enqueue(i, entry{frame: s.worked(i).encode(answer.parts(), small), answer: true})
		}
		s.step(i, Sent)
	case answer.To == ResponseToAll:
		s.step(i, RespondAll)
		s.step(i, Sent)
	default:
		s.step(i, RespondNone)
	}
}

// callPromptly asks a session whether it takes a message promptly, and calls it then.
func callPromptly(p PromptSession, message []byte, what kind) (a Answer, promptly bool, err error) {
	defer contain("onCall", &err)
	if promptly = p.Prompt(message); promptly {
		a, err = callSession(p, message, what)
	}
	return a, promptly, err
}

func callSession(session Session, message []byte, what kind) (Answer, error) {
	if what == binaryMessage {
		return session.(BinarySession).OnBinary(message)
	}
	return session.OnCall(message)
}

// contain turns a panic of the session into a *PanicError.
func contain(in string, err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{In: in, Value: v, Stack: debug.Stack()}
	}
}

// stackOf is the stack of a contained panic, "" for any other error.
func stackOf(err error) string {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return string(p.Stack)
	}
	return ""
}
