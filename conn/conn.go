package conn

import (
	"fmt"
)

// Conn is a handle of one TCP connection. It is a small value that can be copied,
// compared and kept: after the end of the connection it refers to nothing, also when
// the memory is used for another one. A session uses it to push packets; any goroutine
// may call its exported methods. The zero Conn must not be used.
type Conn struct {
	s    *shard
	slot uint32
	gen  uint32
}

// ID tells the connections of an engine apart, beginning with 1; 0 after the end.
func (c Conn) ID() uint64 {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if r := c.s.at(c.slot, c.gen); r != nil {
		return r.id
	}
	return 0
}

// RemoteAddr is the address of the peer, as the network names it; "" where there is
// none, and after the end.
func (c Conn) RemoteAddr() string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.at(c.slot, c.gen) != nil {
		return c.s.remote(c.slot)
	}
	return ""
}

// State is where the connection is in its life at this moment.
func (c Conn) State() State {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if r := c.s.at(c.slot, c.gen); r != nil {
		return r.life.State()
	}
	return Ended
}

// Send pushes a text message to this client. It never waits for the client. A
// packet sent before onWSConnect was called or after the end has begun is discarded
// with a *DiscardedError. If too much waits already, the connection is closed and
// the error is ErrSlow. A payload above 32 KiB is not copied and must not be changed
// afterwards.
func (c Conn) Send(payload []byte) error { return c.publish(Parts{Head: payload}) }

// publish is Send for a message in parts, or one that replaces older ones.
func (c Conn) publish(p Parts) error {
	s := c.s
	small := c.pack(p)
	defer small.lent.release()
	s.lock()
	defer s.unlock()
	r := s.at(c.slot, c.gen)
	if r == nil {
		return &DiscardedError{0, Lifecycle.StateName(Ended), OutboxLifecycle.StateName(Shut)}
	}
	if r.accepts() {
		s.catchUp(c.slot)
	}
	if !r.accepts() {
		return &DiscardedError{r.id, Lifecycle.StateName(r.life.State()), OutboxLifecycle.StateName(r.box.State())}
	}
	id := r.id
	if !s.push(c.slot, s.worked(c.slot).encode(p, small).on(p.Topic)) {
		return fmt.Errorf("connection %d: %w", id, ErrSlow)
	}
	return nil
}

// pack compresses a message if the client has negotiated that.
func (c Conn) pack(p Parts) parcel {
	d := c.s.engine.deflater
	if d == nil {
		return parcel{}
	}
	c.s.mu.Lock()
	var ext extension
	if r := c.s.at(c.slot, c.gen); r != nil {
		ext = r.ext
	}
	c.s.mu.Unlock()
	if !ext.compresses() {
		return parcel{}
	}
	return d.pack(p, ext.window)
}

// Close begins the closing handshake, after what is queued already, and does not
// wait for it. The text is cut to 123 bytes; a code that must not be sent (RFC 6455
// 7.4) becomes CodeServerFailed. Closing a connection that is not open or is closing
// already changes nothing.
func (c Conn) Close(code Code, text string) {
	c.s.lock()
	defer c.s.unlock()
	if c.s.at(c.slot, c.gen) != nil {
		c.s.closeByServer(c.slot, serverReason(code, text))
	}
}

func serverReason(code Code, text string) Reason {
	if code != CodeNone && !code.sendable() {
		code = CodeServerFailed
	}
	return Reason{By: ByServer, Code: code, Text: cutText(text, maxCloseText)}
}
