package peers

import (
	"errors"

	"musicdb/conn"
)

// ours is the product's engine, with the session of `musicdb echo --broadcast`.
var ours = Peer{
	Name: "musicdb", Module: "musicdb", About: "this project's engine",
	Ours: true, TLS: true,
	Serve: serveOurs,
}

func serveOurs(o Options) error {
	e, err := conn.New(conn.Options{Handler: echo{}})
	if err != nil {
		return err
	}
	l, err := listen(o)
	if err != nil {
		return err
	}
	return errors.Join(errors.New("the engine has ended"), e.Serve(l))
}

// echo is handler and session at once: it remembers nothing.
type echo struct{}

func (e echo) NewSession(conn.Conn) (conn.Session, error) { return e, nil }
func (echo) OnWSConnect() error                            { return nil }
func (echo) OnWSDisconnect(conn.Reason)                    {}
func (echo) Prompt([]byte) bool                            { return true }

func (echo) OnCall(message []byte) (conn.Answer, error) {
	to := conn.Response
	if message[0] == shout {
		to = conn.ResponseToAll
	}
	return conn.Answer{To: to, Payload: message}, nil
}
