package conn

import "net"

// startWriting begins to write what is queued, when nobody writes. It needs mu.
func (c *Conn) startWriting() {
	c.tasks.Add(1)
	go c.write()
}

// write is the writing goroutine. It exists while the outbox has something to
// write: it takes a batch, writes it without the mutex, and reports back, until
// nothing is left. Small frames that wait together leave in one write. Behind the
// last frame of all it ends the stream.
func (c *Conn) write() {
	defer c.tasks.Done()
	if c.writeAll() {
		closeWrite(c.nc) // without the mutex: on TLS it writes
	}
}

// writeAll writes until nothing is left, and reports whether that was the last.
func (c *Conn) writeAll() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.box.running() {
		batch := c.box.take(batchSize)
		c.mu.Unlock()
		if batch[0].size() > maxUnsent && !c.limited {
			c.limited = true
			limitUnsent(c.nc)
		}
		err := writeBatch(c.nc, batch)
		c.mu.Lock()
		if c.box.life.State() == Shut { // discarded meanwhile
			return false
		}
		if err != nil {
			c.fail(lost(err))
			return false
		}
		c.stepBox(c.box.wrote())
		c.turn.Signal()
	}
	return c.box.life.State() == Shut
}

func writeBatch(nc net.Conn, batch []entry) error {
	if len(batch) > 1 {
		buf := batchPool.Get().(*[batchSize]byte)
		defer batchPool.Put(buf)
		all := buf[:0]
		for _, e := range batch {
			all = e.appendTo(all)
		}
		_, err := nc.Write(all)
		return err
	}
	f := batch[0].frame
	if f.size() == len(f.head) {
		_, err := nc.Write(f.head)
		return err
	}
	// One system call for all segments where the socket allows it. What is left of a
	// write that the socket takes only in part is (segment, offset), never a copy.
	segments := make(net.Buffers, 0, 3)
	for _, s := range [...][]byte{f.head, f.body, f.tail} {
		if len(s) > 0 { // of an empty one TLS would make an empty record
			segments = append(segments, s)
		}
	}
	_, err := segments.WriteTo(nc)
	return err
}
