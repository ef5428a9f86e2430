package conn

// enqueue puts a frame at the end of an outbox that accepts it.
func (s *shard) enqueue(i uint32, e entry) {
	w := s.worked(i)
	w.box.add(e)
	s.stepBox(i, Queue)
	s.carrier.flush(i, w)
}

// soil notes that an outbox is to be written before the owner of the shard sleeps.
func (s *shard) soil(i uint32) {
	if m := &s.table.record(i).marks; !m.has(markDirty) {
		m.set(markDirty)
		s.dirty = append(s.dirty, i)
	}
}

// admits reports whether a push may enter the outbox. While nobody has tried to write
// what is queued, it may have twice the bound: the client may be quick. A stranger, who
// gets little but pongs, has less.
func (s *shard) admits(i uint32, f frame) bool {
	w, bound := s.worked(i), s.engine.opts.OutboxBytes
	if s.table.record(i).standing == stranger {
		bound /= strangersShare
	}
	if w.pen == resting {
		bound *= 2
	}
	return !w.box.overflows(f, bound)
}

// strangersShare is the part of the bound that holds for strangers.
const strangersShare = 16

// push queues a frame that answers nothing, or evicts the client that reads too slowly
// for it, and reports which. While the session executes something, a push only enters
// the outbox: the connection is in one state at a time.
func (s *shard) push(i uint32, f frame) bool {
	r, w := s.table.record(i), s.worked(i)
	w.box.supersede(f)
	if !s.admits(i, f) {
		s.evict(i)
		return false
	}
	r.sent++
	s.traffic.sent.Messages++
	if r.life.State() != Active {
		s.enqueue(i, entry{frame: f})
		return true
	}
	s.step(i, Push)
	s.enqueue(i, entry{frame: f})
	s.step(i, Sent)
	return true
}

// maxWrites is how often one flush may write, so that a connection for which there is
// always more does not keep a loop from the others.
const maxWrites = 64

// flush writes what is queued for a connection until nothing is left, the socket takes no
// more, or others have to get their turn. It releases the mutex while it writes. Small
// frames that wait together leave in one write. Behind the last frame of all it ends the
// stream. The scratch must be empty.
func (s *shard) flush(i, gen uint32, sc *scratch) {
	for range maxWrites {
		if !s.pick(i, gen, sc) {
			s.rested(i, gen)
			return
		}
		s.strike(sc)
	}
	if s.unwritten(i, gen) {
		s.carrier.flush(i, s.table.seat(i).work)
	}
}

// pick takes the pen of a connection for its next write. It reports whether there is one.
func (s *shard) pick(i, gen uint32, sc *scratch) bool {
	r := s.at(i, gen)
	if r == nil {
		return false
	}
	r.marks.clear(markDirty)
	w := s.table.seat(i).work
	if w == nil {
		return false
	}
	if w.pen == summoned {
		w.pen = resting
	}
	if w.pen != resting || !w.box.running() {
		return false
	}
	st := sc.next()
	st.i, st.gen, st.fd, st.via = i, gen, r.fd, wire{w.link, w.secure}
	batch := w.box.take(batchSize)
	st.large = batch[0].size() > maxUnsent
	sc.gather(st, batch, w.box.begun)
	w.pen = writing
	return true
}

// flushPicked writes for all whose pens were taken, and goes on with those for which
// there is more.
func (s *shard) flushPicked(sc *scratch) {
	picked := sc.picked
	if picked == 0 {
		return
	}
	s.strike(sc)
	for k := range picked {
		// A flush of one uses the first stroke, which was looked at already.
		if i, gen := sc.strokes[k].i, sc.strokes[k].gen; s.unwritten(i, gen) {
			s.flush(i, gen, sc)
		}
	}
}

// unwritten reports whether something is queued for a connection that nobody writes,
// though the socket might take it.
func (s *shard) unwritten(i, gen uint32) bool {
	if s.at(i, gen) == nil {
		return false
	}
	w := s.table.seat(i).work
	return w != nil && w.pen == resting && w.box.running()
}

// strike makes the writes that were picked, with the mutex released, and gives the pens
// back.
func (s *shard) strike(sc *scratch) {
	all := sc.strokes[:sc.picked]
	s.mu.Unlock()
	for k := range all {
		st := &all[k]
		st.n, st.err = s.carrier.write(st.fd, st.via, st.large, st.pieces())
	}
	s.mu.Lock()
	for k := range all {
		s.struck(&all[k])
	}
	sc.clear()
}

// struck goes on after a write.
func (s *shard) struck(st *stroke) {
	i := st.i
	r, w := s.table.record(i), s.table.seat(i).work // nobody gives it back while it has a pen
	again := w.pen == rewriting
	w.pen = resting
	s.traffic.sent.Bytes += uint64(st.n)
	switch {
	case r.box.State() == Shut: // discarded meanwhile
		w.pen = dry
		s.tryEnd(i)
		return
	case st.err != nil:
		s.lost(i, st.gen, st.err)
		return
	}
	s.wrote(i, w, st.n)
	if st.n < st.size && !again {
		w.pen = blocked
		s.carrier.blocked(i, r)
	}
	if w.held != nil { // what has left may make room for the next answer
		s.proceed(i, st.gen)
	}
	s.rested(i, st.gen)
}

// rested ends the stream of a connection behind its last frame, and gives back what an
// idle one need not have.
func (s *shard) rested(i, gen uint32) {
	r := s.at(i, gen)
	if r == nil {
		return
	}
	w := s.table.seat(i).work
	if w == nil || w.pen != resting {
		return
	}
	if r.box.State() == Shut {
		s.closeWrite(i, r, w)
		return
	}
	s.relax(i)
}

// wrote steps the machine of the outbox over what was written.
func (s *shard) wrote(i uint32, w *work, n int) {
	on, moved := w.box.wrote(n)
	if !moved {
		return
	}
	if b := s.table.record(i).box.State(); on == CatchUp && (b == Finishing || b == Evicted) {
		on = Advance
	}
	s.stepBox(i, on)
}

func (s *shard) closeWrite(i uint32, r *record, w *work) {
	fd, via := r.fd, wire{w.link, w.secure}
	w.pen = writing
	s.mu.Unlock()
	s.carrier.closeWrite(fd, via) // without the mutex: on TLS it writes
	s.mu.Lock()
	w.pen = dry
	s.tryEnd(i)
}

// writable is told by the transport when a socket takes bytes again.
func (s *shard) writable(i uint32) {
	w := s.table.seat(i).work
	switch {
	case w == nil:
	case w.pen == writing:
		w.pen = rewriting
	case w.pen == blocked:
		w.pen = resting
		s.carrier.flush(i, w)
	}
}

// flushAll delivers what was broadcast and writes what is dirty. What becomes dirty
// meanwhile, while the mutex is released, has to wait for the next time, so that the owner
// comes to read again.
func (s *shard) flushAll(sc *scratch) {
	s.spread(sc)
	pass := len(s.dirty)
	for n := range pass {
		i := s.dirty[n]
		if r := s.table.record(i); r.marks.has(markDirty) {
			s.flushSoon(i, r.gen, sc)
		}
	}
	s.flushPicked(sc)
	s.dirty = s.dirty[:copy(s.dirty, s.dirty[pass:])]
}

// flushSoon is flush for one of many, behind the last of whom flushPicked is called.
func (s *shard) flushSoon(i, gen uint32, sc *scratch) {
	switch {
	case !s.pick(i, gen, sc):
		s.rested(i, gen)
	case sc.full():
		s.flushPicked(sc)
	}
}
