package conn

import (
	"encoding/binary"
	"net"
	"sync"
	"time"
)

// pipe is what crypto/tls has for a socket on a loop: it moves no bytes itself. The loop
// puts in what the peer has sent and takes out what is for the peer. During the
// handshake, which runs on a goroutine of its own, reading waits; afterwards it does not.
type pipe struct {
	turns chan struct{} // has room while one more handshake may compute
	hand  func()        // tells the loop that the handshake waits for the peer
	local net.Addr      // these two for the callbacks of the configuration
	peer  net.Addr
	keys  map[string][]byte // traffic secrets, by their labels in a key log; of the handshake

	mu     sync.Mutex // guards what follows
	more   sync.Cond
	phase  pipePhase
	in     []byte
	left   int // of the record at the beginning of in, during the handshake
	out    []byte
	flight []byte // all that was sent during the handshake
}

// pipePhase says what reading does when there is nothing.
type pipePhase uint8

const (
	reads    pipePhase = iota // it waits
	polls                     // it says so
	finished                  // nothing will come any more
)

func newPipe(turns chan struct{}, hand func(), local, peer net.Addr) *pipe {
	p := &pipe{turns: turns, hand: hand, local: local, peer: peer}
	p.more.L = &p.mu
	return p
}

// pollError is temporary, so crypto/tls asks again.
type pollError struct{}

func (pollError) Error() string   { return "conn: nothing has arrived" }
func (pollError) Timeout() bool   { return true }
func (pollError) Temporary() bool { return true }

// Read gives crypto/tls bytes of one record, never of two: so that nothing is in its
// buffers when the handshake is over.
func (p *pipe) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == reads && !p.begins() {
		p.mu.Unlock()
		p.hand()
		<-p.turns
		p.mu.Lock()
		for p.phase == reads && !p.begins() {
			p.more.Wait()
		}
		p.mu.Unlock()
		p.turns <- struct{}{}
		p.mu.Lock()
	}
	switch {
	case p.phase == finished:
		return 0, net.ErrClosed
	case len(p.in) == 0:
		return 0, pollError{}
	case p.phase == polls:
		n := copy(b, p.in)
		p.in = p.in[n:]
		return n, nil
	}
	n := copy(b, p.in[:min(p.left, len(p.in))])
	p.in, p.left = p.in[n:], p.left-n
	return n, nil
}

// begins reports whether a part of a record is there whose size is known.
func (p *pipe) begins() bool {
	if p.left == 0 && len(p.in) >= sealHeader {
		p.left = sealHeader + int(binary.BigEndian.Uint16(p.in[3:]))
	}
	return p.left > 0 && len(p.in) > 0
}

// Write keeps what is for the peer.
func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = append(p.out, b...)
	if p.phase == reads {
		p.flight = append(p.flight, b...)
	}
	return len(b), nil
}

// give puts in what the peer has sent, and reports whether its first record is there, or
// says that it is larger than any.
func (p *pipe) give(b []byte) (whole bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = append(p.in, b...)
	p.more.Signal()
	return p.begins() && len(p.in) >= min(p.left, maxSealed)
}

// lend is give for bytes that are read before they change.
func (p *pipe) lend(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.in) > 0 {
		p.in = append(p.in, b...)
		return
	}
	p.in = b
}

// take takes out what is for the peer.
func (p *pipe) take() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.out
	p.out = nil
	return out
}

// waiting is the number of bytes that nobody has read.
func (p *pipe) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.in)
}

// become goes on to another phase and returns what was not read.
func (p *pipe) become(phase pipePhase) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	in := p.in
	p.phase, p.flight, p.in = phase, nil, nil
	p.more.Signal()
	return in
}

func (p *pipe) Close() error         { p.become(finished); return nil }
func (p *pipe) LocalAddr() net.Addr  { return p.local }
func (p *pipe) RemoteAddr() net.Addr { return p.peer }

// Deadlines are the business of the sweep.
func (*pipe) SetDeadline(time.Time) error      { return nil }
func (*pipe) SetReadDeadline(time.Time) error  { return nil }
func (*pipe) SetWriteDeadline(time.Time) error { return nil }
