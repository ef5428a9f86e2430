package conn

import (
	"bufio"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// outflow is a follower that is no socket of a loop. A goroutine reads it, to notice its
// end, and one writes to it while there is something to write.
type outflow struct {
	nc net.Conn

	lane   *lane
	i, gen uint32

	written atomic.Int64 // bytes
	counted int64        // of them, with the lane's mutex held
}

// progress is how many bytes were written since it was last asked. The lane's mutex is held.
func (o *outflow) progress() int {
	n := o.written.Load() - o.counted
	o.counted += n
	return int(n)
}

// maxIgnored is how many bytes a peer may send that nobody wants, until it is read no
// more. On a loop it is never read at all. Its end is then noticed when something is
// written.
const maxIgnored = 64 << 10

// hear notices that the peer has ended the connection.
func (o *outflow) hear() {
	ignored := make([]byte, 128) // most send nothing
	for n := 0; n < maxIgnored; {
		k, err := o.nc.Read(ignored)
		if n += k; err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			o.gone(err)
			return
		}
	}
}

// gone tells that the peer is.
func (o *outflow) gone(why error) {
	o.lane.mu.Lock()
	defer o.lane.unlock()
	if o.lane.roster.at(o.i, o.gen) != nil {
		o.lane.end(o.i, HangUp, why)
	}
}

// gather is how many bytes small pieces are gathered to.
const gather = 16 << 10

var gatherPool = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, gather) }}

// write is the writing goroutine. The pieces are a copy that nobody else changes.
func (o *outflow) write(pieces [][]byte) {
	out := gatherPool.Get().(*bufio.Writer)
	out.Reset(counter{o})
	var err error
	for _, p := range pieces {
		if _, err = out.Write(p); err != nil {
			break
		}
	}
	err = errors.Join(err, out.Flush())
	out.Reset(nil)
	gatherPool.Put(out)
	l := o.lane
	l.mu.Lock()
	defer l.unlock()
	l.wrote(o.i, o, err)
}

// counter counts what the writer of an outflow has taken.
type counter struct{ *outflow }

func (c counter) Write(p []byte) (int, error) {
	n, err := c.nc.Write(p)
	c.written.Add(int64(n))
	return n, err
}

// close ends the connection so that neither a write nor a read goes on.
func (o *outflow) close(on FollowEvent) {
	if on == Exhaust {
		r := o.lane.relay
		r.running.Go(func() { r.farewells.say(o) }) // TLS says that this is the end, which may take a moment
		return
	}
	// Below TLS: to say so there would mean to wait for a peer that perhaps does not read.
	socketOf(o.nc).Close()
}

// wrote goes on when a writing goroutine has written.
func (l *lane) wrote(i uint32, o *outflow, err error) {
	f, b := l.roster.follower(i), l.roster.berth(i) // nobody gives it back while it is written to
	f.marks.clear(markUnderWay)
	l.took(f, o.progress())
	switch {
	case FollowLifecycle.Terminal(f.life.State()):
		l.departed(i)
	case err != nil:
		l.end(i, HangUp, err)
	default:
		l.giveBack(b)
		l.deliver(i, nil)
	}
}

// outflows is the transport of outflows. One goroutine gives all of them their turns.
type outflows struct {
	lane *lane
	bell chan struct{}
}

func newOutflows() *outflows { return &outflows{bell: make(chan struct{}, 1)} }

func (c *outflows) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		until, done := c.lane.sleep()
		if done {
			return
		}
		var turn <-chan time.Time
		if !until.IsZero() {
			timer.Reset(time.Until(until))
			turn = timer.C
		}
		select {
		case <-c.bell:
		case <-turn:
		}
		c.lane.awake()
		c.lane.walk()
	}
}

func (c *outflows) rouse() {
	select {
	case c.bell <- struct{}{}:
	default: // somebody has
	}
}

// write takes nothing: hold is told of all of it.
func (c *outflows) write(uint32, *follower, *berth, [][]byte) (int, error) { return 0, nil }

func (c *outflows) hold(_ uint32, f *follower, b *berth) {
	f.marks.set(markUnderWay)
	pieces := make([][]byte, 0, followPieces)
	pieces = append(pieces, b.rest.pieces()...)
	go b.out.write(pieces)
}

func (c *outflows) release(_ uint32, f *follower, b *berth, on FollowEvent) (done bool) {
	b.out.close(on)
	return !f.marks.has(markUnderWay)
}
