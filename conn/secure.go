package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
)

// secure is the TLS of a connection on a loop. Once it has sent and received all, its
// record layer is what is left of it.
type secure struct {
	gate    *gate       // until the handshake is over
	pipe    *pipe       // during the handshake
	layer   recordLayer // from then on
	end     error       // of what the peer has to say: what was said before goes first
	hello   int         // bytes of the peer's part of the handshake
	counted int         // what is kept of these, later of an unfinished record, in the engine's sum
	unsent  []byte      // what the socket has not taken; of who has the pen
	owed    bool        // the last byte that unsent stands for is not reported as written
}

// gate is what a listener on the loops does to its connections.
type gate struct {
	config *tls.Config // for handshakes on pipes
	sniff  bool
	local  net.Addr
}

// secured notes that a connection begins with TLS, or may do so.
func (s *shard) secured(i uint32, r *record, g *gate) {
	if s.secures == nil {
		s.secures = make(map[uint32]*secure)
	}
	x := &secure{gate: g}
	s.secures[i] = x
	r.marks.set(markSecure)
	r.hears = hearsHello
	if g.sniff {
		r.hears = hearsFirst
	}
	if w := s.table.seat(i).work; w != nil {
		w.secure = x
	}
}

// exposed notes that a connection is a plain one.
func (s *shard) exposed(i uint32, r *record) {
	delete(s.secures, i)
	r.marks.clear(markSecure)
	r.hears = hearsRequest
	if w := s.table.seat(i).work; w != nil {
		w.secure = nil
	}
}

// forgo ends the TLS of a connection that has ended.
func (s *shard) forgo(i uint32) {
	x := s.secures[i]
	delete(s.secures, i)
	s.engine.buffered.Add(-int64(x.counted))
	if x.pipe != nil {
		x.pipe.become(finished)
	}
}

// keep counts n bytes that TLS keeps of a connection, and ends it if they exceed what all
// may take together.
func (s *shard) keep(i uint32, x *secure, n int) {
	if n < accountAbove {
		n = 0
	}
	if n == x.counted {
		return
	}
	sum := s.engine.buffered.Add(int64(n - x.counted))
	grown := n > x.counted
	x.counted = n
	switch r := s.table.record(i); {
	case !grown || sum <= int64(s.engine.opts.MaxBuffered):
	case r.life.State() == Handshaking:
		s.engine.reach(LimitBuffered)
		s.lost(i, r.gen, errNoMemory)
	default:
		s.violated(i, errNoMemory)
	}
}

// sealed has room for the ciphertext of one write: for two large records.
type sealed [2 * (sealRoom + maxSealed)]byte

// sealRoom is more than what is sent besides the content of a record: headers, and an
// update of keys.
const sealRoom = 128

var sealedPool = sync.Pool{New: func() any { return new(sealed) }}

// handle is a connection of a shard.
type handle struct{ slot, gen uint32 }

// begun remembers the latest TLS handshakes of a loop, so that no more of them than it
// has room for wait for their peers: a new one then takes the place of the oldest.
type begun struct {
	ring []handle
	next int
	most int
}

// maxHandshakes is how many TLS handshakes of one loop may be under way, each of which
// takes some 20 KB. A peer that answers is done before as many others have begun.
const maxHandshakes = 4096

func (b *begun) add(h handle) (oldest handle, ok bool) {
	if len(b.ring) < b.most {
		b.ring = append(b.ring, h)
		return handle{}, false
	}
	oldest, b.ring[b.next] = b.ring[b.next], h
	b.next = (b.next + 1) % b.most
	return oldest, true
}

// errManyHandshakes is the cause of an end of a connection whose TLS handshake has
// taken longer than those of many others.
var errManyHandshakes = errors.New("conn: too many TLS handshakes have begun since this one")
