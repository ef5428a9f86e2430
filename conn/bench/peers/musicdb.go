package peers

import (
	"errors"

	"musicdb/conn"
)

// ours is the product's engine, with the session of `musicdb echo --broadcast`;
// oursByGoroutine the same on the transport for other systems.
var ours = Peer{
	Name: "musicdb", Module: "musicdb", About: "this project's engine",
	Ours: true, TLS: true, Deflate: true,
	Serve: func(o Options) error { return serveOurs(o, conn.Auto) },
}

var oursByGoroutine = Peer{
	Name: "musicdb-go", Module: "musicdb", About: "this project's engine, goroutine per connection",
	Variant: true, TLS: true, Deflate: true,
	Serve: func(o Options) error { return serveOurs(o, conn.Goroutine) },
}

func serveOurs(o Options, by conn.Transport) error {
	e, err := conn.New(conn.Options{Handler: echo{}, Transport: by, Deflate: conn.Deflate{Enabled: o.Deflate, MinSize: 1}})
	if err != nil {
		return err
	}
	l, err := listenPlain(o)
	if err != nil {
		return err
	}
	ended := errors.New("the engine has ended")
	if o.TLS == nil {
		return errors.Join(ended, e.Serve(l))
	}
	config, err := o.TLS.config()
	if err != nil {
		return err
	}
	return errors.Join(ended, e.ServeTLS(l, conn.TLS{Config: config}))
}

// echo is handler and session at once: it remembers nothing.
type echo struct{}

func (e echo) NewSession(conn.Conn) (conn.Session, error) { return e, nil }
func (echo) OnWSConnect() error                           { return nil }
func (echo) OnWSDisconnect(conn.Reason)                   {}
func (echo) Prompt([]byte) bool                           { return true }

func (echo) OnCall(message []byte) (conn.Answer, error) {
	to := conn.Response
	if message[0] == shout {
		to = conn.ResponseToAll
	}
	return conn.Answer{To: to, Payload: message}, nil
}
