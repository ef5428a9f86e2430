package conn

import (
	"net"
	"net/netip"
	"sync"
)

// streams is the goroutine transport of one shard: it runs on any net.Conn. Each
// connection has a goroutine that reads, and one that writes while there is something to
// write.
type streams struct{ s *shard }

// stream is a connection of the goroutine transport.
type stream struct {
	nc      net.Conn
	in      source    // of the reading goroutine
	turn    sync.Cond // on the shard's mutex: the connection may be read on
	limited bool      // limitUnsent was called, by whichever goroutine writes
	flush   func()    // is the writing goroutine; made once
}

// begin runs a connection on the goroutine transport.
func (s *shard) begin(id uint64, from netip.AddrPort, nc net.Conn, head []byte, refused error) {
	t := &stream{nc: nc}
	t.in.init(nc)
	t.turn.L = &s.mu
	s.lock()
	i, ok := s.born(id, from, noSocket, t, refused)
	if !ok {
		s.unlock()
		return
	}
	gen := s.table.record(i).gen
	t.flush = func() { s.flushNow(i, gen) }
	s.unlock()
	go t.read(s, i, gen, head)
}

// read is the reading goroutine: the transport's part of the life of a connection.
func (t *stream) read(s *shard, i, gen uint32, p []byte) {
	defer t.in.release()
	for {
		s.lock()
		if len(p) > 0 && s.at(i, gen) != nil {
			s.input(i, p)
		}
		for s.at(i, gen) != nil && !s.reads(i) {
			t.turn.Wait()
		}
		alive := s.at(i, gen) != nil
		s.unlock()
		if !alive {
			return
		}
		var err error
		if p, err = t.in.next(); err != nil {
			s.lock()
			s.lost(i, gen, err)
			s.unlock()
			return
		}
	}
}

func (t *streams) flush(_ uint32, w *work) {
	if w.pen != resting {
		return
	}
	w.pen = summoned
	go w.link.flush()
}

// flushNow is the writing goroutine.
func (s *shard) flushNow(i, gen uint32) {
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	s.lock()
	s.flush(i, gen, sc)
	s.unlock()
}

func (t *streams) blocked(uint32, *record) {} // who writes to a net.Conn waits

func (t *streams) anyoneWrites() bool { return false } // the writing goroutine is on its way

func (t *streams) write(_ int32, via wire, large bool, pieces [][]byte) (int, error) {
	link := via.stream
	if large && !link.limited {
		link.limited = true
		limitUnsent(link.nc)
	}
	if len(pieces) == 1 {
		return link.nc.Write(pieces[0])
	}
	// One system call for all pieces where the socket allows it.
	buffers := net.Buffers(pieces)
	n, err := buffers.WriteTo(link.nc)
	return int(n), err
}

// closeWrite: a transport that cannot end one direction alone is closed.
func (t *streams) closeWrite(_ int32, via wire) {
	if half, ok := via.stream.nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the end of the connection follows anyway
		return
	}
	via.stream.nc.Close()
}

func (t *streams) resume(_ uint32, _ *record, w *work) { w.link.turn.Signal() }

// hangUp closes the socket below TLS and other layers. To close TLS would mean to send
// one more alert, for up to five seconds, to a peer that perhaps does not read; a peer
// that reads has got it from closeWrite.
func (t *streams) hangUp(_ *record, w *work) {
	socketOf(w.link.nc).Close()
	w.link.turn.Signal()
}

func (t *streams) release(*record, *work) {} // hangUp has closed it

func (t *streams) wake() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.spread(nil)
	t.s.owned = false
}

// socketOf is what lies below TLS and other layers.
func socketOf(nc net.Conn) net.Conn {
	for {
		layer, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nc
		}
		nc = layer.NetConn()
	}
}
