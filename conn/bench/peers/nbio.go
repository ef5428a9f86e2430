package peers

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/lesismal/llib/std/crypto/tls"
	"github.com/lesismal/nbio/logging"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

// Options as the author's own benchmarks have them: connections on the poller,
// payloads released after the handler, no read deadline per message. Handlers run on
// the poller as well (ServerExecutor), since none of them waits: with the pool of
// workers an echo costs a third more.
var nbioPeer = Peer{
	Name: "nbio", Module: "github.com/lesismal/nbio", About: "epoll, handlers on the poller",
	TLS: true, Deflate: true,
	Serve: serveNbio,
}

func serveNbio(o Options) error {
	logging.SetLevel(logging.LevelNone)
	all := newRoom[*websocket.Conn]()
	upgrader := websocket.NewUpgrader()
	upgrader.KeepaliveTime = 0
	upgrader.EnableCompression(o.Deflate)
	upgrader.OnOpen(func(c *websocket.Conn) { all.enter(c) })
	upgrader.OnClose(func(c *websocket.Conn, _ error) { all.leave(c) })
	upgrader.OnMessage(func(c *websocket.Conn, kind websocket.MessageType, message []byte) {
		if message[0] == shout {
			all.each(func(c *websocket.Conn) { _ = c.WriteMessage(kind, message) })
			return
		}
		_ = c.WriteMessage(kind, message)
	})
	config := nbhttp.Config{
		Network:                 "tcp",
		MaxLoad:                 1 << 20,
		IOMod:                   nbhttp.IOModNonBlocking,
		ReleaseWebsocketPayload: true,
		ServerExecutor:          func(f func()) { f() },
		Listen: func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				o.Ready(l.Addr())
			}
			return l, err
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			_ = c.SetReadDeadline(time.Time{})
		}),
	}
	if o.TLS != nil {
		pair, err := tls.X509KeyPair(o.TLS.Certificate, o.TLS.Key)
		if err != nil {
			return err
		}
		config.AddrsTLS = []string{"127.0.0.1:0"}
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	} else {
		config.Addrs = []string{"127.0.0.1:0"}
	}
	if err := nbhttp.NewEngine(config).Start(); err != nil {
		return err
	}
	<-make(chan struct{})
	return errors.New("unreachable")
}
