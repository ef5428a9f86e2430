package conn

import (
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// laneLoop is the loop of a lane on which sockets are written without waiting. It is
// never told that a socket can be read, only that its peer is gone; and that it takes
// bytes again, once it has not.
type laneLoop struct {
	lane   *lane
	kernel *epoll
	events [256]unix.EpollEvent
	n      int
	// write is the system call; the tests have others.
	writev func(fd int32, pieces [][]byte) (int, unix.Errno)
}

// followPlain lets a plain TCP connection follow on a loop, with a descriptor of its own,
// if there are any. It is false for any other connection, and where that fails.
func (e *Engine) followPlain(nc net.Conn, from netip.AddrPort, head []byte, flow Flow) (done bool) {
	tcp := plainOf(nc)
	if tcp == nil || len(e.loops) == 0 {
		return false
	}
	l, ok := e.relay.lane()
	if !ok {
		return false
	}
	fd, err := duplicate(tcp)
	if err != nil {
		e.relay.running.Done()
		return false
	}
	_ = nc.Close() // the connection lives on in the duplicate
	l.mu.Lock()
	defer l.unlock()
	i := l.begin(e.lastID.Add(1), from, int32(fd), nil, flow)
	if l.over {
		l.end(i, Dismiss, ErrShutdown)
		return true
	}
	l.carrier.(*laneLoop).attend(i, l.roster.follower(i), head)
	return true
}

// lane counts one who is to begin, and chooses the lane for it: the first, as long as
// there are few, so that not all processors are woken for them, and then the one with the
// fewest. It is false if there is none.
func (r *relay) lane() (best *lane, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.enter() != nil { // nor may a lane begin, which nobody would end
		return nil, false
	}
	if r.loops == nil {
		r.loops = openLanes(r)
	}
	if len(r.loops) == 0 {
		r.running.Done()
		return nil, false
	}
	fewest := 0
	for _, l := range r.loops {
		l.mu.Lock()
		live := l.roster.live
		l.mu.Unlock()
		if live < laneCompany {
			return l, true
		}
		if best == nil || live < fewest {
			best, fewest = l, live
		}
	}
	return best, true
}

// laneCompany is how many followers a lane has before another one is used.
const laneCompany = turnLists * turnCompany / 2

// openLanes starts a lane for each loop that an engine has.
func openLanes(r *relay) []*lane {
	lanes := []*lane{}
	for range r.engine.loops {
		k, err := openEpoll()
		if err != nil {
			r.engine.opts.Log.Warn("no loop could be started for streams; every listener gets a goroutine", "err", err)
			break
		}
		c := &laneLoop{kernel: k, writev: rawWritev}
		c.lane = newLane(r, c)
		lanes = append(lanes, c.lane)
		r.running.Go(c.run)
	}
	return lanes
}

// run is the loop.
func (c *laneLoop) run() {
	defer c.kernel.end()
	for {
		until, done := c.lane.sleep()
		if done {
			return
		}
		c.n = c.kernel.waitUntil(c.events[:], until)
		c.lane.awake()
		if c.n > 0 {
			c.heed()
		}
		c.lane.walk()
	}
}

// waitUntil waits for events, but not longer than until, if that is a time. Events that
// are there are returned however late it is.
func (k *epoll) waitUntil(events []unix.EpollEvent, until time.Time) int {
	// Who sets a deadline can always be rung: a failure of the wait is a deadline that has passed.
	_ = k.file.SetReadDeadline(until)
	n, _, err := k.wait(events)
	if err != nil { // behind a deadline nobody has looked
		return k.poll(events)
	}
	return n
}

// heed does what the events tell. An event names the follower and its generation, so that
// one of a socket that is closed by now is of nobody.
func (c *laneLoop) heed() {
	l := c.lane
	l.mu.Lock()
	defer l.unlock()
	for k := range c.n {
		ev := &c.events[k]
		i, gen := uint32(ev.Fd), uint32(ev.Pad)
		if gen == tokenBell || i >= l.roster.used {
			continue
		}
		f := l.roster.at(i, gen)
		switch {
		case f == nil:
		case ev.Events&unix.EPOLLERR != 0:
			l.end(i, HangUp, unix.ECONNRESET)
		case ev.Events&(unix.EPOLLHUP|unix.EPOLLRDHUP) != 0:
			l.end(i, HangUp, nil)
		case ev.Events&unix.EPOLLOUT != 0 && l.roster.berth(i).rest != nil:
			l.deliver(i, nil)
		}
	}
}

// attend begins with a socket. What there is already leaves at once; what its peer has
// done meanwhile is told by the first event.
func (c *laneLoop) attend(i uint32, f *follower, head []byte) {
	gen := f.gen
	c.kernel.unsentLimit(f.fd, maxUnsent)
	ev := unix.EpollEvent{Events: unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(i), Pad: int32(gen)}
	if err := unix.EpollCtl(c.kernel.fd, unix.EPOLL_CTL_ADD, int(f.fd), &ev); err != nil {
		c.lane.end(i, HangUp, os.NewSyscallError("epoll_ctl", err))
		return
	}
	c.lane.deliver(i, head)
}

func (c *laneLoop) rouse() { c.kernel.ring() }

func (c *laneLoop) write(_ uint32, f *follower, _ *berth, pieces [][]byte) (int, error) {
	n, errno := c.writev(f.fd, pieces)
	switch errno {
	case 0:
		return n, nil
	case unix.EAGAIN:
		return 0, nil
	default:
		return 0, os.NewSyscallError("write", errno)
	}
}

// hold: most sockets never fill up, so they are not watched for room before they have.
func (c *laneLoop) hold(i uint32, f *follower, _ *berth) {
	c.lane.full(f)
	if f.marks.has(markWatched) {
		return
	}
	f.marks.set(markWatched)
	ev := unix.EpollEvent{Events: unix.EPOLLRDHUP | unix.EPOLLOUT | unix.EPOLLET, Fd: int32(i), Pad: int32(f.gen)}
	// It fails for what is not watched; there is nothing such.
	_ = unix.EpollCtl(c.kernel.fd, unix.EPOLL_CTL_MOD, int(f.fd), &ev)
}

// release closes the socket. One that has ended well is read first: to close what was not
// read would take back what was sent. What a slow peer has not got is not worth keeping.
func (c *laneLoop) release(_ uint32, f *follower, _ *berth, on FollowEvent) (done bool) {
	switch on {
	case Exhaust:
		var ignored [4 << 10]byte
		_, _ = rawRead(f.fd, ignored[:])
	case FallOut, Stall:
		_ = unix.SetsockoptLinger(int(f.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	default: // nothing is to be saved
	}
	rawClose(f.fd)
	f.fd = noSocket
	return true
}
