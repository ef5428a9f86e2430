package conn

import "net"

// startWriting begins to write what is queued, when nobody writes. It needs mu.
func (c *Conn) startWriting() {
	c.tasks.Add(1)
	go c.write()
}

// write is the writing goroutine. It exists while the outbox has something to
// write: it takes a batch, writes it without the mutex, and reports back, until
// nothing is left. Small frames that wait together leave in one write.
func (c *Conn) write() {
	defer c.tasks.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.box.running() {
		batch := c.box.take(batchSize)
		c.mu.Unlock()
		err := writeBatch(c.nc, batch)
		c.mu.Lock()
		if c.box.life.State() == Shut { // discarded meanwhile
			return
		}
		if err != nil {
			c.fail(lost(err))
			return
		}
		c.stepBox(c.box.wrote())
		c.turn.Signal()
	}
	if c.box.life.State() == Shut {
		closeWrite(c.nc)
	}
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
