package conn

import "sync"

// Hub is the list of connections that take part in broadcasts: all that have been
// upgraded and admitted and whose end has not begun. Who adds a connection is said by
// Options.Admission; the engine removes it when its end begins. Broadcasts reach all
// connections in the same order, and each connection in order with what is sent to it
// alone. Any goroutine may call it, a Session's included.
type Hub struct {
	engine *Engine
	mu     sync.Mutex // the order of broadcasts; taken before a shard's mutex
}

// Add lets a connection take part in broadcasts. Adding twice changes nothing, nor does
// adding one to which nothing can be sent yet, or any more: nobody might remove it.
func (h *Hub) Add(c Conn) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.at(c.slot, c.gen) != nil {
		c.s.admit(c.slot)
	}
}

// Remove ends a connection's part in broadcasts. The connection lives on.
func (h *Hub) Remove(c Conn) {
	c.s.lock()
	defer c.s.unlock()
	if c.s.at(c.slot, c.gen) != nil {
		c.s.catchUp(c.slot)
		c.s.retire(c.slot)
	}
}

// Len is the number of connections in the list.
func (h *Hub) Len() int {
	n := 0
	for _, s := range h.engine.shards {
		s.mu.Lock()
		n += s.news.audience
		s.mu.Unlock()
	}
	return n
}

// Broadcast sends a text message to every connection and returns to how many. It is
// encoded once, and compressed once for each window that clients have negotiated; a
// payload above 32 KiB is not copied: it must not be changed afterwards. It never waits
// for a client; one whose outbox is full is closed.
func (h *Hub) Broadcast(payload []byte) int {
	return h.Publish(Parts{Head: payload})
}

// Publish is Broadcast for a message in parts, or one that replaces older ones.
func (h *Hub) Publish(p Parts) int { return h.broadcast(h.engine.deflater.encode(p)) }

// broadcast enters a frame into the log of every shard at one moment; their owners
// deliver it. An owner who does not keep up is helped.
func (h *Hub) broadcast(f frame) int {
	reached := 0
	behind := false
	shards := h.engine.shards
	h.mu.Lock() // nobody else takes the mutexes of two shards
	for _, s := range shards {
		s.lock()
	}
	for _, s := range shards {
		if s.news.audience > 0 {
			s.news.add(f)
			reached += s.news.audience
			behind = behind || s.news.bytes > h.engine.opts.OutboxBytes/2
		}
	}
	for _, s := range shards {
		s.unlock()
	}
	h.mu.Unlock()
	if behind {
		h.help()
	}
	return reached
}

// help delivers what waits in the logs.
func (h *Hub) help() {
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	for _, s := range h.engine.shards {
		s.mu.Lock()
		s.spread(sc)
		s.unlock()
	}
}

// CloseAll begins the closing handshake with every connection in the list. It does
// not wait.
func (h *Hub) CloseAll(code Code, text string) {
	why := serverReason(code, text)
	for _, s := range h.engine.shards {
		s.lock()
		s.table.each(func(i uint32, r *record) {
			if r.standing == member {
				s.closeByServer(i, why)
			}
		})
		s.unlock()
	}
}
