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
		n := 0
		for _, e := range batch {
			n += copy(buf[n:], e.head)
			n += copy(buf[n:], e.body)
		}
		_, err := nc.Write(buf[:n])
		return err
	}
	if f := batch[0].frame; f.body != nil {
		_, err := (&net.Buffers{f.head, f.body}).WriteTo(nc)
		return err
	}
	_, err := nc.Write(batch[0].head)
	return err
}
