//go:build linux

package conn

import "golang.org/x/sys/unix"

// simStreams is the goroutine transport of one shard, with actors for goroutines.
type simStreams struct {
	s *shard
	w *world
}

// begin runs a connection, as shard.begin does.
func (t *simStreams) begin(p *person) {
	e, w, s := t.w.engine, t.w, t.s
	refused := e.enter(w.address(p.n))
	link := &stream{nc: p.sock}
	link.turn.L = &s.mu
	s.lock()
	i, ok := s.born(e.lastID.Add(1), w.address(p.n), noSocket, link, refused)
	gen := s.table.record(i).gen
	s.unlock()
	if !ok {
		return
	}
	for {
		w.pause(atInput, p.sock)
		n, errno := 0, unix.Errno(0)
		var b [64]byte
		switch {
		case w.abort || p.sock.reset || p.sock.closed:
			errno = unix.ECONNRESET
		case len(p.sock.in) > 0:
			n = copy(b[:], p.sock.in)
			p.sock.in = p.sock.in[:copy(p.sock.in, p.sock.in[n:])]
		default:
			errno = unix.EPIPE
		}
		if w.current != nil {
			w.current.holds = n | int(errno)<<8
		}
		s.lock()
		if w.current != nil {
			w.current.holds = 0
		}
		if errno != 0 {
			s.lost(i, gen, errno)
			s.unlock()
			return
		}
		if s.at(i, gen) != nil {
			s.input(i, b[:n])
		}
		for s.at(i, gen) != nil && !s.reads(i) {
			p.sock.signalled = false
			s.mu.Unlock()
			w.pause(atTurn, p.sock)
			s.mu.Lock()
			if w.abort {
				s.unlock()
				return
			}
		}
		alive := s.at(i, gen) != nil
		s.unlock()
		if !alive {
			return
		}
	}
}

func (t *simStreams) flush(i uint32, w *work) {
	if w.pen != resting {
		return
	}
	w.pen = summoned
	gen := t.s.table.record(i).gen
	who := w.link.nc.(*socket).p.n
	t.w.spawn(writerActor, who, func() {
		sc := t.w.current.sc
		t.s.lock()
		t.s.flush(i, gen, sc)
		t.s.unlock()
	})
}

func (t *simStreams) blocked(uint32, *record) {}

func (t *simStreams) anyoneWrites() bool { return false }

func (t *simStreams) write(_ int32, via wire, _ bool, pieces [][]byte) (int, error) {
	s := via.stream.nc.(*socket)
	total := 0
	for _, piece := range pieces {
		for len(piece) > 0 {
			t.w.pause(atRoom, s)
			n, errno := s.put([][]byte{piece})
			total += n
			if errno != 0 {
				return total, errno
			}
			piece = piece[n:]
		}
	}
	t.w.pause(atKernel, s)
	return total, nil
}

func (t *simStreams) closeWrite(_ int32, via wire) {
	s := via.stream.nc.(*socket)
	s.endWriting()
	t.w.pause(atKernel, s)
}

func (t *simStreams) resume(_ uint32, _ *record, w *work) { w.link.nc.(*socket).signalled = true }

func (t *simStreams) hangUp(_ *record, w *work) {
	s := w.link.nc.(*socket)
	s.closed, s.signalled = true, true
}

func (t *simStreams) release(*record, *work) {}

func (t *simStreams) wake() { (&streams{t.s}).wake() }
