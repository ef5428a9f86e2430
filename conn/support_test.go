package conn

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// patience bounds every wait of a test for something that must happen. It is never
// slept through: a test that reaches it has failed.
const patience = 20 * time.Second

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

const openingRequest = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: " + sampleKey + "\r\nSec-WebSocket-Version: 13\r\n\r\n"

// funcs is a Handler and a Session made of functions; a missing one does the
// simplest thing, which for onCall is an echo.
type funcs struct {
	create     func(Conn) error
	connect    func(Conn) error
	call       func(Conn, []byte) (Answer, error)
	disconnect func(Conn, Reason)
}

func (f funcs) NewSession(c Conn) (Session, error) {
	if f.create != nil {
		if err := f.create(c); err != nil {
			return nil, err
		}
	}
	return &funcSession{f, c}, nil
}

type funcSession struct {
	funcs
	c Conn
}

func (s *funcSession) OnWSConnect() error {
	if s.connect == nil {
		return nil
	}
	return s.connect(s.c)
}

func (s *funcSession) OnCall(m []byte) (Answer, error) {
	if s.call == nil {
		return Answer{To: Response, Payload: m}, nil
	}
	return s.call(s.c, m)
}

func (s *funcSession) OnWSDisconnect(r Reason) {
	if s.disconnect != nil {
		s.disconnect(s.c, r)
	}
}

// binaryEcho is an echo for both kinds of messages.
type binaryEcho struct{ funcs }

type binaryEchoSession struct{ Session }

func (b binaryEcho) NewSession(c Conn) (Session, error) {
	s, err := b.funcs.NewSession(c)
	return binaryEchoSession{s}, err
}

func (binaryEchoSession) OnBinary(m []byte) (Answer, error) {
	return Answer{To: Response, Payload: m, Binary: true}, nil
}

// server is an engine on a loopback port.
type server struct {
	*Engine
	addr   string
	served chan error
	log    *runLog
}

// serve starts an engine whose every run is checked against the documented
// lifecycle when the test ends.
func serve(t testing.TB, o Options) *server {
	t.Helper()
	return serveOn(t, listen(t), o)
}

func serveOn(t testing.TB, l net.Listener, o Options) *server {
	t.Helper()
	s := unsupervised(t, o)
	s.begin(l)
	t.Cleanup(func() { s.stop(t) })
	return s
}

// unsupervised makes a server that does not serve yet, and that the test stops.
func unsupervised(t testing.TB, o Options) *server {
	t.Helper()
	s := &server{served: make(chan error, 1), log: newRunLog()}
	if o.Handler == nil {
		o.Handler = funcs{}
	}
	o.observe = s.log.observe
	if o.Transport == Auto {
		o.Transport = underTest
	}
	var err error
	if s.Engine, err = New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) begin(l net.Listener) {
	s.addr = l.Addr().String()
	go func() { s.served <- s.serve(l, tlsUnderTest) }()
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stop shuts down, once, and examines what was recorded.
func (s *server) stop(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx, "Server shutdown"); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if served, ok := <-s.served; ok {
		close(s.served)
		// A shutdown that comes before Serve has begun is told to Serve.
		if served != nil && !errors.Is(served, ErrShutdown) {
			t.Errorf("serve: %v", served)
		}
	}
	s.log.check(t)
	for _, source := range s.Sources() {
		f := source.Figures()
		coverage.add(f)
		if f.Started != f.Ended || f.Refused != 0 || f.Unfinished != 0 {
			t.Errorf("%s: %d started, %d ended, %d unfinished, refused: %v", f.Machine, f.Started, f.Ended, f.Unfinished, f.RefusedBy)
		}
	}
	if n := s.Hub().Len(); n != 0 {
		t.Errorf("%d connections left in the hub", n)
	}
}

// runLog records the runs of all connections.
type runLog struct {
	mu   sync.Mutex
	runs map[uint64][]State
	more chan struct{} // closed and replaced at each step

	// entered is called at each step, from within the engine: it must not wait.
	entered func(State)
}

func newRunLog() *runLog {
	return &runLog{runs: make(map[uint64][]State), more: make(chan struct{})}
}

func (l *runLog) observe(id uint64, from State, _ Event, to State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.runs[id]) == 0 {
		l.runs[id] = []State{from}
	}
	l.runs[id] = append(l.runs[id], to)
	close(l.more)
	l.more = make(chan struct{})
	if l.entered != nil {
		l.entered(to)
	}
}

// await waits until a connection has been in one of the states.
func (l *runLog) await(t testing.TB, id uint64, states ...State) {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		run, more := l.runs[id], l.more
		l.mu.Unlock()
		for _, seen := range run {
			if slices.Contains(states, seen) {
				return
			}
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("connection %d never came to %s: %s", id, formatRun(states), formatRun(run))
		}
	}
}

func (l *runLog) run(id uint64) []State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]State(nil), l.runs[id]...)
}

// check asserts that each recorded run is whole and refines the documented one.
func (l *runLog) check(t testing.TB) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, run := range l.runs {
		if err := checkRun(run); err != nil {
			t.Errorf("connection %d: %v\n%s", id, err, formatRun(run))
		}
	}
}

func formatRun(run []State) string {
	names := make([]string, len(run))
	for i, s := range run {
		names[i] = Lifecycle.StateName(s)
	}
	return strings.Join(names, " ")
}

// client is a raw peer: what it sends is exactly what a test says.
type client struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, addr string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if tlsUnderTest == nil {
		return newClient(t, nc)
	}
	c := newClient(t, tls.Client(nc, trusting))
	_ = c.Conn.(*tls.Conn).Handshake() // a server that refuses the connection refuses what follows, too
	return c
}

// tcp is the socket of a client.
func (c *client) tcp() *net.TCPConn { return socketOf(c.Conn).(*net.TCPConn) }

func newClient(t testing.TB, nc net.Conn) *client {
	nc.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { nc.Close() })
	return &client{t, nc, bufio.NewReader(nc)}
}

// open dials and completes the opening handshake.
func open(t testing.TB, addr string) *client {
	t.Helper()
	c := dial(t, addr)
	c.send([]byte(openingRequest))
	if head := c.head(); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("handshake answered with %q", head)
	}
	return c
}

func (c *client) send(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

// head reads an HTTP head.
func (c *client) head() string {
	c.t.Helper()
	var b strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		b.WriteString(line)
		if err != nil {
			c.t.Fatalf("reading a head: %v after %q", err, b.String())
		}
		if line == "\r\n" {
			return b.String()
		}
	}
}

// frame reads one frame and describes it: `text "hello"`, `close 1000 "bye"`,
// `EOF`. A frame of a server is not masked and, here, never fragmented.
func (c *client) frame() string {
	c.t.Helper()
	s, err := readFrame(c.r)
	if err != nil {
		c.t.Fatalf("reading a frame: %v", err)
	}
	return s
}

var frameNames = map[ws.OpCode]string{ws.OpText: "text", ws.OpBinary: "binary", ws.OpPing: "ping", ws.OpPong: "pong"}

func readFrame(r io.Reader) (string, error) {
	h, err := ws.ReadHeader(r)
	if errors.Is(err, io.EOF) {
		return "EOF", nil
	}
	if err != nil {
		return "", err
	}
	if err := ws.CheckHeader(h, ws.StateClientSide); err != nil {
		return "", err
	}
	if !h.Fin {
		return "", fmt.Errorf("a fragment came")
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(r, body); err != nil {
		return "", err
	}
	switch name, ok := frameNames[h.OpCode]; {
	case ok:
		return fmt.Sprintf("%s %q", name, body), nil
	case len(body) == 0:
		return "close", nil
	}
	return fmt.Sprintf("close %d %q", binary.BigEndian.Uint16(body), body[2:]), nil
}

// expect reads frames and compares them.
func (c *client) expect(want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := c.frame(); got != w {
			c.t.Fatalf("got %s, want %s", got, w)
		}
	}
}

// raw makes one masked frame from its first byte, so that a test may also violate
// the protocol in it.
func raw(first byte, payload string) []byte {
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n <= 0xFFFF:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	body := []byte(payload)
	ws.Cipher(body, mask, 0)
	return append(b, body...)
}

func text(payload string) []byte   { return raw(0x81, payload) }
func binMsg(payload string) []byte { return raw(0x82, payload) }
func pingOf(payload string) []byte { return raw(0x89, payload) }

func closeOf(code uint16, reason string) []byte {
	return raw(0x88, string(binary.BigEndian.AppendUint16(nil, code))+reason)
}

func cat(pieces ...[]byte) []byte {
	var all []byte
	for _, p := range pieces {
		all = append(all, p...)
	}
	return all
}
