package server

import (
	"errors"
	"sync"

	"musicdb/conn"
	"musicdb/server/wire"
)

// session is the music's side of one connection. Its methods are called by the
// engine, never two at once.
type session struct {
	server   *Server
	conn     *conn.Conn
	key      wire.Key  // that packets of this connection must carry
	admitted bool      // it hears broadcasts and notifications
	warned   sync.Once // a wrong key is worth one line per connection, not a flood
}

// NewSession makes the session of a connection; it hears nothing until OnWSConnect
// (conn.Handler).
func (s *Server) NewSession(c *conn.Conn) (conn.Session, error) {
	key, err := key(s.o)
	if err != nil {
		return nil, err
	}
	return &session{server: s, conn: c, key: key}, nil
}

// OnWSConnect has nothing to do: the protocol has no greeting, and who hears
// broadcasts and notifications is decided when a key was shown (conn.Session).
func (c *session) OnWSConnect() error { return nil }

// OnWSDisconnect has nothing to undo: what a client has started survives it
// (conn.Session).
func (c *session) OnWSDisconnect(conn.Reason) {}

// OnCall executes one message. Whatever is wrong with it, or goes wrong in it, is
// logged and answered with silence; the connection goes on (conn.Session).
func (c *session) OnCall(message []byte) (conn.Answer, error) {
	request, err := wire.Decode(message, c.key)
	if showedKey(err) {
		c.admit()
	}
	if err == nil {
		var answer conn.Answer
		if answer, err = c.server.execute(c.server.ctx, request); err == nil {
			return answer, nil
		}
	}
	c.report(err)
	return conn.Answer{To: conn.NoResponse}, nil
}

// showedKey tells whether the message had the right key, whatever else is wrong
// with it.
func showedKey(err error) bool {
	return err == nil || errors.Is(err, wire.ErrMethod) || errors.Is(err, wire.ErrFunction)
}

// admit lets the connection hear broadcasts and notifications, from its first packet
// with the key on: before that packet is executed, so that the client hears what it
// causes itself (MusicDB protocol, section 4).
func (c *session) admit() {
	if !c.admitted {
		c.admitted = true
		c.server.engine.Hub().Add(c.conn)
	}
}

// report logs why a message got no answer: a fault of ours as an error, a wrong
// key as a warning, everything else that clients send for debugging only.
func (c *session) report(err error) {
	log := c.server.log.With("connection", c.conn.ID(), "peer", c.conn.RemoteAddr())
	var panicked *PanicError
	switch {
	case errors.As(err, &panicked):
		log.Error("a function panicked; the client gets no answer", "err", err, "stack", string(panicked.Stack))
	case errors.Is(err, wire.ErrWrongKey):
		c.warned.Do(func() {
			log.Warn("a packet with a wrong API key was ignored; further ones of this connection are not logged")
		})
	default:
		log.Debug("no answer", "err", err)
	}
}
