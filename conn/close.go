package conn

import (
	"net"
	"time"
)

// The order of an end, which must not be changed: the reason is fixed and never
// overwritten; the close frame leaves, behind what was queued and within its
// deadline; the socket is closed; whoever waits is released; the session hears of
// it only when it has returned from everything else; then nothing is left.

// past is a deadline that makes every read and write return at once.
var past = time.Unix(1, 0)

// fix keeps the first reason. It needs mu.
func (c *Conn) fix(r Reason) {
	if c.reason == nil {
		c.reason = &r
		c.turn.Signal()
	}
}

// closeByServer queues the close frame as the last frame, if the outbox is open,
// and begins the closing handshake. It needs mu.
func (c *Conn) closeByServer(r Reason) {
	if !c.box.accepts() {
		return
	}
	c.fix(r)
	c.finish(encodeClose(r.Code, r.Text), Finish)
	c.settle()
}

// evict closes a connection whose client reads too slowly. What waits is dropped;
// the frame under way is completed if that is possible in time. It needs mu.
func (c *Conn) evict() {
	r := Reason{By: ByServer, Code: CodePolicy, Text: "reading too slowly", Err: ErrSlow}
	c.fix(r)
	c.box.evict()
	c.finish(encodeClose(r.Code, r.Text), Overflow)
	c.settle()
}

// finish queues the last frame and sets the closing time limit. It needs mu.
func (c *Conn) finish(last frame, on OutboxEvent) {
	idle := !c.box.running()
	c.box.add(entry{frame: last, answer: true})
	c.stepBox(on)
	c.armClosing()
	if idle {
		c.startWriting()
	}
}

// settle enters the closing handshake when its close frame is queued and the
// session is idle. It needs mu.
func (c *Conn) settle() {
	if c.reason == nil || c.life.State() != Active {
		return
	}
	switch c.reason.By {
	case ByServer:
		c.step(CloseByServer)
	case ByPeer:
		c.step(CloseByPeer)
	case ByTransport: // the reading goroutine is about to notice
	}
}

// violated answers a violation of the protocol with a close frame, after the
// messages before it.
func (c *Conn) violated(v *ViolationError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaitSession()
	c.closeByServer(Reason{By: ByServer, Code: v.Code, Text: cutText(v.Rule, maxCloseText), Err: v})
}

// peerClosed answers the peer's close frame, after the messages before it.
func (c *Conn) peerClosed(code Code, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaitSession()
	if c.life.State() == CloseSent {
		c.step(CloseByPeer)
		return
	}
	if !c.box.accepts() {
		return
	}
	c.fix(Reason{By: ByPeer, Code: code, Text: text})
	// RFC 6455 5.5.1: the answer typically echoes the code.
	c.finish(encodeClose(code, ""), Finish)
	c.settle()
}

// awaitSession waits until the messages so far are executed and answered, but not
// longer than the closing time limit, nor when the end has begun already. It needs
// mu and releases it meanwhile.
func (c *Conn) awaitSession() {
	if !c.executing() || c.reason != nil {
		return
	}
	limit := c.engine.opts.CloseTimeout
	deadline := time.Now().Add(limit)
	timer := time.AfterFunc(limit, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.turn.Signal()
	})
	defer timer.Stop()
	for c.executing() && c.reason == nil && time.Now().Before(deadline) {
		c.turn.Wait()
	}
}

// armClosing limits everything that is still to be read and written. It needs mu.
func (c *Conn) armClosing() { c.nc.SetDeadline(time.Now().Add(c.engine.opts.CloseTimeout)) }

// fail gives the connection up after a failure of the transport or of the engine:
// nothing is written any more, and the reading goroutine ends it. It needs mu.
func (c *Conn) fail(err error) {
	c.fix(Reason{By: ByTransport, Code: CodeAbnormal, Err: err})
	c.shutBox()
	c.nc.SetDeadline(past)
}

// shut ends the connection for a shutdown: with a closing handshake when it is a
// websocket, by dropping it when it is not yet one.
func (c *Conn) shut(r Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.box.life.State() == Unopened {
		c.fix(r)
		c.nc.SetDeadline(past)
		return
	}
	c.closeByServer(r)
}

// abort ends the connection without waiting for anything but its session.
func (c *Conn) abort(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(err)
}

// shutBox drops what is still queued, unless the outbox is shut or ended already.
// It needs mu.
func (c *Conn) shutBox() {
	if _, open := OutboxLifecycle.Next(c.box.life.State(), Discard); open {
		c.box.discard()
		c.stepBox(Discard)
	}
}

// refuse ends a connection that does not get to its handshake.
func (c *Conn) refuse() {
	c.mu.Lock()
	c.step(Refuse)
	c.mu.Unlock()
	c.discard(nil)
}

// discard ends a connection that never was a websocket. Its session hears nothing.
func (c *Conn) discard(err error) {
	c.mu.Lock()
	switch state := c.life.State(); {
	case state == Handshaking && isTimeout(err) && c.reason == nil:
		c.step(OpenTimeout)
		c.step(Drop)
	case state == Answering && c.box.life.State() == Shut && c.reason == nil:
		c.step(Replied)
	case state != Discarding: // it was not refused
		c.step(Lost)
	}
	c.shutBox()
	c.mu.Unlock()
	drop(c.nc)
	c.tasks.Wait()
	c.end()
}

// disconnect ends a websocket whose reading has ended with err.
func (c *Conn) disconnect(err error) {
	c.mu.Lock()
	for c.life.State() == Broadcasting {
		c.turn.Wait()
	}
	if state := c.life.State(); isTimeout(err) && (state == CloseSent || state == CloseReceived) {
		c.step(CloseTimeout)
		c.step(Drop)
	} else {
		c.fix(Reason{By: ByTransport, Code: CodeAbnormal, Err: lost(err)})
		c.step(Lost)
	}
	c.shutBox()
	reason := *c.reason
	c.mu.Unlock()

	drop(c.nc)
	c.engine.hub.Remove(c)
	c.tasks.Wait()

	c.mu.Lock()
	c.step(Disconnect)
	c.mu.Unlock()
	c.logFailure("onWSDisconnect failed", c.onWSDisconnect(reason))
	c.mu.Lock()
	c.step(DisconnectReturned)
	c.mu.Unlock()
	if reason.Abnormal() {
		c.engine.opts.Log.Warn("connection ended abnormally", "conn", c.id, "remote", c.RemoteAddr(), "reason", reason.String(), "trace", c.flight.String())
	}
	c.end()
}

// end takes the connection out of the figures.
func (c *Conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step(End)
	for _, err := range []error{
		c.engine.lives.End(&c.life, uint32(c.id)),
		c.engine.boxes.End(&c.box.life, uint32(c.id)),
	} {
		if err != nil {
			c.engine.opts.Log.Error("connection ended unfinished", "conn", c.id, "err", err, "trace", c.flight.String())
		}
	}
}

// closeWrite sends the end of the stream behind the last frame. A transport that
// cannot end one direction alone is closed.
func closeWrite(nc net.Conn) {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the end of the connection follows anyway
		return
	}
	nc.Close()
}

// drop closes the socket at once. To close TLS would mean to send one more alert, for
// up to five seconds, to a peer that perhaps does not read; a peer that reads has got
// it from closeWrite.
func drop(nc net.Conn) { socketOf(nc).Close() }

// socketOf is what lies below TLS and other layers.
func socketOf(nc net.Conn) net.Conn {
	for {
		layer, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nc
		}
		nc = layer.NetConn()
	}
}
