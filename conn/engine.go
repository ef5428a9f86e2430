package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"musicdb/fsm"
)

// Engine accepts connections and runs them. Any goroutine may call its methods.
type Engine struct {
	opts      Options
	handshake handshake
	hub       *Hub
	lives     *fsm.SharedLedger[State, Event]
	boxes     *fsm.SharedLedger[OutboxState, OutboxEvent]

	mu        sync.Mutex // guards what follows
	conns     map[uint64]*Conn
	lastID    uint64
	listeners map[net.Listener]struct{}

	stopping chan struct{} // closed by Shutdown, with mu held: nothing starts any more
	drained  chan struct{} // closed when stopping and no connection is left
}

// New makes an engine that accepts nothing yet.
func New(o Options) (*Engine, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Engine{
		opts:      o,
		handshake: handshake{server: o.Server, page: o.Page, checkOrigin: o.CheckOrigin},
		hub:       newHub(),
		lives:     fsm.NewSharedLedger(Lifecycle),
		boxes:     fsm.NewSharedLedger(OutboxLifecycle),
		conns:     make(map[uint64]*Conn),
		listeners: make(map[net.Listener]struct{}),
		stopping:  make(chan struct{}),
		drained:   make(chan struct{}),
	}, nil
}

// Hub is the list of connections for broadcasts.
func (e *Engine) Hub() *Hub { return e.hub }

// Sources are the machines of the engine with their figures: connection, outbox.
func (e *Engine) Sources() []fsm.Source { return []fsm.Source{e.lives, e.boxes} }

// Len is the number of connections, websockets or not.
func (e *Engine) Len() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.conns)
}

// Trace lists the last steps of a living connection, "" for an unknown id.
func (e *Engine) Trace(id uint64) string {
	e.mu.Lock()
	c := e.conns[id]
	e.mu.Unlock()
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flight.String()
}

// Serve accepts connections from l until Shutdown, which closes l and makes Serve
// return nil, or until l fails for good, which is returned. Several listeners may
// be served at once.
func (e *Engine) Serve(l net.Listener) error {
	if !e.listen(l) {
		l.Close()
		return ErrShutdown
	}
	defer e.unlisten(l)
	var backoff backoff
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			backoff.reset()
			if err := e.start(nc, nil); err != nil {
				e.opts.Log.Debug("connection refused", "remote", nc.RemoteAddr(), "err", err)
			}
		case e.isStopping():
			return nil
		case backoff.recovers(err):
			e.opts.Log.Warn("cannot accept connections for a moment", "err", err, "pause", backoff.pause)
			backoff.wait(e.stopping)
		default:
			return fmt.Errorf("conn: accepting on %s: %w", l.Addr(), err)
		}
	}
}

// Adopt runs a connection that was accepted elsewhere, on a goroutine of its own.
// head are the bytes that were read from it already: usually the complete request,
// perhaps more. The engine owns nc from here on, also when it returns an error.
func (e *Engine) Adopt(nc net.Conn, head []byte) error { return e.start(nc, head) }

// start begins a connection, or refuses it at a limit.
func (e *Engine) start(nc net.Conn, head []byte) error {
	e.mu.Lock()
	e.lastID++
	c := newConn(e, nc, e.lastID)
	var err error
	switch {
	case e.isStopping():
		err = ErrShutdown
	case len(e.conns) >= e.opts.MaxConnections:
		err = ErrFull
	default:
		e.conns[c.id] = c
	}
	e.mu.Unlock()

	c.mu.Lock()
	c.step(Accept)
	c.mu.Unlock()
	if err != nil {
		c.refuse()
		return err
	}
	go c.run(head)
	return nil
}

// forget removes a connection that has ended.
func (e *Engine) forget(c *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.conns, c.id)
	e.checkDrained()
}

// checkDrained needs mu.
func (e *Engine) checkDrained() {
	if !e.isStopping() || len(e.conns) > 0 {
		return
	}
	select {
	case <-e.drained:
	default:
		close(e.drained)
	}
}

// ErrUnfinished is matched by the error of a Shutdown that ended before all
// connections had.
var ErrUnfinished = errors.New("conn: connections were left when the time was over")

// Shutdown ends the engine: listeners are closed, connections that are no websocket
// yet are dropped, and every other gets a close frame with code 1000 and the reason.
// It returns when the last connection has ended, which takes at most CloseTimeout
// unless a session does not return. When ctx ends first, the sockets are dropped
// and the error says how many sessions were still at work. Calling it again waits
// again.
func (e *Engine) Shutdown(ctx context.Context, reason string) error {
	r := Reason{By: ByServer, Code: CodeNormal, Text: cutText(reason, maxCloseText), Err: ErrShutdown}
	for _, c := range e.stop() {
		c.shut(r)
	}
	select {
	case <-e.drained:
		return nil
	case <-ctx.Done():
	}
	left := e.all()
	for _, c := range left {
		c.abort(ctx.Err())
	}
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d: %w", ErrUnfinished, len(left), context.Cause(ctx))
}

// stop closes the listeners, lets nothing start any more, and returns what lives.
func (e *Engine) stop() []*Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.isStopping() {
		close(e.stopping)
	}
	for l := range e.listeners {
		l.Close()
	}
	e.checkDrained()
	return e.allLocked()
}

func (e *Engine) all() []*Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.allLocked()
}

func (e *Engine) allLocked() []*Conn {
	all := make([]*Conn, 0, len(e.conns))
	for _, c := range e.conns {
		all = append(all, c)
	}
	return all
}

func (e *Engine) listen(l net.Listener) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.isStopping() {
		return false
	}
	e.listeners[l] = struct{}{}
	return true
}

func (e *Engine) unlisten(l net.Listener) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.listeners, l)
}

func (e *Engine) isStopping() bool {
	select {
	case <-e.stopping:
		return true
	default:
		return false
	}
}
