package conn

import (
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"musicdb/fsm"
)

// Conn is one TCP connection and its life. A session uses it to push packets; any
// goroutine may call its exported methods.
type Conn struct {
	engine  *Engine
	nc      net.Conn
	id      uint64
	since   time.Time // accepted
	in      source    // of the reading goroutine
	session Session   // set by the reading goroutine before the handshake, then constant
	limited bool      // limitUnsent was called, by whichever goroutine writes

	mu     sync.Mutex // guards what follows
	life   fsm.Instance[State]
	box    outbox
	reason *Reason // nil until the end has begun; the first one stays
	flight recorder
	traffic

	admitted bool // takes part in broadcasts, or did

	// turn tells the reading goroutine that the session has returned, an answer
	// has left, or the end has begun. It uses mu.
	turn sync.Cond

	// tasks are the goroutines that write and that run the session. None starts
	// once the outbox is shut, which is before anyone waits for them.
	tasks sync.WaitGroup
}

func newConn(e *Engine, nc net.Conn, id uint64) *Conn {
	c := &Conn{engine: e, nc: nc, id: id, since: time.Now()}
	c.in.init(nc)
	c.turn.L = &c.mu
	now := fsm.Now()
	e.lives.Start(&c.life, uint32(id), now)
	e.boxes.Start(&c.box.life, uint32(id), now)
	return c
}

// ID tells the connections of an engine apart, beginning with 1.
func (c *Conn) ID() uint64 { return c.id }

// RemoteAddr is the address of the peer, as the network names it.
func (c *Conn) RemoteAddr() string { return c.nc.RemoteAddr().String() }

// State is where the connection is in its life at this moment.
func (c *Conn) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.life.State()
}

// Send pushes a text message to this client. It never waits for the client. A
// packet sent before onWSConnect was called or after the end has begun is discarded
// with a *DiscardedError. If too much waits already, the connection is closed and
// the error is ErrSlow. A payload above 32 KiB is not copied and must not be changed
// afterwards.
func (c *Conn) Send(payload []byte) error {
	return c.pushFrame(encodeFrame(ws.OpText, payload))
}

// Close begins the closing handshake, after what is queued already, and does not
// wait for it. The text is cut to 123 bytes; a code that must not be sent (RFC 6455
// 7.4) becomes CodeServerFailed. Closing a connection that is not open or is closing
// already changes nothing.
func (c *Conn) Close(code Code, text string) {
	if code != CodeNone && !code.sendable() {
		code = CodeServerFailed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeByServer(Reason{By: ByServer, Code: code, Text: cutText(text, maxCloseText)})
}

func (c *Conn) pushFrame(f frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.box.accepts() {
		return &DiscardedError{c.id, Lifecycle.StateName(c.life.State()), OutboxLifecycle.StateName(c.box.life.State())}
	}
	c.box.supersede(f)
	if c.box.overflows(f, c.engine.opts.OutboxBytes) {
		c.evict()
		return fmt.Errorf("connection %d: %w", c.id, ErrSlow)
	}
	// While the session executes something, a push only enters the outbox: the
	// connection is in one state at a time.
	if c.life.State() != Active {
		c.enqueue(entry{frame: f})
		return nil
	}
	c.step(Push)
	c.enqueue(entry{frame: f})
	c.step(Sent)
	return nil
}

// admit notes that the connection may take part in broadcasts, unless packets cannot be
// sent to it: onWSConnect was not called yet, or the end has begun.
func (c *Conn) admit() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.admitted = c.admitted || c.box.accepts()
	return c.box.accepts()
}

// isAdmitted tells whether the connection was admitted by one of the messages so far.
// The reading goroutine asks it, for a message that is too large for a stranger.
func (c *Conn) isAdmitted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.admitted && c.reason == nil && c.executing() {
		c.turn.Wait()
	}
	return c.admitted
}

// enqueue puts a frame at the end of an outbox that accepts it. It needs mu.
func (c *Conn) enqueue(e entry) {
	idle := !c.box.running()
	c.queued(e.frame)
	c.box.add(e)
	c.stepBox(Queue)
	if idle {
		c.startWriting()
	}
}

// step moves the machine of the connection; nothing else does. It needs mu. A
// refused event is a fault of this package: it is counted, logged with the trace,
// and ends the connection, but nothing else.
func (c *Conn) step(on Event) {
	from := c.life.State()
	to, err := c.engine.lives.Fire(&c.life, uint32(c.id), on, fsm.Now())
	c.flight.put(on, to)
	if c.engine.opts.observe != nil {
		c.engine.opts.observe(c.id, from, on, to)
	}
	if err != nil {
		c.engine.opts.Log.Error("connection refused an event", "conn", c.id, "err", err, "trace", c.flight.String())
		c.fail(err)
	}
}

// stepBox moves the machine of the outbox. It needs mu.
func (c *Conn) stepBox(on OutboxEvent) {
	if _, err := c.engine.boxes.Fire(&c.box.life, uint32(c.id), on, fsm.Now()); err != nil {
		c.engine.opts.Log.Error("outbox refused an event", "conn", c.id, "err", err, "trace", c.flight.String())
		c.fail(err)
	}
}

// recorder keeps the last steps of a connection, two bytes each.
type recorder struct {
	steps [24]struct {
		on Event
		to State
	}
	n uint64
}

func (r *recorder) put(on Event, to State) {
	s := &r.steps[r.n%uint64(len(r.steps))]
	s.on, s.to = on, to
	r.n++
}

// String lists the steps, oldest first: "Accept>Created CreateSession>CreatingSession".
func (r *recorder) String() string {
	var b []byte
	room := uint64(len(r.steps))
	for i := max(r.n, room) - room; i < r.n; i++ {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		s := r.steps[i%room]
		b = append(b, Lifecycle.EventName(s.on)...)
		b = append(b, '>')
		b = append(b, Lifecycle.StateName(s.to)...)
	}
	return string(b)
}
