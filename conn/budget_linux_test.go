//go:build !race

package conn

import (
	"bytes"
	"net/netip"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// thin is a client made of system calls: it allocates nothing, so that all that is
// allocated is the server's.
type thin struct {
	fd   int
	in   [8192]byte
	addr unix.SockaddrInet4
}

func (c *thin) connect(t testing.TB, addr string) {
	t.Helper()
	if c.addr.Port == 0 {
		a := netip.MustParseAddrPort(addr)
		c.addr = unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	var err error
	if c.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.Connect(c.fd, &c.addr); err != nil {
		t.Fatal(err)
	}
}

// ask sends and reads as many bytes as are expected.
func (c *thin) ask(t testing.TB, request []byte, size int) []byte {
	t.Helper()
	if _, err := unix.Write(c.fd, request); err != nil {
		t.Fatal(err)
	}
	n := 0
	for n < size {
		m, err := unix.Read(c.fd, c.in[n:size])
		if err != nil || m == 0 {
			t.Fatalf("after %d bytes: %d, %v", n, m, err)
		}
		n += m
	}
	return c.in[:n]
}

// reset closes so that no port is left waiting.
func (c *thin) reset() {
	_ = unix.SetsockoptLinger(c.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	unix.Close(c.fd)
}

var openingBytes = []byte(openingRequest)

// mallocs is how many objects do allocates, in the whole process.
func mallocs(do func()) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs)
}

// A message that is answered allocates nothing, from socket to socket, with a session
// that runs on workers and with a prompt one.
func TestMessagesAllocateNothing(t *testing.T) {
	for name, h := range map[string]Handler{"workers": worked{}, "prompt": promptly{}} {
		t.Run(name, func(t *testing.T) {
			const rounds = 20_000
			s := frugal(t, h)
			var c thin
			c.connect(t, s.addr)
			defer unix.Close(c.fd)
			c.ask(t, openingBytes, openingSize(t, s))
			request, answer := text("hello"), encodeFrame(0x1, []byte("hello")).head
			ask := func(n int) {
				for range n {
					if got := c.ask(t, request, len(answer)); !bytes.Equal(got, answer) {
						t.Fatalf("%q is answered", got)
					}
				}
			}
			ask(1000)
			// The runtime itself allocates now and then.
			if got := mallocs(func() { ask(rounds) }); got > rounds/100 {
				t.Errorf("%.0f allocations for %d messages", got, rounds)
			}
		})
	}
}

// A connection takes one allocation at most, besides its session.
func TestConnectionsAllocateOnceAtMost(t *testing.T) {
	const rounds = 3000
	s := frugal(t, promptly{})
	size := openingSize(t, s)
	var c thin
	live := func(n int) {
		for range n {
			c.connect(t, s.addr)
			c.ask(t, openingBytes, size)
			c.reset()
		}
	}
	live(500)
	limit := 1.0
	if underTest == Goroutine {
		limit = 20 // most of them the net package's
	}
	if got := mallocs(func() { live(rounds) }) / rounds; got > limit+0.05 {
		t.Errorf("%.2f allocations for a connection", got)
	}
}

// What an idle connection takes is bounded, measured as the difference between few and
// many: 128 bytes on a loop, its session not included.
func TestTheMemoryOfIdleConnections(t *testing.T) {
	const few, many = 1024, 4096
	s := frugal(t, promptly{})
	size := openingSize(t, s)
	c := new(thin)
	fds := make([]int, 0, many)
	defer func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}()
	grow := func(to int) int64 {
		for len(fds) < to {
			c.connect(t, s.addr)
			c.ask(t, openingBytes, size)
			fds = append(fds, c.fd)
		}
		return inUse()
	}
	atFew := grow(few)
	atMany := grow(many)
	limit := int64(128)
	if underTest == Goroutine {
		limit = 8192 // a goroutine that waits
	}
	if each := (atMany - atFew) / (many - few); each > limit {
		t.Errorf("%d bytes for an idle connection", each)
	}
}

// worked is promptly on workers.
type worked struct{}

func (worked) NewSession(Conn) (Session, error) { return worked{}, nil }
func (worked) OnWSConnect() error               { return nil }
func (worked) OnWSDisconnect(Reason)            {}
func (worked) OnCall(m []byte) (Answer, error)  { return Answer{To: Response, Payload: m}, nil }

// frugal is serve with nobody who observes the steps.
func frugal(t *testing.T, h Handler) *server {
	t.Helper()
	s := unsupervised(t, Options{Handler: h, Loops: 1})
	s.opts.observe = nil
	s.begin(listen(t))
	t.Cleanup(func() { s.stop(t) })
	return s
}

// openingSize is the size of the answer to an opening handshake.
func openingSize(t *testing.T, s *server) int {
	t.Helper()
	c := dial(t, s.addr)
	defer c.Close()
	c.send(openingBytes)
	return len(c.head())
}
