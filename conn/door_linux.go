package conn

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// door is a listening socket as one loop sees it.
type door struct {
	fd      int32 // a duplicate of this loop's own
	address net.Addr
	gate    *gate // of TLS; nil: plain
	backoff backoff
	failed  chan<- error // of Serve
}

// acceptsPerEvent is how many connections one event of a door may bring, so that a storm
// of new ones does not hold up those that are there.
const acceptsPerEvent = 64

// serveLoops serves a TCP listener on the loops, if there are any, until it fails or the
// engine stops. done is false for any other listener.
func (e *Engine) serveLoops(l net.Listener, t *TLS) (done bool, err error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok || len(e.loops) == 0 {
		return false, nil
	}
	switch err := e.startLoops(); {
	case errors.Is(err, ErrShutdown):
		return true, nil
	case err != nil:
		e.opts.Log.Warn("no event loop could be started; every connection gets a goroutine", "err", err)
		return false, nil
	}
	var g *gate
	if t != nil {
		g = &gate{t.forLoops(), t.Sniff, l.Addr()}
	}
	failed := make(chan error, len(e.loops))
	var doors []*door
	for range e.loops {
		fd, err := duplicate(tcp)
		if err != nil {
			for _, d := range doors {
				rawClose(d.fd)
			}
			if e.isStopping() {
				return true, nil
			}
			return true, fmt.Errorf("conn: serving %s: %w", l.Addr(), err)
		}
		doors = append(doors, &door{fd: int32(fd), address: l.Addr(), gate: g, failed: failed})
	}
	prepare(int(doors[0].fd))
	for k, d := range doors {
		lp := e.loops[k].carrier.(*loop)
		lp.post(func() { lp.openDoor(d) })
	}
	select {
	case <-e.stopping:
	case err = <-failed:
		err = fmt.Errorf("conn: accepting on %s: %w", l.Addr(), err)
	}
	closed := make(chan struct{}, len(doors))
	for k, d := range doors {
		lp := e.loops[k].carrier.(*loop)
		lp.post(func() { lp.closeDoor(d); closed <- struct{}{} })
	}
	for range doors {
		<-closed
	}
	return true, err
}

// startLoops starts what is needed once.
func (e *Engine) startLoops() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.isStopping(): // and perhaps nobody waits for them any more
		return ErrShutdown
	case e.started:
		return nil
	}
	var opened []*loop
	for _, s := range e.loops {
		l := s.carrier.(*loop)
		if err := l.open(); err != nil {
			for _, l := range opened {
				l.close()
			}
			return err
		}
		opened = append(opened, l)
	}
	for _, l := range opened {
		e.running.Go(l.run)
	}
	e.started = true
	return nil
}

// ringAll wakes all loops.
func (e *Engine) ringAll() {
	if e.started {
		for _, s := range e.loops {
			s.carrier.wake()
		}
	}
}

// openDoor begins to accept. Of the loops that wait at a door, one is woken.
func (l *loop) openDoor(d *door) {
	l.doors[d.fd] = d
	err := l.kernel.watch(d.fd, tokenDoor, unix.EPOLLIN|unix.EPOLLEXCLUSIVE)
	switch {
	case err == nil:
	case d.backoff.recovers(err):
		l.rest(d, err)
	default:
		d.fail(err)
	}
}

// fail ends the Serve of a door; the first of its failures tells why.
func (d *door) fail(why error) {
	select {
	case d.failed <- why:
	default:
	}
}

// closeDoor: others have the listening socket, too, so to close it does not end the watch.
func (l *loop) closeDoor(d *door) {
	delete(l.doors, d.fd)
	l.kernel.unwatch(d.fd)
	l.kernel.close(d.fd)
}

// accept takes the connections that wait at a door.
func (l *loop) accept(d *door) {
	for range acceptsPerEvent {
		fd, from, errno := l.kernel.accept(d.fd)
		switch {
		case errno == 0:
			d.backoff.reset()
			l.welcome(d, fd, from)
		case errno == unix.EAGAIN:
			return
		case d.backoff.recovers(errno):
			if passing(errno) {
				continue
			}
			l.rest(d, errno)
			return
		default:
			d.fail(os.NewSyscallError("accept", errno))
			return
		}
	}
}

// passing reports whether the error was of one connection, and the next may be fine.
func passing(errno unix.Errno) bool {
	return errno == unix.ECONNABORTED || errno == unix.ECONNRESET || errno == unix.EPROTO || errno == unix.EINTR
}

// rest closes the door for a moment: without descriptors or memory, accept would fail
// over and over.
func (l *loop) rest(d *door, why error) {
	l.s.engine.reach(LimitDescriptors)
	l.s.engine.opts.Log.Warn("cannot accept connections for a moment", "err", why, "pause", d.backoff.pause)
	l.kernel.unwatch(d.fd)
	time.AfterFunc(d.backoff.pause, func() {
		l.post(func() {
			if l.doors[d.fd] == d {
				l.openDoor(d)
			}
		})
	})
}

// welcome begins a connection, on the shard whose turn it is, and reads it soon if that
// is this loop's: its request is probably there, and needs no event.
func (l *loop) welcome(d *door, fd int32, from netip.AddrPort) {
	e := l.s.engine
	refused := e.enter(from)
	if refused != nil {
		e.refused(refused, from.String())
	}
	id := e.lastID.Add(1)
	s := e.loops[id%uint64(len(e.loops))]
	s.lock()
	defer s.unlock()
	i, ok := s.born(id, from, fd, nil, refused)
	if !ok {
		return
	}
	r := s.table.record(i)
	if d.gate == nil && s == l.s {
		l.lend(ear{i: i, gen: r.gen, fd: fd, size: l.size, fresh: true})
		return
	}
	gen := r.gen
	if d.gate != nil {
		s.secured(i, r, d.gate)
	}
	if s == l.s {
		l.read(i, r, false, false)
	}
	if s.at(i, gen) != nil && r.fd == fd {
		s.carrier.(*loop).attend(i, r)
	}
}

// accept4 is the system call without an allocation.
func accept4(door int32) (fd int32, from netip.AddrPort, errno unix.Errno) {
	var any unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(door), uintptr(unsafe.Pointer(&any)), uintptr(unsafe.Pointer(&size)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return noSocket, from, errno
	}
	switch any.Addr.Family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(&any))
		from = netip.AddrPortFrom(netip.AddrFrom4(in.Addr), swap(in.Port))
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(&any))
		from = netip.AddrPortFrom(netip.AddrFrom16(in.Addr).Unmap(), swap(in.Port))
	}
	return int32(n), from, 0
}

// swap brings a port from the order of the network to that of the machine.
func swap(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}
