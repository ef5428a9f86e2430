package peers

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// The documentation advises: buffers of the HTTP server are taken over when no sizes
// are given; a WriteBufferPool where many connections write little; NextReader into a
// buffer of one's own instead of ReadMessage; PreparedMessage for broadcasts. There
// may be one writer at a time.
var gorillaPeer = Peer{
	Name: "gorilla", Module: "github.com/gorilla/websocket", About: "goroutine per connection, net/http",
	TLS: true, Deflate: true,
	Serve: serveGorilla,
}

type gorillaConn struct {
	mu sync.Mutex // guards writing
	*websocket.Conn
}

func serveGorilla(o Options) error {
	l, err := listen(o)
	if err != nil {
		return err
	}
	all := newRoom[*gorillaConn]()
	upgrader := websocket.Upgrader{EnableCompression: o.Deflate}
	if o.Purpose == Memory {
		upgrader.WriteBufferPool = &sync.Pool{}
	}
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.Close() }() // the peer is gone
		c := &gorillaConn{Conn: ws}
		all.enter(c)
		defer all.leave(c)
		c.run(all)
	}))
}

func (c *gorillaConn) run(all *room[*gorillaConn]) {
	var message bytes.Buffer
	for {
		kind, r, err := c.NextReader()
		if err != nil {
			return
		}
		message.Reset()
		if _, err := message.ReadFrom(r); err != nil {
			return
		}
		if message.Bytes()[0] == shout {
			p, err := websocket.NewPreparedMessage(kind, message.Bytes())
			if err != nil {
				return
			}
			all.each(func(c *gorillaConn) {
				c.mu.Lock()
				defer c.mu.Unlock()
				_ = c.WritePreparedMessage(p)
			})
			continue
		}
		c.mu.Lock()
		err = c.WriteMessage(kind, message.Bytes())
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}
