//go:build linux

package conn

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// simKernel is the kernel of one loop. Its sockets behave as those of Linux do, as far as
// a loop can tell: readiness is told by edges, and tells everything that is so when it
// is asked.
type simKernel struct {
	w      *world
	l      *loop
	rung   bool
	open   bool      // the door
	passed int       // points of the loop since it has polled
	edges  []*socket // watched, with an edge not told yet
}

// socket is the server's end of a connection.
type socket struct {
	net.Conn  // none: a stream asks for nothing but the address
	w         *world
	p         *person
	k         *simKernel // that watches it
	fd        int32
	token     uint32
	in        []byte
	eof       bool // the peer has ended its direction
	reset     bool
	room      int  // bytes that it takes now
	starved   bool // a write wanted more room
	awaited   bool // room is an edge
	shutWr    bool
	shut      bool
	closed    bool
	busy      int  // system calls under way
	edged     bool // is in edges
	signalled bool
}

const endless = 1 << 30

func (s *socket) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(s.w.address(s.p.n)) }
func (s *socket) readable() bool       { return len(s.in) > 0 || s.eof || s.reset || s.shut || s.closed }

// edge is raised when something has changed.
func (s *socket) edge() {
	if s.k != nil && !s.edged && !s.closed {
		s.edged = true
		s.k.edges = append(s.k.edges, s)
	}
}

func (s *socket) mask() uint32 {
	var m uint32
	if s.readable() {
		m |= unix.EPOLLIN
	}
	switch {
	case !s.awaited:
	case s.room > 0 || s.reset || s.shut:
		m |= unix.EPOLLOUT
	default:
		s.starved = true // who has asked is told later
	}
	if s.eof || s.reset || s.shut {
		m |= unix.EPOLLRDHUP
	}
	if s.reset || s.shut || s.eof && s.shutWr {
		m |= unix.EPOLLHUP
	}
	if s.reset {
		m |= unix.EPOLLERR
	}
	return m
}

func (k *simKernel) awake() bool { return k.rung || len(k.edges) > 0 || k.open && len(k.w.door) > 0 }

func (k *simKernel) poll(events []unix.EpollEvent) int {
	if k.w.abort {
		return 0
	}
	k.passed = 0
	n, limit := 0, len(events)
	if k.w.batch > 0 {
		limit = k.w.batch
	}
	for n < limit && len(k.edges) > 0 {
		s := k.edges[0]
		k.edges = k.edges[:copy(k.edges, k.edges[1:])]
		s.edged = false
		if m := s.mask(); m != 0 {
			events[n] = unix.EpollEvent{Events: m, Fd: s.fd, Pad: int32(s.token)}
			n++
		}
	}
	if n < limit && k.open && len(k.w.door) > 0 {
		token := tokenDoor
		events[n] = unix.EpollEvent{Events: unix.EPOLLIN, Fd: doorFD, Pad: int32(token)}
		n++
	}
	if n < limit && k.rung {
		k.rung = false
		token := tokenBell
		events[n] = unix.EpollEvent{Events: unix.EPOLLIN, Pad: int32(token)}
		n++
	}
	return n
}

func (k *simKernel) wait(events []unix.EpollEvent) (n int, slept bool, err error) {
	k.w.pause(atSleep, nil)
	if k.w.abort {
		return 0, true, unix.EBADF
	}
	return k.poll(events), true, nil
}

func (k *simKernel) ring()                  { k.rung = true }
func (k *simKernel) unwatch(int32)          {}
func (k *simKernel) unsentLimit(int32, int) {}

func (k *simKernel) await(fd int32, _ uint32) {
	if s := k.w.socketAt(fd, "awaited"); s != nil {
		s.awaited = true
		s.edge()
	}
}

func (k *simKernel) watch(fd int32, token, events uint32) error {
	s := k.w.socketAt(fd, "watched")
	if s == nil {
		return unix.EBADF
	}
	if s.k != nil {
		k.w.fail("a socket is watched twice")
	}
	s.k, s.token, s.awaited = k, token, events&unix.EPOLLOUT != 0
	if s.mask() != 0 {
		s.edge()
	}
	return nil
}

func (k *simKernel) accept(int32) (int32, netip.AddrPort, unix.Errno) {
	w := k.w
	if len(w.door) == 0 {
		return noSocket, netip.AddrPort{}, unix.EAGAIN
	}
	p := w.door[0]
	w.door = w.door[1:]
	fd := 0
	for fd < len(w.fds) && w.fds[fd] != nil {
		fd++
	}
	if fd == len(w.fds) {
		w.fds = append(w.fds, nil)
	}
	w.fds[fd] = p.sock
	p.sock.fd = int32(fd)
	return int32(fd), w.address(p.n), 0
}

// pauseWith is a point in a system call that is about to return something.
func (w *world) pauseWith(result int, s *socket) {
	if a := w.current; a != nil {
		a.holds = result
		w.pause(atKernel, s)
		a.holds = 0
	}
}

func (w *world) socketAt(fd int32, doing string) *socket {
	if fd < 0 || int(fd) >= len(w.fds) || w.fds[fd] == nil {
		w.fail("descriptor %d is %s, and is no socket", fd, doing)
		return nil
	}
	return w.fds[fd]
}

func (k *simKernel) read(fd int32, p []byte) (int, unix.Errno) {
	s := k.w.socketAt(fd, "read")
	if s == nil {
		return 0, unix.EBADF
	}
	s.busy++
	n, errno := 0, unix.Errno(0)
	switch {
	case s.reset:
		errno = unix.ECONNRESET
	case len(s.in) > 0:
		n = copy(p, s.in)
		s.in = s.in[:copy(s.in, s.in[n:])]
	case s.eof || s.shut:
	default:
		errno = unix.EAGAIN
	}
	k.w.pauseWith(n|int(errno)<<8, s)
	s.busy--
	return n, errno
}

func (k *simKernel) write(fd int32, pieces [][]byte) (int, unix.Errno) {
	s := k.w.socketAt(fd, "written to")
	if s == nil {
		return 0, unix.EBADF
	}
	s.busy++
	defer func() { s.busy-- }()
	if !k.w.quick {
		k.w.pause(atKernel, s)
	}
	n, errno := s.put(pieces)
	k.w.pauseWith(n|int(errno)<<8, s)
	return n, errno
}

// put is a write that does not wait.
func (s *socket) put(pieces [][]byte) (int, unix.Errno) {
	switch {
	case s.w.abort, s.reset:
		return 0, unix.ECONNRESET
	case s.shut || s.closed:
		return 0, unix.EPIPE
	case s.shutWr:
		s.w.fail("bytes are written behind the end of the stream")
		return 0, unix.EPIPE
	}
	total := 0
	for _, piece := range pieces {
		n := min(len(piece), s.room)
		if s.room < endless {
			s.room -= n
		}
		s.p.receive(piece[:n])
		total += n
		if n < len(piece) {
			s.starved = true
			if total == 0 {
				return 0, unix.EAGAIN
			}
			break
		}
	}
	return total, 0
}

func (k *simKernel) shutdown(fd int32, how int) {
	s := k.w.socketAt(fd, "shut down")
	switch {
	case s == nil:
	case how == unix.SHUT_WR:
		s.busy++
		s.endWriting()
		k.w.pause(atKernel, s)
		s.busy--
	default:
		s.shut = true
		s.edge()
	}
}

func (s *socket) endWriting() {
	if s.shutWr {
		s.w.fail("the stream is ended twice")
	}
	s.shutWr = true
	s.p.ended = true
	s.edge()
}

func (k *simKernel) close(fd int32) {
	if fd == doorFD {
		k.open = false
		return
	}
	s := k.w.socketAt(fd, "closed")
	if s == nil || k.w.abort {
		return
	}
	if s.busy > 0 {
		k.w.fail("descriptor %d is closed while it is used", fd)
	}
	s.closed, s.edged = true, false
	for n, other := range k.edges {
		if other == s {
			k.edges = append(k.edges[:n], k.edges[n+1:]...)
			break
		}
	}
	k.w.fds[fd] = nil
}

// simListener is what a shutdown closes. Then the doors are closed as serveLoops does.
type simListener struct {
	net.Listener
	w *world
}

func (l simListener) Close() error {
	w := l.w
	if w.abort || w.closing {
		return nil
	}
	w.closing = true
	w.spawn(serverActor, 0, func() {
		left := w.Loops
		for _, s := range w.shards[:w.Loops] {
			lp := s.carrier.(*loop)
			lp.post(func() {
				lp.closeDoor(lp.doors[doorFD])
				if left--; left == 0 {
					w.door = nil
					w.engine.unlisten(l)
				}
			})
		}
		if left == 0 {
			w.engine.unlisten(l)
		}
	})
	return nil
}
