package conn

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// loop is the loop transport of one shard: one goroutine that waits for the readiness of
// all its sockets, reads them into one buffer and writes what became due meanwhile.
// Readiness is edge-triggered.
//
// Only the loop closes sockets, between two batches of events: so a descriptor in a batch
// is what it was when the event was raised.
type loop struct {
	s      *shard
	kernel kernel
	close  func() // of the kernel

	events [256]unix.EpollEvent
	n      int
	ears   [maxEars]ear
	lent   int // of ears
	buf    []byte
	size   int    // of what is read of one socket at once
	clear  []byte // what was decrypted, nil before the first time
	sc     *scratch
	doors  map[int32]*door

	later  []uint32 // room for the next unread
	closed []int32  // room for the next doomed

	// With the shard's mutex held:
	unread  []uint32 // sockets to read, without an event
	doomed  []int32  // sockets to close
	errands []func() // whatever else only the loop may do
	begun   begun    // TLS handshakes
}

// ear is a socket that is to be read, and what it had.
type ear struct {
	i, gen uint32
	fd     int32
	size   int  // bytes that may be read
	more   bool // there may be more, whatever comes
	fresh  bool // it is not attended yet
	heard  []byte
	errno  unix.Errno
}

// maxEars is for how many connections is read before others have their turn. More is
// hardly faster, and each has a piece of work that the shard keeps.
const maxEars = 8

// loopBuffer is what is read of one socket before others have their turn, in bytes. More
// is not faster, and lets the others wait: so many can be thousands of tiny messages.
const loopBuffer = 32 << 10

// compressedRead is how much is read at once of a client that may compress, before others
// have their turn. To inflate 64 KiB can take 10 ms.
const compressedRead = 8 << 10

// What is told to epoll as the number of a connection, when it is none.
const (
	tokenBell = ^uint32(0)
	tokenDoor = ^uint32(1)
)

// newLoops makes the loops, which do not run yet.
func newLoops(e *Engine, n int) []*shard {
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	shards := make([]*shard, n)
	for i := range shards {
		s := newShard(e)
		s.submit = e.workers.submit
		s.carrier = &loop{s: s, sc: newScratch(2 * batchSize), doors: make(map[int32]*door), begun: begun{most: maxHandshakes}}
		s.owned = true // until it sleeps for the first time
		shards[i] = s
	}
	return shards
}

// open makes what the loop waits on.
func (l *loop) open() error {
	k, err := openEpoll()
	if err != nil {
		return err
	}
	l.kernel, l.close = k, k.end
	l.buf = make([]byte, 2*loopBuffer)
	return nil
}

// run is the loop.
func (l *loop) run() {
	defer l.close()
	for l.wait() {
		l.handle()
		l.tidy()
	}
}

// wait gets the next events. Before it sleeps it gives up the shard; from then on the
// others ring. It is false when everything is over.
func (l *loop) wait() bool {
	l.s.mu.Lock()
	busy := l.s.busy()
	over := !busy && l.s.engine.isOver() // with the mutex: who ends the last connection may not have released it
	l.s.owned = busy || over
	l.s.mu.Unlock()
	var err error
	slept := false
	switch {
	case busy:
		l.n = l.kernel.poll(l.events[:])
	case over:
		return false
	default:
		l.n, slept, err = l.kernel.wait(l.events[:])
	}
	l.s.lock()
	l.s.owned = true
	l.s.mu.Unlock()
	if !slept {
		// Whoever runs the sessions gets a turn on this core, too.
		runtime.Gosched()
	}
	return err == nil
}

// handle does what the events tell.
func (l *loop) handle() {
	s := l.s
	l.share(l.n)
	s.mu.Lock()
	for k := range l.n {
		ev := &l.events[k]
		switch token := uint32(ev.Pad); token {
		case tokenBell: // every ring is an edge; its count need not be read
		case tokenDoor:
			if d := l.doors[ev.Fd]; d != nil {
				s.mu.Unlock()
				l.accept(d)
				s.mu.Lock()
			}
		default:
			l.ready(token, ev.Fd, ev.Events)
		}
	}
	l.listen()
	s.mu.Unlock()
}

// ready handles the readiness of a connection's socket. For the events of one batch the
// clock is read once.
func (l *loop) ready(i uint32, fd int32, events uint32) {
	s := l.s
	r := s.table.record(i)
	if r.fd != fd {
		return
	}
	if events&unix.EPOLLERR != 0 { // a reset, mostly: what was not read is gone, too
		s.lost(i, r.gen, unix.ECONNRESET)
		return
	}
	if events&unix.EPOLLOUT != 0 {
		s.writable(i)
		if r.marks.has(markSecure) {
			l.drain(i, r)
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		broken := events&(unix.EPOLLHUP|unix.EPOLLERR) != 0
		// The end may lie behind the bytes, and will be no event of its own.
		l.read(i, r, broken, broken || events&unix.EPOLLRDHUP != 0)
	}
}

// read reads a socket once, soon: listen is to be called behind the last of many. It is
// read again later if there may be more. One that is held back is left alone unless it is
// broken. It may release the mutex.
func (l *loop) read(i uint32, r *record, broken, more bool) {
	if !l.s.reads(i) && !broken {
		r.marks.set(markUnread)
		return
	}
	r.marks.clear(markUnread)
	if r.marks.has(markSecure) {
		l.readSecure(i, r, more)
		return
	}
	e := ear{i: i, gen: r.gen, fd: r.fd, size: l.size, more: more}
	if r.ext.compresses() {
		e.size = min(e.size, compressedRead)
	}
	l.lend(e)
}

// turnBytes is how much is read in one turn, of all sockets together, as long as each gets
// leastRead: a thousand who send large messages must not make the others wait.
const (
	turnBytes = 512 << 10
	leastRead = 4 << 10
)

// share sets how much is read at once of each of so many sockets.
func (l *loop) share(sockets int) {
	l.size = min(loopBuffer, len(l.buf)/2, max(leastRead, turnBytes/max(1, sockets)))
}

// lend puts a socket among those that are to be read.
func (l *loop) lend(e ear) {
	l.ears[l.lent] = e
	if l.lent++; l.lent == len(l.ears) {
		l.listen()
	}
}

// listen reads the sockets that are to be read, takes what they had, and writes what that
// has caused: each for all, one behind the other, as scratch says. It releases the mutex.
func (l *loop) listen() {
	for at := 0; at < l.lent; {
		l.s.mu.Unlock()
		from, used := at, 0
		for ; at < l.lent && len(l.buf)-used >= l.ears[at].size; at++ {
			e := &l.ears[at]
			var n int
			n, e.errno = l.kernel.read(e.fd, l.buf[used:used+e.size])
			e.heard = l.buf[used : used+n]
			used += n
		}
		l.s.mu.Lock()
		for k := range l.ears[from:at] {
			l.hear(&l.ears[from+k])
		}
		for k := range l.ears[from:at] {
			e := &l.ears[from+k]
			l.s.flushSoon(e.i, e.gen, l.sc)
		}
		l.s.flushPicked(l.sc)
	}
	l.lent = 0
}

// hear takes what was read of a socket.
func (l *loop) hear(e *ear) {
	s := l.s
	r := s.at(e.i, e.gen)
	switch {
	case r == nil || r.fd != e.fd || e.errno == unix.EAGAIN:
	case e.errno != 0:
		s.lost(e.i, e.gen, e.errno)
	case len(e.heard) == 0:
		s.lost(e.i, e.gen, errEnd)
	default:
		if e.more || len(e.heard) == e.size {
			l.again(e.i, r)
		}
		r.marks.set(markDirty) // what the bytes cause is written at once: nobody need put it on the list
		s.input(e.i, e.heard)
	}
	if !e.fresh {
		return
	}
	if r := s.at(e.i, e.gen); r != nil && r.fd == e.fd {
		l.attend(e.i, r) // before the answer leaves; what has come meanwhile is told
	}
}

// again puts a socket on the list of those that are to be read without an event.
func (l *loop) again(i uint32, r *record) {
	if !r.marks.has(markQueued) {
		r.marks.set(markQueued)
		l.unread = append(l.unread, i)
	}
}

// tidy reads what was left unread, writes what is due, and closes what has ended.
func (l *loop) tidy() {
	s := l.s
	s.lock()
	s.roused = false
	now := l.unread[:min(len(l.unread), len(l.events))]
	l.unread, l.later = append(l.later[:0], l.unread[len(now):]...), l.unread
	l.share(len(now))
	for _, i := range now {
		if r := s.table.record(i); r.marks.has(markQueued) {
			r.marks.clear(markQueued)
			if r.fd != noSocket {
				l.read(i, r, false, true)
			}
		}
	}
	l.listen()
	if len(l.unread) > 0 {
		s.roused = true
	}
	s.flushAll(l.sc)
	doomed, errands := l.doomed, l.errands
	l.doomed, l.errands = l.closed[:0], nil
	s.mu.Unlock()
	for _, fd := range doomed {
		l.kernel.close(fd)
	}
	l.closed = doomed
	for _, do := range errands {
		do()
	}
}

// post lets the loop do something. No mutex of a shard may be held.
func (l *loop) post(do func()) {
	l.s.lock()
	l.errands = append(l.errands, do)
	l.s.roused = true
	l.s.unlock()
}

func (l *loop) flush(i uint32, _ *work) { l.s.soil(i) }

// blocked: most sockets never fill up, so they are not watched for room before they have.
func (l *loop) blocked(i uint32, r *record) {
	if !r.marks.has(markAwaited) && r.fd != noSocket {
		r.marks.set(markAwaited)
		l.kernel.await(r.fd, i)
	}
}

func (l *loop) anyoneWrites() bool { return true }

func (l *loop) write(fd int32, via wire, large bool, pieces [][]byte) (int, error) {
	if large {
		l.kernel.unsentLimit(fd, maxUnsent)
	}
	if via.secure != nil {
		return via.secure.write(l.kernel, fd, pieces)
	}
	n, errno := l.kernel.write(fd, pieces)
	switch errno {
	case 0:
		return n, nil
	case unix.EAGAIN:
		return 0, nil
	default:
		return 0, os.NewSyscallError("write", errno)
	}
}

func (l *loop) closeWrite(fd int32, via wire) {
	if via.secure != nil {
		via.secure.say(l.kernel, fd, closeNotify)
	}
	l.kernel.shutdown(fd, unix.SHUT_WR)
}

func (l *loop) resume(i uint32, r *record, _ *work) {
	if r.marks.has(markUnread) && r.fd != noSocket {
		l.again(i, r)
		l.s.roused = true
	}
}

func (l *loop) hangUp(r *record, w *work) {
	switch state := r.life.State(); {
	case r.fd == noSocket:
	case !w.pen.busy() && (state == Orphaned || state == Closing || state == Discarding):
		l.release(r, w) // a session that is still at work does not need it
	default: // somebody writes, or has to hear of it by reading
		l.kernel.shutdown(r.fd, unix.SHUT_RDWR)
	}
}

func (l *loop) release(r *record, _ *work) {
	if r.fd != noSocket {
		l.doomed = append(l.doomed, r.fd)
		r.fd = noSocket
		l.s.roused = true
	}
}

func (l *loop) wake() { l.kernel.ring() }
