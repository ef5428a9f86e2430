package peers

import (
	"time"

	"github.com/lxzan/gws"
)

// Options as in the quick start, whose handler runs on the reading goroutine:
// ParallelEnabled is for handlers that wait. Broadcaster as in the README.
var gwsPeer = Peer{
	Name: "gws", Module: "github.com/lxzan/gws", About: "goroutine per connection",
	TLS: true, Deflate: true,
	Serve: serveGWS,
}

func serveGWS(o Options) error {
	l, err := listen(o)
	if err != nil {
		return err
	}
	s := gws.NewServer(&gwsEvents{all: newRoom[*gws.Conn]()}, &gws.ServerOption{
		PermessageDeflate: gws.PermessageDeflate{Enabled: o.Deflate, Threshold: 1},
		Logger:            noLog{},
	})
	return s.RunListener(l)
}

type gwsEvents struct {
	gws.BuiltinEventHandler
	all *room[*gws.Conn]
}

func (e *gwsEvents) OnOpen(c *gws.Conn) {
	_ = c.SetDeadline(time.Time{}) // the server has set one for the handshake
	e.all.enter(c)
}

func (e *gwsEvents) OnClose(c *gws.Conn, _ error) { e.all.leave(c) }

func (e *gwsEvents) OnMessage(c *gws.Conn, m *gws.Message) {
	defer func() { _ = m.Close() }() // gives the buffer back
	if m.Bytes()[0] != shout {
		_ = c.WriteMessage(m.Opcode, m.Bytes())
		return
	}
	// Deliveries outlive the message, whose buffer is used again.
	b := gws.NewBroadcaster(m.Opcode, append([]byte(nil), m.Bytes()...))
	e.all.each(func(c *gws.Conn) { _ = b.Broadcast(c) })
	_ = b.Close()
}

// noLog drops what the engine reports of connections that end.
type noLog struct{}

func (noLog) Error(...any) {}
