//go:build linux

package conn

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"musicdb/fsm"
)

// The tests simulate*, explore* and simulated* run the core and the loop on a kernel, a
// clock, workers and peers of their own, on one goroutine at a time: every place where
// the code gives up its mutex, enters the kernel or calls a session is a point at which
// somebody else may go on, and an action says who. So a list of actions fixes everything
// that happens.

// world is one engine with everything around it. A world is used for one run after the
// other; only its memory stays.
type world struct {
	setting
	engine  *Engine
	shards  []*shard
	now     fsm.Tick
	fds     []*socket
	actors  []*actor // who are at work, in the order of their birth
	idle    []*actor
	current *actor
	jobs    []job // submitted, not begun
	people  []*person
	door    []*person // wait to be accepted
	notices []notice
	stamps  int
	batch   int // events that a poll returns at most
	swept   []fsm.Tick
	closed  bool // Shutdown was called
	closing bool // and has closed the listener
	late    bool // and its time is over
	quick   bool // points that change nothing by themselves are passed
	abort   bool // everybody comes to an end, unexamined
	exact   bool // actors remember their stacks, for fingerprint
	failed  string
}

// setting is how a world differs from others.
type setting struct {
	Loops, Streams int
	Prompt         bool
	BySession      bool
	MaxConnections int
	MaxPerAddress  int
	OutboxBytes    int
	Idle           time.Duration
	Rate           int
	Wrap           bool // the clock wraps soon
}

const doorFD = 1 << 20

func newWorld(o setting) *world {
	w := &world{setting: o}
	opts := Options{
		Handler: simHandler{w}, Log: slog.New(simLog{w}), Transport: Goroutine,
		OpenTimeout: time.Second, CloseTimeout: time.Second / 2, IdleTimeout: o.Idle,
		MaxConnections: o.MaxConnections, MaxPerAddress: o.MaxPerAddress, MaxRate: o.Rate,
		MaxMessage: 20_000, MaxStranger: 100, OutboxBytes: o.OutboxBytes, MaxHandshake: 400,
	}
	opts.observe = w.observe
	if o.BySession {
		opts.Admission = BySession
	}
	var err error
	if w.engine, err = New(opts); err != nil {
		panic(err)
	}
	e := w.engine
	e.streams, e.loops, e.shards = nil, nil, nil
	for k := range o.Loops + o.Streams {
		s := newShard(e)
		w.shards = append(w.shards, s)
		if k < o.Loops {
			e.loops = append(e.loops, s)
		} else {
			e.streams = append(e.streams, s)
		}
	}
	e.shards = w.shards
	w.reset()
	return w
}

// reset makes the world as it was when it was made, but for the figures of its ledgers.
func (w *world) reset() {
	w.abort = true
	for len(w.actors) > 0 {
		w.resume(w.actors[0])
	}
	w.now = 1000
	if w.Wrap {
		w.now = ^fsm.Tick(0) - 150
	}
	w.fds, w.jobs, w.people, w.door, w.notices = w.fds[:0], nil, nil, nil, nil
	w.stamps, w.batch, w.quick = 0, 0, true
	w.abort, w.closed, w.closing, w.late, w.failed = false, false, false, false, ""
	w.swept = make([]fsm.Tick, len(w.shards))
	e := w.engine
	e.live, e.started = 0, true
	e.lastID.Store(0)
	e.buffered.Store(0)
	clear(e.perAddr)
	clear(e.listeners)
	e.listeners[simListener{w: w}] = struct{}{}
	e.stopping, e.drained = make(chan struct{}), make(chan struct{})
	for k, s := range w.shards {
		old := s.table
		*s = shard{engine: e, lives: s.lives, boxes: s.boxes, now: w.now}
		for i := range old.used {
			*old.record(i), *old.seat(i) = record{}, seat{}
		}
		s.table.records, s.table.seats = old.records, old.seats
		s.clock = func() fsm.Tick { return w.clock(k) }
		s.submit = w.submit
		s.sweep.timer = time.NewTimer(time.Hour) // rings for nobody: sweep.next says when it should
		for range 8 {
			fresh := new(work)
			fresh.decoder.admitted = fresh.admission
			s.spare = append(s.spare, fresh)
		}
		if k >= w.Loops {
			s.carrier = &simStreams{s, w}
			continue
		}
		s.owned = true
		l := &loop{s: s, sc: newScratch(2 * batchSize), doors: map[int32]*door{doorFD: {fd: doorFD, address: &net.TCPAddr{}, failed: make(chan error, 1)}}, buf: make([]byte, 2*64)}
		l.kernel, l.close = &simKernel{w: w, l: l, open: true}, func() {}
		s.carrier = l
		w.spawn(loopActor, k, l.run)
	}
}

// clock is the clock of a shard, and a point: its mutex is about to be taken.
func (w *world) clock(k int) fsm.Tick {
	if !w.engine.hub.mu.TryLock() { // a broadcast takes one mutex after the other
		if k == 0 {
			w.entered()
		}
		return w.now
	}
	w.engine.hub.mu.Unlock()
	now := w.now // others may look later and come first
	w.pause(atClock, nil)
	return now
}

func (w *world) submit(j job) {
	for _, other := range w.jobs {
		if other.s == j.s && other.slot == j.slot {
			w.fail("two jobs wait for one connection")
		}
	}
	if !w.abort {
		w.jobs = append(w.jobs, j)
	}
}

func (w *world) fail(format string, args ...any) {
	if w.failed == "" && !w.abort {
		w.failed = fmt.Sprintf(format, args...)
	}
}

// observe checks what only a step shows.
func (w *world) observe(id uint64, _ State, on Event, _ State) {
	p := w.byID(id)
	if p == nil {
		return
	}
	if on == RespondOne && p.record().accepts() {
		p.answers = append(p.answers, p.session.current)
		p.behind = append(p.behind, len(p.expected))
	}
}

func (w *world) byID(id uint64) *person {
	for _, p := range w.people {
		if p.session != nil && p.session.id == id {
			return p
		}
	}
	return nil
}

// shutdown is Engine.Shutdown: it waits at the point where its context is asked, and is
// told there that its time is over, or that nothing is left.
func (w *world) shutdown() {
	err := w.engine.Shutdown(simContext{context.Background(), w}, "bye")
	if err == nil && w.engine.Len() > 0 {
		w.fail("a shutdown was complete with %d connections left", w.engine.Len())
	}
}

type simContext struct {
	context.Context
	w *world
}

func (c simContext) Done() <-chan struct{} {
	c.w.pause(atDrained, nil)
	select {
	case <-c.w.engine.drained:
		return nil
	default:
	}
	over := make(chan struct{})
	close(over)
	return over
}

func (c simContext) Err() error { return context.DeadlineExceeded }

// simLog fails the run for what must not be logged.
type simLog struct{ w *world }

func (l simLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (l simLog) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l simLog) WithGroup(string) slog.Handler                    { return l }
func (l simLog) Handle(_ context.Context, r slog.Record) error {
	switch r.Message {
	case "onWSConnect failed", "onCall failed", "onWSDisconnect failed":
		return nil
	}
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	l.w.fail("%s", text)
	return nil
}

func (w *world) address(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(n % 2)}), uint16(n))
}
