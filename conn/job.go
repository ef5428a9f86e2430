package conn

// task is a method of a session.
type task uint8

const (
	greet task = iota // onWSConnect
	call              // onCall
	bye               // onWSDisconnect
)

// job is a method of one session that is to be run. There is at most one per
// connection, and the connection does not end before it is done.
type job struct {
	s       *shard
	slot    uint32
	what    task
	kind    kind    // of message
	message *buffer // of a call
}

// run is a job on a worker. Then it goes on with what was held back, and what the
// session had to say leaves at once.
func (j job) run(sc *scratch) {
	gen := j.do(true)
	s := j.s
	s.proceed(j.slot, gen)
	if s.carrier.anyoneWrites() {
		s.flush(j.slot, gen, sc)
	}
	s.unlock()
}

// do calls the session without the mutex and goes on with it, and leaves it held.
func (j job) do(timed bool) (gen uint32) {
	s := j.s
	s.mu.Lock()
	r, seat := s.table.record(j.slot), s.table.seat(j.slot)
	session, id, gen := seat.session, r.id, r.gen
	var end farewell
	if j.what == bye {
		end = s.farewell(j.slot)
	}
	s.mu.Unlock()

	var answer Answer
	var err error
	switch j.what {
	case greet:
		err = onWSConnect(session)
		s.engine.sessionFailed("onWSConnect failed", id, err)
	case call:
		answer, err = onCall(session, j.message.bytes(), j.kind)
		s.engine.sessionFailed("onCall failed", id, err)
	case bye:
		s.engine.sessionFailed("onWSDisconnect failed", id, onWSDisconnect(session, end.reason))
		s.engine.ended(id, end)
	}

	if timed {
		s.lock()
	} else {
		s.mu.Lock()
	}
	switch j.what {
	case greet:
		s.greeted(j.slot, err)
	case call:
		s.returned(j.slot, answer, err)
		j.message.release() // only now: the answer may be a part of the message
	case bye:
		s.departed(j.slot)
	}
	return gen
}

func onWSConnect(session Session) (err error) {
	defer contain("onWSConnect", &err)
	return session.OnWSConnect()
}

func onCall(session Session, message []byte, what kind) (a Answer, err error) {
	defer contain("onCall", &err)
	return callSession(session, message, what)
}

func onWSDisconnect(session Session, r Reason) (err error) {
	defer contain("onWSDisconnect", &err)
	session.OnWSDisconnect(r)
	return nil
}
