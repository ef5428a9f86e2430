package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"

	"musicdb/fsm"
)

// Engine accepts connections and runs them. Any goroutine may call its methods.
type Engine struct {
	opts      Options
	deflater  *deflater // nil: nothing is compressed
	handshake handshake
	hub       *Hub
	relay     *relay // of connections that follow a flow
	workers   crew
	streams   []*shard      // of the goroutine transport
	loops     []*shard      // of the loop transport, none where it does not exist
	shards    []*shard      // all of them
	turns     chan struct{} // of TLS handshakes that compute at this moment
	warm      *warmKeys
	buffered  atomic.Int64
	reached   [limits]atomic.Uint64
	lastID    atomic.Uint64

	mu        sync.Mutex // guards what follows; may be taken with a shard's mutex held
	live      int
	perAddr   map[netip.Addr]int
	listeners map[net.Listener]struct{}
	started   bool // the loops run
	running   sync.WaitGroup

	stopping chan struct{} // closed by Shutdown, with mu held: nothing starts any more
	drained  chan struct{} // closed when stopping and no connection is left
}

// New makes an engine that accepts nothing yet.
func New(o Options) (*Engine, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opts:      o,
		handshake: handshake{server: o.Server, page: o.Page, checkOrigin: o.CheckOrigin, deflate: o.Deflate.Enabled},
		deflater:  newDeflater(o.Deflate),
		workers:   newCrew(),
		turns:     make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), // the loops compute as well
		warm:      new(warmKeys),
		perAddr:   make(map[netip.Addr]int),
		listeners: make(map[net.Listener]struct{}),
		stopping:  make(chan struct{}),
		drained:   make(chan struct{}),
	}
	e.hub, e.relay = &Hub{engine: e}, newRelay(e, o)
	for range max(1, runtime.GOMAXPROCS(0)) {
		s := newShard(e)
		s.submit = e.workers.submit
		s.carrier = &streams{s}
		e.streams = append(e.streams, s)
	}
	if o.Transport != Goroutine {
		e.loops = newLoops(e, o.Loops)
	}
	e.shards = append(append(e.shards, e.loops...), e.streams...)
	return e, nil
}

// Hub is the list of connections for broadcasts.
func (e *Engine) Hub() *Hub { return e.hub }

// Sources are the machines of the engine with their figures: connection, outbox, follower.
func (e *Engine) Sources() []fsm.Source {
	return []fsm.Source{
		figures{e, func(s *shard) fsm.Source { s.lives.Publish(); return s.lives }},
		figures{e, func(s *shard) fsm.Source { s.boxes.Publish(); return s.boxes }},
		e.relay.ledger,
	}
}

// figures are those of one machine over all shards, as they are when they are read.
type figures struct {
	engine *Engine
	of     func(*shard) fsm.Source // publishes; with the mutex of the shard held
}

func (f figures) ledgers() []fsm.Source {
	all := make([]fsm.Source, len(f.engine.shards))
	for i, s := range f.engine.shards {
		s.lock()
		all[i] = f.of(s)
		s.unlock()
	}
	return all
}

func (f figures) Describe() fsm.Description { return f.ledgers()[0].Describe() }

func (f figures) Figures() fsm.Figures {
	all := f.ledgers()
	sum, err := fsm.Join(all[0], all[1:]...)
	if err != nil {
		panic(err) // all are of one machine
	}
	return sum.Figures()
}

// Len is the number of connections, websockets or not.
func (e *Engine) Len() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live
}

// Trace lists the last steps of a living connection, "" for an unknown id.
func (e *Engine) Trace(id uint64) (trace string) {
	for _, s := range e.shards {
		s.mu.Lock()
		s.table.each(func(i uint32, r *record) {
			if r.id == id {
				trace = s.trace(i)
			}
		})
		s.mu.Unlock()
	}
	if trace == "" {
		trace = e.relay.trace(id)
	}
	return trace
}

// Serve accepts connections from l until Shutdown, which closes l and makes Serve
// return nil, or until l fails for good, which is returned. Several listeners may
// be served at once.
func (e *Engine) Serve(l net.Listener) error { return e.serve(l, nil) }

// serve is Serve, with TLS if t is not nil.
func (e *Engine) serve(l net.Listener, t *TLS) error {
	if !e.listen(l) {
		l.Close()
		return ErrShutdown
	}
	defer e.unlisten(l)
	if done, err := e.serveLoops(l, t); done {
		return err
	}
	if t != nil {
		l = t.Listener(l)
	}
	var backoff backoff
	for {
		nc, err := l.Accept()
		switch {
		case err == nil:
			backoff.reset()
			_ = e.start(nc, nil) // who was refused was told of
		case e.isStopping():
			return nil
		case backoff.recovers(err):
			e.reach(LimitDescriptors)
			e.opts.Log.Warn("cannot accept connections for a moment", "err", err, "pause", backoff.pause)
			backoff.wait(e.stopping)
		default:
			return fmt.Errorf("conn: accepting on %s: %w", l.Addr(), err)
		}
	}
}

// Adopt runs a connection that was accepted elsewhere. head are the bytes that were read
// from it already: usually the complete request, perhaps more. The engine owns nc from
// here on, also when it returns an error.
func (e *Engine) Adopt(nc net.Conn, head []byte) error { return e.start(nc, head) }

// start begins a connection that was accepted one by one, or refuses it at a limit.
func (e *Engine) start(nc net.Conn, head []byte) error {
	from, _ := netip.ParseAddrPort(nc.RemoteAddr().String()) // a pipe has none
	refused := e.enter(from)
	id := e.lastID.Add(1)
	s := e.streams[id%uint64(len(e.streams))]
	if refused != nil {
		e.refused(refused, nc.RemoteAddr().String())
	} else if e.adoptPlain(id, from, nc, head) {
		return nil
	}
	s.begin(id, from, nc, head, refused)
	return refused
}

// enter counts a connection that begins, or says why it must not: then it is not
// counted, and must not be forgotten.
func (e *Engine) enter(from netip.AddrPort) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	limit := e.opts.MaxPerAddress
	home := household(from.Addr())
	var refused error
	switch {
	case e.isStopping():
		refused = ErrShutdown
	case e.live >= e.opts.MaxConnections:
		refused = ErrFull
	case limit > 0 && !from.Addr().Unmap().IsLoopback() && e.perAddr[home] >= limit:
		refused = ErrAddressFull
	}
	if refused != nil {
		return refused
	}
	e.live++
	if limit > 0 && from.IsValid() {
		e.perAddr[home]++
	}
	return refused
}

// forget is called when a connection has ended.
func (e *Engine) forget(from netip.AddrPort) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live--
	home := household(from.Addr())
	if n := e.perAddr[home]; n > 1 {
		e.perAddr[home] = n - 1
	} else if n == 1 {
		delete(e.perAddr, home)
	}
	e.checkDrained()
}

// checkDrained needs mu.
func (e *Engine) checkDrained() {
	if !e.isStopping() || e.live > 0 {
		return
	}
	select {
	case <-e.drained:
	default:
		close(e.drained)
		e.workers.dismiss()
		e.ringAll()
	}
}

// ErrUnfinished is matched by the error of a Shutdown that ended before all
// connections had.
var ErrUnfinished = errors.New("conn: connections were left when the time was over")

// Shutdown ends the engine: listeners are closed, connections that are no websocket
// yet are dropped, as are followers, and every other gets a close frame with code 1000 and the reason.
// It returns when the last connection has ended, which takes at most CloseTimeout
// unless a session does not return; followers over TLS are told of their end meanwhile.
// When ctx ends first, the sockets are dropped and the error says how many sessions were
// still at work. Calling it again waits again.
func (e *Engine) Shutdown(ctx context.Context, reason string) error {
	r := Reason{By: ByServer, Code: CodeNormal, Text: cutText(reason, maxCloseText), Err: ErrShutdown}
	e.stop()
	e.relay.dismiss()
	e.each(func(s *shard, i uint32, _ *record) { s.shut(i, r) })
	select {
	case <-e.drained:
		if e.atRest(ctx) {
			return nil
		}
	case <-ctx.Done():
	}
	e.relay.farewells.cut()
	e.each(func(s *shard, i uint32, r *record) { s.lost(i, r.gen, ctx.Err()) })
	left := e.Len()
	if left == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d: %w", ErrUnfinished, left, context.Cause(ctx))
}

// atRest waits until no goroutine of an engine without connections is left, and is false
// if ctx ends first: the end of a follower over TLS may wait for its peer.
func (e *Engine) atRest(ctx context.Context) bool {
	rest := make(chan struct{})
	go func() {
		defer close(rest)
		e.running.Wait()
		e.relay.running.Wait()
	}()
	select {
	case <-rest:
		return true
	case <-ctx.Done():
		return false
	}
}

// each calls do for every connection, with the mutex of its shard held.
func (e *Engine) each(do func(s *shard, i uint32, r *record)) {
	for _, s := range e.shards {
		s.lock()
		s.table.each(func(i uint32, r *record) { do(s, i, r) })
		s.unlock()
	}
}

// stop closes the listeners and lets nothing start any more.
func (e *Engine) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.isStopping() {
		close(e.stopping)
	}
	for l := range e.listeners {
		l.Close()
	}
	e.checkDrained()
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
	if e.isStopping() {
		e.ringAll()
	}
}

// isOver reports whether nothing will come any more: no connection is left, and every
// Serve has given its listener back.
func (e *Engine) isOver() bool {
	select {
	case <-e.drained:
	default:
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.listeners) == 0
}

func (e *Engine) isStopping() bool {
	select {
	case <-e.stopping:
		return true
	default:
		return false
	}
}

// sessionFailed reports an error of a session. It must not be called with a mutex held:
// the log may be one that pushes to clients.
func (e *Engine) sessionFailed(what string, id uint64, err error) {
	if err != nil {
		e.opts.Log.Error(what, "conn", id, "err", err, "stack", stackOf(err))
	}
}

// ended reports an end that an operator may want to know of. No mutex may be held.
func (e *Engine) ended(id uint64, f farewell) {
	if f.trace != "" {
		e.opts.Log.Log(context.Background(), f.level, f.line, "conn", id, "remote", f.remote, "reason", f.reason.String(), "trace", f.trace)
	}
}

// unfinished reports a machine that was dropped in the middle, a fault of this package.
func (e *Engine) unfinished(id uint64, err error) {
	if err != nil {
		e.opts.Log.Error("connection ended unfinished", "conn", id, "err", err)
	}
}
