package conn

import (
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// adoptPlain moves a plain TCP connection onto a loop, with a descriptor of its own, if
// there are any; the engine has counted it. done is false for any other connection.
func (e *Engine) adoptPlain(id uint64, from netip.AddrPort, nc net.Conn, head []byte) (done bool) {
	tcp := plainOf(nc)
	if tcp == nil || len(e.loops) == 0 || e.startLoops() != nil {
		return false
	}
	fd, err := duplicate(tcp)
	if err != nil {
		return false
	}
	_ = nc.Close() // the connection lives on in the duplicate
	s := e.loops[id%uint64(len(e.loops))]
	s.lock()
	defer s.unlock()
	i, ok := s.born(id, from, int32(fd), nil, nil)
	if !ok {
		return true
	}
	r := s.table.record(i)
	gen := r.gen
	if len(head) > 0 {
		s.input(i, head)
	}
	if s.at(i, gen) != nil && r.fd == int32(fd) {
		s.carrier.(*loop).attend(i, r)
	}
	return true
}

// heeded is what a loop is told of each socket.
const heeded = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET

// attend lets the loop hear of the readiness of a connection's socket.
func (l *loop) attend(i uint32, r *record) {
	if r.marks.has(markSecure) {
		r.marks.set(markAwaited) // TLS has things to say by itself
	}
	events := uint32(heeded)
	if r.marks.has(markAwaited) {
		events |= unix.EPOLLOUT
	}
	if err := l.kernel.watch(r.fd, i, events); err != nil {
		l.s.lost(i, r.gen, err)
	}
}

// plainOf is the socket of a connection that has nothing between it and its bytes, or
// had only what has let all of them through; nil for any other.
func plainOf(nc net.Conn) *net.TCPConn {
	switch c := nc.(type) {
	case *net.TCPConn:
		return c
	case *sniffedConn:
		if c.isPlain() {
			tcp, _ := socketOf(c.Conn).(*net.TCPConn)
			return tcp
		}
	}
	return nil
}

// duplicate makes a descriptor of our own of a socket.
func duplicate(socket syscall.Conn) (fd int, err error) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	if cerr := raw.Control(func(theirs uintptr) {
		fd, err = unix.FcntlInt(theirs, unix.F_DUPFD_CLOEXEC, 0)
	}); cerr != nil {
		return 0, cerr
	}
	return fd, os.NewSyscallError("dup", err)
}
