package conn

import (
	"bytes"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What the kernel takes over for a client that does not read is bounded, although it
// would take megabytes.
func TestTheKernelTakesLittleForASlowReader(t *testing.T) {
	taken := func(limit bool) int {
		l := listen(t)
		if !limit {
			l.Close()
			var err error
			if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
		}
		defer l.Close()
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		server.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		n, err := server.Write(make([]byte, 32<<20))
		if !os.IsTimeout(err) {
			t.Fatalf("%d bytes, %v", n, err)
		}
		return n
	}
	// Both with what the client's side takes.
	if with, without := taken(true), taken(false); with > without/2 || with > 1<<20 {
		t.Errorf("%d bytes are taken with the limit, %d without", with, without)
	}
}

// Every connection of a listener of ours inherits what it needs, with whichever
// transport; those of others get the limit with the first large message.
func TestConnectionsInheritFromTheirListener(t *testing.T) {
	option := func(c Conn, level, name int) (value int) {
		var err error
		peek(c, func(r *record, w *work) {
			get := func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, name) }
			if w == nil || w.link == nil {
				get(uintptr(r.fd))
			} else if raw, rawErr := w.link.nc.(*net.TCPConn).SyscallConn(); rawErr == nil {
				raw.Control(get)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	large := bytes.Repeat([]byte("l"), 2*maxUnsent)
	for name, ours := range map[string]bool{"ours": true, "another": false} {
		t.Run(name, func(t *testing.T) {
			l := listen(t)
			if !ours {
				l.Close()
				var err error
				if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
			}
			// It comes before anybody serves the listener.
			early, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			conns := make(chan Conn, 1)
			s := serveOn(t, l, Options{Handler: funcs{
				connect: func(c Conn) error { conns <- c; return nil },
				call:    func(_ Conn, m []byte) (Answer, error) { return Answer{To: Response, Body: large, Tail: m}, nil },
			}})
			c := newClient(t, early)
			c.send([]byte(openingRequest))
			c.head()
			at := <-conns
			if limit := option(at, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT); (limit == maxUnsent) != ours {
				t.Errorf("the limit is %d before a large message", limit)
			}
			if ours && (option(at, unix.IPPROTO_TCP, unix.TCP_NODELAY) == 0 || option(at, unix.SOL_SOCKET, unix.SO_KEEPALIVE) == 0 || option(at, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE) != 15) {
				t.Error("small writes are delayed, or nobody finds out that the peer has vanished")
			}
			c.send(text("large"))
			if _, err := io.CopyN(io.Discard, c.r, int64(len(large))); err != nil {
				t.Fatal(err)
			}
			if limit := option(at, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT); limit != maxUnsent {
				t.Errorf("the limit is %d", limit)
			}
			c.Close()
			s.stop(t)
		})
	}
}
