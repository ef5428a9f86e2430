package peers

import (
	"bufio"
	"io"
	"net"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
)

// A goroutine per connection with the helpers of wsutil and the zero-copy upgrade, as
// in the README: Reader and a buffer that is used again. For speed a buffered reader
// saves two of three system calls per message; where memory counts there is none.
// A broadcast is compiled once.
var gobwasPeer = Peer{
	Name: "gobwas", Module: "github.com/gobwas/ws", About: "wsutil, goroutine per connection",
	TLS: true, Deflate: true,
	Serve: serveGobwas,
}

type gobwasConn struct {
	mu sync.Mutex // guards writing
	net.Conn
	deflate bool
}

func serveGobwas(o Options) error {
	l, err := listen(o)
	if err != nil {
		return err
	}
	all := newRoom[*gobwasConn]()
	for {
		nc, err := l.Accept()
		if err != nil {
			return err
		}
		go runGobwas(&gobwasConn{Conn: nc}, o, all)
	}
}

func runGobwas(c *gobwasConn, o Options, all *room[*gobwasConn]) {
	defer c.Close()
	var upgrader ws.Upgrader
	extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
	if o.Deflate {
		upgrader.Negotiate = func(offer httphead.Option) (httphead.Option, error) { return extension.Negotiate(offer) }
	}
	if _, err := upgrader.Upgrade(c.Conn); err != nil {
		return
	}
	_, c.deflate = extension.Accepted()
	all.enter(c)
	defer all.leave(c)

	source := io.Reader(c.Conn)
	if o.Purpose == Speed {
		source = bufio.NewReader(c.Conn)
	}
	reader := wsutil.NewReader(source, ws.StateServerSide)
	var message []byte
	for {
		head, err := reader.NextFrame()
		if err != nil || head.OpCode == ws.OpClose {
			return
		}
		if message, err = appendAll(message[:0], reader, int(head.Length)); err != nil {
			return
		}
		if message[0] == shout {
			frame, err := c.compile(message)
			if err != nil {
				return
			}
			all.each(func(c *gobwasConn) {
				c.mu.Lock()
				defer c.mu.Unlock()
				_, _ = c.Write(frame)
			})
			continue
		}
		if err := c.answer(message); err != nil {
			return
		}
	}
}

// appendAll reads a message into a buffer that is used again.
func appendAll(b []byte, r io.Reader, size int) ([]byte, error) {
	if cap(b) < size {
		b = make([]byte, 0, size)
	}
	n, err := io.ReadFull(r, b[:size])
	return b[:n], err
}

// compile makes the frame of a broadcast.
func (c *gobwasConn) compile(message []byte) ([]byte, error) {
	f := ws.NewTextFrame(message)
	if c.deflate { // every client of a run has offered it, or none
		var err error
		if f, err = wsflate.CompressFrame(f); err != nil {
			return nil, err
		}
	}
	return ws.CompileFrame(f)
}

// answer sends the frame in one write.
func (c *gobwasConn) answer(message []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deflate {
		frame, err := c.compile(message)
		if err != nil {
			return err
		}
		_, err = c.Write(frame)
		return err
	}
	w := wsutil.GetWriter(c.Conn, ws.StateServerSide, ws.OpText, len(message))
	defer wsutil.PutWriter(w)
	w.DisableFlush() // a full buffer would leave as a fragment
	if _, err := w.Write(message); err != nil {
		return err
	}
	return w.Flush()
}
