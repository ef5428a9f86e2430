package conn

// scratch is what a goroutine needs to write: each that writes has one of its own.
type scratch struct {
	batch  [batchSize]byte
	pieces [3][]byte
}

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
// stream.
func (s *shard) flush(i, gen uint32, sc *scratch) {
	r := s.at(i, gen)
	if r == nil {
		return
	}
	r.marks.clear(markDirty)
	w := s.table.seat(i).work
	if w == nil || w.pen != resting && w.pen != summoned {
		return
	}
	w.pen = resting
	for turns := maxWrites; w.box.running() && w.pen == resting; turns-- {
		if turns == 0 {
			s.carrier.flush(i, w)
			return
		}
		batch := w.box.take(batchSize)
		large := batch[0].size() > maxUnsent
		pieces := gather(&sc.pieces, batch, w.box.begun, &sc.batch)
		size := 0
		for _, p := range pieces {
			size += len(p)
		}
		fd, via := r.fd, wire{w.link, w.secure}
		w.pen = writing
		s.mu.Unlock()
		n, err := s.carrier.write(fd, via, large, pieces)
		s.mu.Lock()
		again := w.pen == rewriting
		w.pen = resting
		s.traffic.sent.Bytes += uint64(n)
		switch {
		case r.box.State() == Shut: // discarded meanwhile
			w.pen = dry
			s.tryEnd(i)
			return
		case err != nil:
			s.lost(i, gen, err)
			return
		}
		s.wrote(i, w, n)
		if n < size && !again {
			w.pen = blocked
		}
		if w.held != nil { // what has left may make room for the next answer
			s.proceed(i, gen)
			if w = s.table.seat(i).work; s.at(i, gen) == nil || w == nil {
				return
			}
		}
	}
	if r.box.State() == Shut {
		if w.pen == resting { // and nobody else has come first while the mutex was released
			s.closeWrite(i, r, w)
		}
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
			s.flush(i, r.gen, sc)
		}
	}
	s.dirty = s.dirty[:copy(s.dirty, s.dirty[pass:])]
}
