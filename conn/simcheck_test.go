//go:build linux

package conn

// check examines what must be true whenever nobody is inside.
func (w *world) check() {
	counted, buffered := 0, 0
	for k, s := range w.shards {
		audience, live := 0, 0
		s.table.each(func(i uint32, r *record) {
			live++
			if r.standing == member {
				audience++
			}
			if r.marks.has(markCounted) {
				counted++
			}
			if wk := s.table.seat(i).work; wk != nil {
				buffered += wk.counted
				if wk.s != s || wk.slot != i {
					w.fail("the work of slot %d of shard %d belongs to another", i, k)
				}
			}
			w.checkRecord(s, i, r)
		})
		if s.news.audience != audience {
			w.fail("shard %d has %d members and counts %d", k, audience, s.news.audience)
		}
		if live+len(s.table.free) != int(s.table.used) {
			w.fail("shard %d has used %d slots: %d live, %v free", k, s.table.used, live, s.table.free)
		}
		for n, a := range s.table.free {
			for _, b := range s.table.free[n+1:] {
				if a == b {
					w.fail("slot %d is given back twice", a)
				}
			}
		}
	}
	// One that is about to get its record counts already.
	if w.engine.live < counted || w.engine.live > counted && w.quiet() {
		w.fail("the engine counts %d connections and has %d", w.engine.live, counted)
	}
	if n := int(w.engine.buffered.Load()); n != buffered {
		w.fail("the engine counts %d bytes of unfinished messages; it has %d", n, buffered)
	}
}

// checkRecord examines how the machines of one connection stand to each other.
func (w *world) checkRecord(s *shard, i uint32, r *record) {
	life, box := r.life.State(), r.box.State()
	var out outbox
	wk := s.table.seat(i).work
	if wk != nil {
		out = wk.box
	}
	bad := ""
	n := len(out.queue)
	switch box {
	case Unopened:
		if n > 0 || life >= Opening && life != Discarding && life != OpenTimedOut {
			bad = "an unopened outbox"
		}
	case Empty, Shut:
		if n != 0 {
			bad = "an empty outbox with frames"
		}
	case Flowing:
		if n != 1 {
			bad = "not one frame under way"
		}
	case BackedUp:
		if n < 2 {
			bad = "nothing is backed up"
		}
	case Finishing, Evicted:
		if n == 0 {
			bad = "no last frame"
		}
	}
	if life == Active && box == Shut {
		bad = "active without an outbox"
	}
	if (life == CloseSent || life == CloseReceived) && r.accepts() {
		bad = "the outbox is open behind the close frame"
	}
	if r.standing == member && !r.accepts() {
		bad = "a member to whom nothing can be sent"
	}
	if r.accepts() && wk != nil && wk.reason != nil {
		bad = "a reason to end, and an open outbox"
	}
	if wk != nil && out.begun > 0 && (n == 0 || out.begun >= out.queue[0].size()) {
		bad = "a frame that is written still waits"
	}
	if box == Evicted && out.taken > 0 && n > out.taken+1 {
		bad = "who reads too slowly keeps more than what is being written"
	}
	if bad != "" {
		w.fail("slot %d: %s: %s, %s, %d frames, %+v", i, bad, Lifecycle.StateName(life), OutboxLifecycle.StateName(box), n, *r)
	}
}

// quiet reports whether nothing will happen unless a person, the server or time does
// something.
func (w *world) quiet() bool {
	if len(w.jobs) > 0 {
		return false
	}
	for _, a := range w.actors {
		if w.ready(a) {
			return false
		}
	}
	return true
}

// checkQuiet examines what must be true when everything that can happen has happened: a
// frame waits only for a peer that does not read, a message for nothing.
func (w *world) checkQuiet() {
	for k, s := range w.shards {
		if s.news.pending() || len(s.dirty) > 0 {
			w.fail("shard %d sleeps and has %d broadcasts and %v to write", k, len(s.news.items), s.dirty)
		}
		if s.owned && k < w.Loops && w.sleeps(k) {
			w.fail("the owner of shard %d sleeps and keeps it", k)
		}
		s.table.each(func(i uint32, r *record) { w.checkIdle(s, i, r) })
	}
}

func (w *world) sleeps(k int) bool {
	for _, a := range w.actors {
		if a.kind == loopActor && a.who == k {
			return a.at == atSleep
		}
	}
	return false
}

func (w *world) checkIdle(s *shard, i uint32, r *record) {
	p := w.byID(r.id)
	if p == nil {
		w.fail("slot %d of nobody is left alone as %s", i, Lifecycle.StateName(r.life.State()))
		return
	}
	life, sock := r.life.State(), p.sock
	wk := s.table.seat(i).work
	if wk != nil && wk.box.running() && sock.room == endless {
		w.fail("person %d waits for %d frames that nobody writes", p.n, len(wk.box.queue))
	}
	if sock.eof && life != Handshaking && len(sock.in) == 0 && (wk == nil || wk.parked == nil && wk.held == nil) || sock.reset {
		w.fail("person %d has gone and nobody has noticed, it is %s", p.n, Lifecycle.StateName(life))
	}
	switch life {
	case Handshaking, Active, Answering, CloseSent, CloseReceived:
	default:
		w.fail("person %d is stuck as %s", p.n, Lifecycle.StateName(life))
	}
	free := wk == nil || !wk.box.running()
	if len(sock.in) > 0 && free {
		w.fail("%d bytes of person %d are not read, it is %s", len(sock.in), p.n, Lifecycle.StateName(life))
	}
	if w.closing && (life == Active || life == Handshaking) {
		w.fail("the engine is shut down, and person %d is %s", p.n, Lifecycle.StateName(life))
	}
	if life != Active {
		return
	}
	if s := p.session; r.hears == hearsFrames && s.executed < len(p.calls) && len(p.tail) == 0 && free {
		w.fail("person %d has said %d messages, of which %d are executed", p.n, len(p.calls), s.executed)
	}
	if wk != nil && free && wk.link == nil && r.hears == hearsFrames && len(p.tail) == 0 {
		w.fail("person %d is idle and keeps its work: %+v", p.n, wk)
	}
	if free && p.got < len(p.expected) && r.standing == member {
		w.fail("person %d has got %d of the broadcasts %v", p.n, p.got, p.expected)
	}
}

// checkReason examines what onWSDisconnect is told.
func (w *world) checkReason(p *person, r Reason) {
	switch r.By {
	case ByTransport:
		if p.phase == behindClose {
			w.fail("person %d has got a close frame, and the reason is %v", p.n, r)
		}
	case ByServer:
		if p.phase == behindClose && p.code != r.Code {
			w.fail("person %d has got the close code %d, and the reason is %v", p.n, p.code, r)
		}
	case ByPeer:
		if !p.closes || r.Code != p.final || p.phase == behindClose && p.code != r.Code {
			w.fail("person %d has closed with %d and has got %d, and the reason is %v", p.n, p.final, p.code, r)
		}
		if !p.swept && p.session.executed < len(p.calls) && !p.spoiled {
			w.fail("person %d has said %d messages before it closed, of which %d were executed", p.n, len(p.calls), p.session.executed)
		}
	}
}

// checkOver examines the end of a run: nothing is left, and everybody has got what was
// due.
func (w *world) checkOver() {
	w.check()
	for k, s := range w.shards {
		if s.table.used != uint32(len(s.table.free)) {
			w.fail("connections are left in shard %d", k)
		}
		if s.news.pending() {
			w.fail("broadcasts are left in shard %d", k)
		}
	}
	for fd, s := range w.fds {
		if s != nil {
			w.fail("descriptor %d is left open", fd)
		}
	}
	for _, p := range w.people {
		s := p.session
		if s == nil {
			continue
		}
		if s.connected != s.left || s.inside != "" || s.owed != 0 {
			w.fail("onWSConnect of person %d was called %d times, onWSDisconnect %d times, it is in %q, %d answers are not sent", p.n, s.connected, s.left, s.inside, s.owed)
		}
		for k, n := range w.notices {
			if n.to == p && n.reached && n.err != nil {
				w.fail("the notice %d was refused with %v and has reached person %d", k, n.err, p.n)
			}
			if n.to == p && n.end > 0 && n.err == nil && !n.reached && p.complete() {
				w.fail("the notice %d has not reached person %d", k, p.n)
			}
		}
		if !p.complete() {
			continue
		}
		if p.answered < len(p.answers) {
			w.fail("person %d has got %d of the answers %v", p.n, p.answered, p.answers)
		}
		if p.got < len(p.expected) {
			w.fail("person %d has got %d of the broadcasts %v", p.n, p.got, p.expected)
		}
	}
}

// complete reports whether the person has got everything that was queued: behind it
// came our close frame, and it is not the one that replaces what is dropped.
func (p *person) complete() bool {
	return p.phase == behindClose && p.code != CodePolicy
}
