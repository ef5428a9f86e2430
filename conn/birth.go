package conn

import (
	"errors"
	"net/netip"
)

// From the accepted socket to the open websocket, or to a page, or to nothing.

// born makes a connection out of an accepted socket, with the mutex held, and runs it up
// to the wait for its handshake. It releases the mutex while the handler creates the
// session. cause is why it is refused, nil usually. It reports whether the connection
// waits for its request.
func (s *shard) born(id uint64, from netip.AddrPort, fd int32, link *stream, cause error) (i uint32, ok bool) {
	i = s.table.take()
	r := s.table.record(i)
	r.id, r.fd, r.since, r.heard = id, fd, s.now, s.now
	if from.IsValid() {
		r.addr, r.port = from.Addr().As16(), from.Port()
	}
	r.tokens = uint32(s.engine.opts.MaxRate) * perFrame
	s.lives.Start(&r.life, i, s.now)
	s.boxes.Start(&r.box, i, s.now)
	if link != nil {
		s.worked(i).link = link
	}
	s.step(i, Accept)
	if cause == nil {
		r.marks.set(markCounted)
	} else {
		s.step(i, Refuse)
		s.discard(i)
		return i, false
	}
	s.step(i, CreateSession)
	c := Conn{s, i, r.gen}
	s.mu.Unlock()
	session, err := newSession(s.engine.opts.Handler, c)
	s.lock()
	s.table.seat(i).session = session
	s.step(i, SessionReturned)
	switch {
	case err != nil:
	case session == nil:
		err = errors.New("the handler returned no session")
	case s.engine.isStopping(): // and Shutdown may have looked at this shard already
		err = ErrShutdown
	}
	if err != nil {
		s.mu.Unlock()
		s.engine.opts.Log.Warn("connection refused", "conn", id, "err", err)
		s.lock()
		s.step(i, Refuse)
		s.discard(i)
		return i, false
	}
	s.step(i, AwaitHandshake)
	s.setDue(r, s.engine.opts.OpenTimeout)
	return i, true
}

// newSession asks the handler for a session and contains its panic.
func newSession(h Handler, c Conn) (session Session, err error) {
	defer contain("the creation of a session", &err)
	return h.NewSession(c)
}

// hearRequest takes bytes of the request. What came behind it is returned.
func (s *shard) hearRequest(i uint32, p []byte) (rest []byte) {
	w := s.worked(i)
	if w.request.limit == 0 {
		w.request.limit = s.engine.opts.MaxHandshake
	}
	head, rest, bad := w.request.feed(p)
	switch {
	case bad != nil:
		if bad.status == 431 {
			s.engine.reach(LimitHandshakeSize)
		}
		s.answer(i, s.engine.handshake.appendRefusal(nil, bad))
	case head != nil:
		from := len(w.ink)
		ink, upgraded, ext := s.engine.handshake.reply(w.ink, head)
		if !upgraded {
			s.answer(i, ink[from:])
			return nil
		}
		w.ink = ink
		s.upgrade(i, ink[from:len(ink):len(ink)], ext)
		return rest
	}
	return nil
}

// upgrade makes the 101 the first entry of the outbox and lets the connection take part
// in broadcasts, unless that is up to its session, before the 101 can leave. Then
// onWSConnect runs.
func (s *shard) upgrade(i uint32, response []byte, ext extension) {
	r, w := s.table.record(i), s.table.seat(i).work
	r.due, r.hears, r.ext = 0, hearsFrames, ext
	s.engine.deflater.join(ext)
	w.request = requestReader{}
	w.decoder.begin(s.engine.opts.MaxMessage, s.engine.opts.MaxStranger, ext)
	s.traffic.handshake(response)
	s.step(i, Upgrade)
	w.box.add(entry{frame: frame{head: response}})
	s.stepBox(i, Open)
	s.step(i, Greet)
	if s.engine.opts.Admission == OnOpen {
		s.admit(i)
	}
	s.carrier.flush(i, w)
	s.run(job{s: s, slot: i, what: greet})
}

// answer sends an HTTP answer and waits until the peer has closed, so that the answer is
// not lost to a reset.
func (s *shard) answer(i uint32, response []byte) {
	s.table.record(i).hears = hearsNothing
	s.traffic.handshake(response)
	s.step(i, Reply)
	s.finish(i, frame{head: response}, Finish)
}
