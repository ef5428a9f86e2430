package conn

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Thousands of handshakes that are begun and never finished: the limit of
// connections holds, an honest client is served all the time, and every one of them
// is dropped without a byte when its time is over.
func TestThousandsOfHalfOpenHandshakes(t *testing.T) {
	const flood, limit = 3000, 2500
	s := serve(t, Options{MaxConnections: limit, OpenTimeout: time.Second})
	honest := open(t, s.addr)
	half := make([]net.Conn, 0, flood)
	defer func() {
		for _, nc := range half {
			nc.Close()
		}
	}()
	for i := range flood {
		nc, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		half = append(half, nc)
		nc.SetDeadline(time.Now().Add(patience))
		nc.Write([]byte(openingRequest[:i%len(openingRequest)])) // it may be refused already
		if i%500 == 0 {
			honest.send(text("still served"))
			honest.expect(`text "still served"`)
		}
		if n := s.Len(); n > limit {
			t.Fatalf("%d connections, the limit is %d", n, limit)
		}
	}
	var readers sync.WaitGroup
	for _, nc := range half {
		readers.Go(func() {
			if n, err := nc.Read(make([]byte, 1)); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("an unfinished handshake got %d bytes, %v", n, err)
			}
		})
	}
	readers.Wait()
	honest.send(text("and after"))
	honest.expect(`text "and after"`)
	honest.Close()

	late := open(t, s.addr)
	late.send(text("welcome again"))
	late.expect(`text "welcome again"`)
	late.Close()
	s.stop(t)
	timedOut, refused := s.edge("Handshaking", "OpenTimeout"), s.edge("Created", "Refuse")
	if timedOut+refused != flood || timedOut == 0 {
		t.Errorf("%d handshakes timed out and %d were refused, of %d", timedOut, refused, flood)
	}
}

// edge is how often the lifecycle has taken an edge.
func (s *server) edge(from, on string) uint64 {
	source := s.Sources()[0]
	n := uint64(0)
	for i, e := range source.Describe().Edges {
		d := source.Describe()
		if d.States[e.From].Name == from && d.Events[e.On].Name == on {
			n += source.Figures().Edges[i]
		}
	}
	return n
}

// An end that an operator should know of leaves one line with the trace; any other
// leaves none.
func TestAbnormalEndsAreLogged(t *testing.T) {
	for name, tc := range map[string]struct {
		do   func(c *client)
		want string // in the line, "" for no line
	}{
		"close by the peer": {func(c *client) { c.send(closeOf(1000, "")); c.expect(`close 1000 ""`) }, ""},
		"own code":          {func(c *client) { c.send(closeOf(4000, "x")); c.expect(`close 4000 ""`) }, ""},
		"violation":         {func(c *client) { c.send([]byte("\x81\x01a")); c.frame() }, "RFC 6455 5: frames from client to server must be masked"},
		"vanished":          {func(c *client) { c.Close() }, "closed by transport with 1006"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			s := serve(t, Options{Log: slog.New(slog.NewTextHandler(&out, nil))})
			c := open(t, s.addr)
			s.log.await(t, 1, Active)
			tc.do(c)
			c.Close()
			s.log.await(t, 1, Ended)
			s.stop(t)
			got := out.String()
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("logged %q, want %q in it", got, tc.want)
			}
			if tc.want != "" && (strings.Count(got, "\n") != 1 || !strings.Contains(got, "GreetReturned>Greeted Establish>Active")) {
				t.Errorf("not one line with the trace: %q", got)
			}
		})
	}
}

// pushingLog shows the log to all clients.
type pushingLog struct {
	slog.Handler
	hub func() *Hub
}

func (l pushingLog) Handle(_ context.Context, r slog.Record) error {
	l.hub().Broadcast([]byte(r.Message))
	return nil
}

// Whoever writes the log may do so through the connections that it is about: no line
// about a session or a message is written with its connection locked.
func TestTheLogMayBePushed(t *testing.T) {
	var s *server
	debug := slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug})
	log := slog.New(pushingLog{debug, func() *Hub { return s.Hub() }})
	for connect, want := range map[string][]string{
		"":     {`text "onCall failed"`, `text "onCall failed"`, `close 1011 "internal error"`},
		"fail": {`text "onWSConnect failed"`, `close 1011 "internal error"`},
	} {
		s = unsupervised(t, Options{Log: log, Handler: mean("", connect)})
		s.begin(listen(t))
		c := open(t, s.addr)
		if connect == "" {
			c.send(cat(binMsg("?"), text("fail"), text("panic")))
		}
		c.expect(want...)
		c.Close()
		s.stop(t)
	}
}

// The page is for people who open the port in a browser to accept its certificate.
func TestPage(t *testing.T) {
	s := serve(t, Options{Page: []byte("<p>our own page"), Server: "Somebody"})
	c := dial(t, s.addr)
	c.send([]byte("GET /any/path?at=all HTTP/1.1\r\nHost: x\r\n\r\n"))
	if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 200 OK\r\nServer: Somebody\r\n") {
		t.Errorf("head %q", head)
	}
	if body, err := io.ReadAll(c.r); err != nil || string(body) != "<p>our own page" {
		t.Errorf("body %q, %v", body, err)
	}
	c.Close()
}
