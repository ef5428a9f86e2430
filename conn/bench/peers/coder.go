package peers

import (
	"bytes"
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// The documentation has no special way for broadcasts: Write to each, which any
// goroutine may do. Reader with a buffer of one's own instead of Read.
var coderPeer = Peer{
	Name: "coder", Module: "github.com/coder/websocket", About: "goroutine per connection, net/http",
	TLS: true, Deflate: true,
	Serve: serveCoder,
}

func serveCoder(o Options) error {
	l, err := listen(o)
	if err != nil {
		return err
	}
	all := newRoom[*websocket.Conn]()
	accept := &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled}
	if o.Deflate {
		accept = &websocket.AcceptOptions{CompressionMode: websocket.CompressionNoContextTakeover, CompressionThreshold: 1}
	}
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, accept)
		if err != nil {
			return
		}
		defer c.CloseNow() //nolint:errcheck // the peer is gone
		all.enter(c)
		defer all.leave(c)
		runCoder(c, all)
	}))
}

func runCoder(c *websocket.Conn, all *room[*websocket.Conn]) {
	ctx := context.Background()
	var message bytes.Buffer
	for {
		kind, r, err := c.Reader(ctx)
		if err != nil {
			return
		}
		message.Reset()
		if _, err := message.ReadFrom(r); err != nil {
			return
		}
		if message.Bytes()[0] == shout {
			all.each(func(c *websocket.Conn) { _ = c.Write(ctx, kind, message.Bytes()) })
			continue
		}
		if err := c.Write(ctx, kind, message.Bytes()); err != nil {
			return
		}
	}
}
