package server

import (
	"errors"

	"musicdb/conn"
	"musicdb/server/wire"
)

// session is the music's side of one connection. Its methods are called by the
// engine, never two at once. Thousands of them are idle: everything that is kept for
// an idle one is in this struct.
type session struct {
	server  *Server
	conn    conn.Conn
	key     *wire.Key // that packets of this connection must carry; nil before the first
	visitor visitor   // from OnWSConnect on
	warned  bool      // a wrong key is worth one line per connection, not a flood
}

// NewSession makes the session of a connection; it hears nothing until OnWSConnect
// (conn.Handler).
func (s *Server) NewSession(c conn.Conn) (conn.Session, error) {
	return &session{server: s, conn: c}, nil
}

// OnWSConnect lets a stranger in. The protocol has no greeting, and who hears
// broadcasts and notifications is decided when a key was shown (conn.Session).
func (c *session) OnWSConnect() error {
	c.server.gate.enter(&c.visitor)
	return nil
}

// OnWSDisconnect ends the visit. What a client has started survives it (conn.Session).
func (c *session) OnWSDisconnect(conn.Reason) {
	if err := c.server.gate.leave(&c.visitor); err != nil {
		c.server.log.Error("a visit ended wrongly", "connection", c.conn.ID(), "err", err)
	}
}

// OnCall executes one message. Whatever is wrong with it, or goes wrong in it, is
// logged and answered with silence; the connection goes on (conn.Session).
func (c *session) OnCall(message []byte) (conn.Answer, error) {
	if err := c.learnKey(); err != nil {
		return conn.Answer{}, err
	}
	request, err := c.decode(message)
	if showsKey(err) {
		if stopped := c.show(!errors.Is(err, wire.ErrWrongKey)); stopped != nil {
			err = stopped
		}
	}
	if err == nil {
		var answer conn.Answer
		if answer, err = c.server.execute(callContext{c.server.ctx, c}, request); err == nil {
			return answer, nil
		}
	}
	c.report(err)
	return conn.Answer{To: conn.NoResponse}, nil
}

// largeMessage is the size above which messages are decoded a few at a time.
const largeMessage = 32 << 10

// decode reads a message. Large ones leave a part of the processors to all others.
func (c *session) decode(message []byte) (wire.Request, error) {
	if len(message) > largeMessage {
		c.server.large <- struct{}{}
		defer func() { <-c.server.large }()
	}
	return wire.Decode(message, *c.key)
}

// learnKey asks for the key with the first message of a connection, because that may
// take a look into a file, which nobody has to wait for who only connects. Without a
// key there is nothing to compare with: the connection is closed, so that its client
// comes back later.
func (c *session) learnKey() (err error) {
	if c.key != nil {
		return nil
	}
	if c.key, err = c.server.key.current(c.server.o.Key); err != nil {
		c.conn.Close(conn.CodeServerFailed, "the server cannot read its key")
	}
	return err
}

// showsKey tells whether a message was complete enough for its key to be compared,
// from what decoding it came to.
func showsKey(err error) bool {
	return err == nil || errors.Is(err, wire.ErrWrongKey) || errors.Is(err, wire.ErrMethod) || errors.Is(err, wire.ErrFunction)
}

// show presents a key. With the first right one the connection begins to hear
// broadcasts and notifications: before the packet is executed, so that the client
// hears what it causes itself (MusicDB protocol, section 4). After wrong ones it
// takes its time; the engine reads nothing further of this client meanwhile.
func (c *session) show(right bool) error {
	seen, err := c.server.gate.judge(c.server.ctx, &c.visitor, c.conn.RemoteAddr, right)
	switch {
	case errors.Is(err, errQueue):
		// Silence would keep it waiting for an answer that nobody owes it.
		c.conn.Close(conn.CodeTryLater, "too many wrong keys came from your address; try again later")
		return err
	case err != nil:
		return err
	case seen.first:
		c.server.engine.Hub().Add(c.conn)
	case !seen.right:
		if c.visitor.stubborn() {
			// What it has sent ahead would else keep us busy long after it has gone.
			c.conn.Close(conn.CodePolicy, "too many wrong keys")
		}
		if !c.warned {
			c.warned = true
			c.server.reportWrong("API key", c.conn.RemoteAddr(), seen.count)
		}
	}
	return nil
}

// report logs why a message got no answer: a fault of ours as an error, everything
// else that clients send for debugging only.
func (c *session) report(err error) {
	log := c.server.log.With("connection", c.conn.ID(), "peer", c.conn.RemoteAddr())
	var panicked *PanicError
	switch {
	case errors.As(err, &panicked):
		log.Error("a function panicked; the client gets no answer", "err", err, "stack", string(panicked.Stack))
	default:
		log.Debug("no answer", "err", err)
	}
}
