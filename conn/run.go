package conn

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gobwas/ws"
)

// run is the life of a connection, on its reading goroutine. first are bytes that
// were read elsewhere.
func (c *Conn) run(first []byte) {
	defer c.engine.forget(c)
	if err := c.prepare(); err != nil {
		c.engine.opts.Log.Warn("connection refused", "conn", c.id, "err", err)
		c.refuse()
		return
	}
	rest, err := c.open(first)
	if err != nil {
		c.discard(err)
		return
	}
	c.disconnect(c.receive(rest))
}

// prepare creates the session and makes the connection ready for the handshake.
func (c *Conn) prepare() error {
	c.mu.Lock()
	c.step(CreateSession)
	c.mu.Unlock()

	s, err := c.newSession()
	c.session = s

	c.mu.Lock()
	defer c.mu.Unlock()
	c.step(SessionReturned)
	switch {
	case err != nil:
		return err
	case s == nil:
		return errors.New("the handler returned no session")
	case c.reason != nil:
		return c.reason.Err
	}
	c.step(AwaitHandshake)
	c.nc.SetDeadline(c.since.Add(c.engine.opts.OpenTimeout))
	return nil
}

// errNotWebSocket ends a connection whose request was answered with a page or a
// refusal.
var errNotWebSocket = errors.New("conn: not a websocket request")

// open reads the request, answers it, and registers the connection. It returns the
// bytes that came behind the request.
func (c *Conn) open(first []byte) (rest []byte, err error) {
	response, rest, err := c.readRequest(first)
	if err != nil {
		return nil, err
	}
	if response.upgraded {
		return rest, c.upgrade(response.bytes)
	}
	return nil, c.answer(response.bytes)
}

type httpResponse struct {
	bytes    []byte
	upgraded bool
}

func (c *Conn) readRequest(first []byte) (httpResponse, []byte, error) {
	reader := requestReader{limit: c.engine.opts.MaxHandshake}
	defer c.in.release()
	piece := first
	for {
		head, rest, bad := reader.feed(piece)
		if bad != nil {
			return httpResponse{bytes: c.engine.handshake.refused(bad)}, nil, nil
		}
		if head != nil {
			response, upgraded := c.engine.handshake.answer(head)
			return httpResponse{response, upgraded}, bytes.Clone(rest), nil
		}
		var err error
		if piece, err = c.in.next(); err != nil {
			return httpResponse{}, nil, err
		}
	}
}

// upgrade makes the 101 the first entry of the outbox, calls onWSConnect, and lets
// the 101 leave only when the connection takes part in broadcasts, unless that is up
// to its session.
func (c *Conn) upgrade(response []byte) error {
	if err := c.begin(response); err != nil {
		return err
	}
	if c.engine.opts.Admission == OnOpen {
		c.engine.hub.Add(c)
	}
	c.tasks.Add(1)
	go c.greet()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.box.running() {
		c.startWriting()
	}
	return nil
}

// begin opens the outbox and enters Greeting, from where packets are accepted.
func (c *Conn) begin(response []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason != nil { // a shutdown came while the request was read
		return c.reason.Err
	}
	c.nc.SetDeadline(time.Time{})
	c.step(Upgrade)
	c.box.add(entry{frame: frame{head: response}})
	c.stepBox(Open)
	c.step(Greet)
	return nil
}

// answer sends an HTTP answer and waits until the peer has closed, so that the
// answer is not lost to a reset.
func (c *Conn) answer(response []byte) error {
	c.mu.Lock()
	reason := c.reason
	if reason == nil {
		c.step(Reply)
		c.finish(frame{head: response}, Finish)
	}
	c.mu.Unlock()
	if reason != nil {
		return reason.Err
	}
	_ = c.drain() // however it ends, the answer is the peer's
	return errNotWebSocket
}

// receive reads frames until the connection ends and returns the error that ended it.
func (c *Conn) receive(rest []byte) error {
	d := decoder{limit: c.engine.opts.MaxMessage, small: c.engine.opts.MaxStranger, admitted: c.verdict}
	defer d.release()
	defer c.in.release()
	for {
		for len(rest) > 0 {
			used, what, err := d.next(rest)
			rest = rest[used:]
			if err == nil {
				err = c.take(&d, what)
			}
			if errors.Is(err, errPeerClosed) {
				return c.drain()
			}
			if v, ok := errors.AsType[*ViolationError](err); ok {
				c.violated(v)
				return c.drain()
			}
		}
		var err error
		if rest, err = c.in.next(); err != nil {
			return err
		}
	}
}

// verdict waits until it can tell whether the connection is admitted.
func (c *Conn) verdict() verdict {
	if c.isAdmitted() {
		return yes
	}
	return no
}

// errPeerClosed ends the reading of frames: what follows a close frame is ignored
// (RFC 6455 5.5.1).
var errPeerClosed = errors.New("conn: the peer has sent its close frame")

// take does with a message or control frame what is due.
func (c *Conn) take(d *decoder, what kind) error {
	switch what {
	case textMessage, binaryMessage:
		c.deliver(d.takeMessage(), what)
	case ping:
		c.pong(d.controlBody())
	case closing:
		code, text, err := checkClose(d.controlBody())
		if err != nil {
			return err
		}
		c.peerClosed(code, text)
		return errPeerClosed
	case nothing, pong, undecided: // RFC 6455 5.5.3: no response to a pong is expected
	}
	return nil
}

// pong answers a ping with its own payload (RFC 6455 5.5.3), ahead of everything
// that is queued later. Pongs count against the bound of the outbox like pushes.
func (c *Conn) pong(body []byte) {
	f := encodeFrame(ws.OpPong, body)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.box.accepts(): // no frame may follow our close frame
	case c.box.overflows(f, c.engine.opts.OutboxBytes):
		c.evict()
	default:
		c.enqueue(entry{frame: f})
	}
}

// drain reads and drops bytes until the peer ends the TCP connection or a deadline
// passes.
func (c *Conn) drain() error {
	defer c.in.release()
	for {
		if _, err := c.in.next(); err != nil {
			return err
		}
	}
}

// newSession asks the handler for a session and contains its panic.
func (c *Conn) newSession() (s Session, err error) {
	defer contain("the creation of a session", &err)
	return c.engine.opts.Handler.NewSession(c)
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func lost(err error) error { return fmt.Errorf("connection lost: %w", err) }
