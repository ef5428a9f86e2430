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
		if limit {
			limitUnsent(server)
		}
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

// The limit comes with the first large message.
func TestLargeMessagesAreLimitedInTheKernel(t *testing.T) {
	var ours Conn
	large := bytes.Repeat([]byte("l"), 2*maxUnsent)
	s := serve(t, Options{Handler: funcs{
		connect: func(c Conn) error { ours = c; return nil },
		call: func(_ Conn, m []byte) (Answer, error) {
			if string(m) == "large" {
				return Answer{To: Response, Body: large, Tail: m}, nil
			}
			return Answer{To: Response, Payload: m}, nil
		},
	}})
	limit := func() (value int) {
		var err error
		peek(ours, func(r *record, w *work) {
			get := func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT) }
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
	c := open(t, s.addr)
	c.send(text("small"))
	c.expect(`text "small"`)
	if limit() == maxUnsent {
		t.Error("a small message costs a system call more")
	}
	c.send(text("large"))
	if _, err := io.CopyN(io.Discard, c.r, int64(len(large))); err != nil {
		t.Fatal(err)
	}
	if limit() != maxUnsent {
		t.Errorf("the limit is %d", limit())
	}
	c.Close()
}
