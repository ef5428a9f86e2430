package conn

import (
	"sync"

	"github.com/gobwas/ws"
)

// Hub is the list of connections that take part in broadcasts: all that have been
// upgraded and admitted and have not ended. Who adds a connection is said by
// Options.Admission; the engine removes it before onWSDisconnect. Broadcasts reach
// all connections in the same order. Any goroutine may call it, a Session's included.
type Hub struct {
	mu    sync.Mutex // taken before a connection's mutex, never after
	conns map[*Conn]struct{}
}

func newHub() *Hub { return &Hub{conns: make(map[*Conn]struct{})} }

// Add lets a connection take part in broadcasts. Adding twice changes nothing, nor does
// adding one to which nothing can be sent yet, or any more: nobody might remove it.
func (h *Hub) Add(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.admit() {
		h.conns[c] = struct{}{}
	}
}

// Remove ends a connection's part in broadcasts. The connection lives on.
func (h *Hub) Remove(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// Len is the number of connections in the list.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

// Broadcast queues a text message for every connection and returns for how many
// it was accepted. It is encoded once, and a payload above 32 KiB is not copied:
// it must not be changed afterwards. It never waits for a client; one whose outbox
// is full is closed.
func (h *Hub) Broadcast(payload []byte) int {
	return h.broadcast(encodeFrame(ws.OpText, payload))
}

// Publish is Broadcast for a message in parts, or one that replaces older ones.
func (h *Hub) Publish(p Parts) int { return h.broadcast(p.frame()) }

func (h *Hub) broadcast(f frame) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	reached := 0
	for c := range h.conns {
		if c.pushFrame(f) == nil {
			reached++
		}
	}
	return reached
}

// CloseAll begins the closing handshake with every connection in the list. It does
// not wait.
func (h *Hub) CloseAll(code Code, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		c.Close(code, text)
	}
}
