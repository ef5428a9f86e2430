package conn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/fsm"
)

// said is a log that is read while it is written.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// Each limit ends who reaches it in its own way, is counted once and no other is, is
// told in one line where it deserves one, and leaves nothing behind.
func TestEachLimit(t *testing.T) {
	for _, tc := range []struct {
		limit  Limit
		o      Options
		do     func(t *testing.T, s *server)
		line   string // in the log; "" for none
		others int    // connections beside the one at the limit
	}{
		{LimitConnections, Options{MaxConnections: 1}, func(t *testing.T, s *server) {
			c := open(t, s.addr)
			refused(t, s)
			c.Close()
		}, `level=WARN msg="connection refused: conn: the limit of connections is reached" remote=127.0.0.1:`, 1},
		{LimitHandshakeTime, Options{OpenTimeout: 50 * time.Millisecond}, func(t *testing.T, s *server) {
			c := dial(t, s.addr)
			c.send([]byte(openingRequest[:20]))
			c.ended()
		}, "", 0},
		{LimitHandshakeSize, Options{MaxHandshake: 200}, func(t *testing.T, s *server) {
			c := dial(t, s.addr)
			c.send([]byte("GET / HTTP/1.1\r\nHost: " + strings.Repeat("h", 300)))
			if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 431 ") {
				t.Errorf("answered with %q", head)
			}
			c.Close()
		}, "", 0},
		{LimitMessage, Options{MaxMessage: 1000}, func(_ *testing.T, s *server) {
			c := open(t, s.addr)
			c.send(text(strings.Repeat("x", 1001)))
			c.expect(violation(errMessageTooBig), "EOF")
			c.Close()
		}, `level=WARN msg="connection ended abnormally: message too big"`, 0},
		{LimitStranger, Options{MaxMessage: 2000, MaxStranger: 1000, Admission: BySession}, func(_ *testing.T, s *server) {
			c := open(t, s.addr)
			c.send(text(strings.Repeat("x", 1001)))
			c.expect(violation(errMessageTooBig), "EOF")
			c.Close()
		}, `level=WARN msg="connection ended abnormally: message too big"`, 0},
		{LimitBuffered, Options{MaxBuffered: 100_000}, func(_ *testing.T, s *server) {
			half := raw(0x01, strings.Repeat("x", 60_000))
			first, second := open(t, s.addr), open(t, s.addr)
			first.send(half)
			awaitBuffered(t, s, 60_000)
			second.send(half)
			second.expect(violation(errNoMemory), "EOF")
			second.Close()
			first.send(raw(0x80, "y"))
			first.expect(`text "` + strings.Repeat("x", 60_000) + `y"`)
			first.send(closeOf(1000, ""))
			first.expect(`close 1000 ""`, "EOF")
			first.Close()
		}, `level=WARN msg="connection ended abnormally: no memory"`, 1},
		{LimitRate, Options{MaxRate: 1000}, func(_ *testing.T, s *server) {
			c := open(t, s.addr)
			c.send(cat(raw(0x01, ""), bytes.Repeat(raw(0x00, ""), 1500)))
			c.expect(violation(errTooFast), "EOF")
			c.Close()
		}, `level=WARN msg="connection ended abnormally: policy"`, 0},
		{LimitIdleTime, Options{IdleTimeout: 100 * time.Millisecond}, func(_ *testing.T, s *server) {
			c := open(t, s.addr)
			c.expect(`close 1001 "idle for too long"`)
			c.send(closeOf(1001, ""))
			c.expect("EOF")
			c.Close()
		}, `level=INFO msg="connection was idle for too long"`, 0},
		{LimitCloseTime, Options{CloseTimeout: 50 * time.Millisecond}, func(_ *testing.T, s *server) {
			c := open(t, s.addr)
			c.send(raw(0x83, "an unknown opcode"))
			c.frame() // the close frame, which is not answered
			s.log.await(t, 1, Ended)
			c.Close()
		}, `level=WARN msg="connection ended abnormally: protocol violated"`, 0},
	} {
		t.Run(strings.ReplaceAll(tc.limit.String(), " ", "_"), func(t *testing.T) {
			var out said
			tc.o.Log = slog.New(slog.NewTextHandler(&out, nil))
			s := serve(t, tc.o)
			tc.do(t, s)
			s.stop(t)
			for _, l := range Limits() {
				want := uint64(0)
				if l == tc.limit {
					want = 1
				}
				if got := s.Reached(l); got != want {
					t.Errorf("the limit %v was reached %d times, want %d", l, got, want)
				}
			}
			if got := out.String(); !strings.Contains(got, tc.line) || tc.line == "" && got != "" || strings.Count(got, "level=WARN") > 1 {
				t.Errorf("logged %q, want %q", got, tc.line)
			}
			if n := s.buffered.Load(); n != 0 {
				t.Errorf("%d bytes are left buffered", n)
			}
			if len(s.perAddr) != 0 || s.live != 0 {
				t.Errorf("%d connections of %d addresses are left", s.live, len(s.perAddr))
			}
		})
	}
}

// refused connects and must be dropped without a byte.
func refused(t *testing.T, s *server) {
	t.Helper()
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		return // reset already
	}
	newClient(t, nc).ended()
}

// ended waits for the end, before which nothing must come.
func (c *client) ended() {
	c.t.Helper()
	if n, err := c.r.Read(make([]byte, 1)); n > 0 || err == nil || err != io.EOF && strings.Contains(err.Error(), "timeout") {
		c.t.Errorf("%d bytes came, %v", n, err)
	}
	c.Close()
}

// awaitBuffered waits until so many bytes of unfinished messages are here.
func awaitBuffered(t *testing.T, s *server, least int64) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); s.buffered.Load() < least; {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%d bytes are buffered, want %d", s.buffered.Load(), least)
		}
	}
}

// However connections come and go, each household is held to the limit, loopback is not,
// and nothing is left in the end.
func TestConnectionsOfOneAddress(t *testing.T) {
	addrs := []string{"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "::ffff:192.0.2.1", "127.0.0.1", "::1"}
	homes := []string{"a", "b", "c", "c", "d", "a", "", ""}
	rapid.Check(t, func(t *rapid.T) {
		const most = 3
		e, err := New(Options{Handler: funcs{}, MaxPerAddress: most, Transport: Goroutine})
		if err != nil {
			t.Fatal(err)
		}
		open, inside := map[string]int{}, []int{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if len(inside) > 0 && rapid.Bool().Draw(t, "leaves") {
				n := rapid.IntRange(0, len(inside)-1).Draw(t, "who")
				e.forget(netip.AddrPortFrom(netip.MustParseAddr(addrs[inside[n]]), 1))
				open[homes[inside[n]]]--
				inside = append(inside[:n], inside[n+1:]...)
				continue
			}
			n := rapid.IntRange(0, len(addrs)-1).Draw(t, "from")
			err := e.enter(netip.AddrPortFrom(netip.MustParseAddr(addrs[n]), 1))
			home := homes[n]
			if want := home != "" && open[home] >= most; errors.Is(err, ErrAddressFull) != want {
				t.Fatalf("%s with %d open: %v", addrs[n], open[home], err)
			}
			if err == nil {
				open[home]++
				inside = append(inside, n)
			}
		}
		for _, n := range inside {
			e.forget(netip.AddrPortFrom(netip.MustParseAddr(addrs[n]), 1))
		}
		if e.live != 0 || len(e.perAddr) != 0 {
			t.Fatalf("%d connections of %d addresses are left", e.live, len(e.perAddr))
		}
	})
}

// However frames come, a peer may send exactly what a bucket of a second's worth allows
// that is refilled evenly: no rounding is ever to its disadvantage.
func TestRateIsAnAverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.OneOf(rapid.IntRange(1, 99), rapid.IntRange(100, 1_000_000), rapid.Just(maxRate)).Draw(t, "limit")
		e, err := New(Options{Handler: funcs{}, MaxRate: limit, Transport: Goroutine})
		if err != nil {
			t.Fatal(err)
		}
		s := e.streams[0]
		i := s.table.take()
		r := s.table.record(i)
		r.hears = hearsNothing // so that nothing but the counting happens
		r.tokens = uint32(limit) * perFrame
		room := big.NewRat(int64(limit), 1) // frames
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			pause := rapid.Uint32Range(0, 250).Draw(t, "ticks")
			s.now += fsm.Tick(pause)
			r.tokens, r.heard = s.refilled(r), s.now
			room.Add(room, big.NewRat(int64(pause)*int64(limit), int64(perFrame)))
			if most := big.NewRat(int64(limit), 1); room.Cmp(most) > 0 {
				room = most
			}
			frames := rapid.Uint32Range(0, uint32(2*limit)).Draw(t, "frames")
			used := big.NewRat(int64(frames), 1)
			allowed := used.Cmp(room) <= 0
			if got := s.spend(i, r, frames); got != allowed {
				t.Fatalf("%d frames with room for %v: %v", frames, room.FloatString(2), got)
			}
			if !allowed {
				return
			}
			room.Sub(room, used)
		}
	})
}

// A stranger that pings and does not read holds little memory: it is closed when a
// sixteenth of the bound waits.
func TestPingsOfAStranger(t *testing.T) {
	s := serve(t, Options{Admission: BySession, CloseTimeout: 100 * time.Millisecond})
	c := open(t, s.addr)
	c.tcp().SetReadBuffer(2048)
	pings := bytes.Repeat(pingOf(strings.Repeat("p", 125)), 100)
	for s.Reached(LimitOutbox) == 0 {
		if _, err := c.Write(pings); err != nil {
			break
		}
		for _, seen := range s.Look(Query{}) {
			if most := 2 * (DefaultOutboxBytes/strangersShare + batchSize); seen.Waiting > most {
				t.Fatalf("%d bytes wait, want at most %d", seen.Waiting, most)
			}
		}
	}
	s.log.await(t, 1, Ended)
	if n := s.Reached(LimitOutbox); n != 1 {
		t.Errorf("counted %d times", n)
	}
	c.Close()
}

// Who goes on sending when its connection ends is not listened to for the whole closing
// time, but long enough to hear why.
func TestFloodsAreNotDrained(t *testing.T) {
	s := serve(t, Options{CloseTimeout: patience})
	c := open(t, s.addr)
	c.send(raw(0x83, "an unknown opcode"))
	c.expect(`close 1002 "RFC 6455 5: use of reserved op code"`)
	flood := make([]byte, 64<<10)
	sent := 0
	for {
		n, err := c.Write(flood)
		if sent += n; err != nil {
			break
		}
	}
	if sent < maxDropped {
		t.Errorf("the connection was ended after %d bytes", sent)
	}
	s.log.await(t, 1, Ended)
	c.Close()
}

// An end that only the network knows is told, with the trace, but disturbs nobody.
func TestLostConnectionsAreNoWarnings(t *testing.T) {
	for name, end := range map[string]func(c *client){
		"end of stream": func(c *client) { c.Close() },
		"reset":         func(c *client) { c.tcp().SetLinger(0); c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			var out said
			s := serve(t, Options{Log: slog.New(slog.NewTextHandler(&out, nil))})
			c := open(t, s.addr)
			s.log.await(t, 1, Active)
			end(c)
			s.log.await(t, 1, Ended)
			s.stop(t)
			if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `level=INFO msg="connection lost"`) || !strings.Contains(got, "Establish>Active") {
				t.Errorf("logged %q", got)
			}
		})
	}
}

func TestEveryLimitHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Limits() {
		if name := fmt.Sprint(l); name == "" || seen[name] {
			t.Errorf("limit %d is called %q", l, name)
		} else {
			seen[name] = true
		}
	}
}
