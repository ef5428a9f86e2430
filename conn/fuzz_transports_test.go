package conn

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// FuzzTransports gives the same bytes, in the same pieces, to an engine of each
// transport, and to a decoder alone. What comes back, byte for byte, the states that the
// connection goes through, and the reason of its end must be the same with both, and
// what the decoder says. A message whose first byte is odd is executed by a worker; every
// other by whoever reads.
func FuzzTransports(f *testing.F) {
	for i, tc := range conformance {
		if len(tc.send) < 1000 {
			f.Add(tc.send, []byte{byte(i % 7), 3, byte(i)}, i%2 == 0, i%3 == 0)
		}
	}
	f.Add(cat(text("at once"), text("by a worker"), pingOf("p"), text("by a worker"), binMsg("b"), closeOf(1000, "bye")), []byte{0}, true, true)
	f.Add(bytes.Repeat(text("work"), 300), []byte{0xFF}, false, true)
	f.Add(bytes.Repeat(pingOf("p"), 300), []byte{0xFF, 0}, true, false)
	hello := raw(0xC1, "\xf2\x48\xcd\xc9\xc9\x07\x00")
	f.Add(hello, []byte{2}, true, true)
	f.Add(cat(raw(0x42, "\xf2\x48\xcd"), pingOf("p"), raw(0x80, "\xc9\xc9\x07\x00"), hello), []byte{5}, false, true)
	f.Add(raw(0xC1, string(squeezeForFuzz(bytes.Repeat([]byte("b"), limitInFuzz+1)))), []byte{9}, false, true)
	f.Add(raw(0xC1, string(squeezeForFuzz(bytes.Repeat([]byte("b"), limitInFuzz)))), []byte{9}, false, true)
	var engines []*fuzzed
	for _, how := range []Transport{Loop, Goroutine} {
		engines = append(engines, newFuzzed(f, how))
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte, early, deflated bool) {
		if len(stream) > maxFuzzed {
			return
		}
		request, ext := openingRequest, extension{}
		if deflated {
			request, ext = offeringRequest, extension{window: maxWindow}
		}
		decoded := decodeAll(limitInFuzz, ext, [][]byte{stream})
		one := engines[0].live(t, cutUp(request, stream, cuts, early), decoded)
		if other := engines[1].live(t, cutUp(request, stream, cuts, early), decoded); !one.equals(other) {
			t.Errorf("stream %q in pieces %v, early %v, deflated %v:\n%s\n%s", stream, cuts, early, deflated, one, other)
		}
	})
}

const (
	limitInFuzz = 400     // bytes of a message
	maxFuzzed   = 8 << 10 // bytes of a stream
	maxPieces   = 100
)

var offeringRequest = strings.TrimSuffix(openingRequest, "\r\n") + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

// cutUp is a request and a stream in pieces; early, the first piece comes with the
// request.
func cutUp(request string, stream, cuts []byte, early bool) [][]byte {
	pieces := chop(stream, cuts)
	if len(pieces) > maxPieces {
		pieces = append(pieces[:maxPieces:maxPieces], bytes.Join(pieces[maxPieces:], nil))
	}
	if !early || len(pieces) == 0 {
		return append([][]byte{[]byte(request)}, pieces...)
	}
	pieces[0] = cat([]byte(request), pieces[0])
	return pieces
}

// fuzzed is an engine with one transport, which serves one connection after the other.
type fuzzed struct {
	*Engine
	name   string
	addr   string
	served chan error
	steps  chan string // of the connection; "" behind the last one
	ends   chan Reason // why the session was told that it ended
}

func newFuzzed(t testing.TB, how Transport) *fuzzed {
	t.Helper()
	// Room for all steps of a connection, because observe must not wait.
	f := &fuzzed{name: how.String(), served: make(chan error, 1), steps: make(chan string, 8*maxFuzzed), ends: make(chan Reason, 1)}
	var err error
	f.Engine, err = New(Options{
		Handler: f, Transport: how, Loops: 1, MaxMessage: limitInFuzz, Deflate: Deflate{Enabled: true, MinSize: 32}, observe: f.observe,
		OpenTimeout: time.Hour, CloseTimeout: time.Hour, // an execution that needs them has failed
	})
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	f.addr = l.Addr().String()
	go func() { f.served <- f.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := f.Shutdown(ctx, "over"); err != nil {
			t.Error(err)
		}
		<-f.served
	})
	return f
}

func (f *fuzzed) NewSession(Conn) (Session, error) { return fuzzedSession{f}, nil }

func (f *fuzzed) observe(_ uint64, _ State, on Event, to State) {
	f.steps <- Lifecycle.EventName(on) + ">" + Lifecycle.StateName(to)
	if to == Ended {
		f.steps <- ""
	}
}

// fuzzedSession is an echo.
type fuzzedSession struct{ f *fuzzed }

func (fuzzedSession) Prompt(m []byte) bool { return len(m) == 0 || m[0]%2 == 0 }
func (fuzzedSession) OnWSConnect() error   { return nil }
func (fuzzedSession) OnCall(m []byte) (Answer, error) {
	return Answer{To: Response, Payload: m}, nil
}

func (fuzzedSession) OnBinary(m []byte) (Answer, error) {
	return Answer{To: Response, Payload: m, Binary: true}, nil
}
func (s fuzzedSession) OnWSDisconnect(r Reason) { s.f.ends <- r }

// life is what a connection was like for those outside.
type life struct {
	name   string
	frames [2][]byte // bytes of the server's frames: pongs, which may overtake others, and all others
	steps  []string
	end    Reason
}

func (l life) equals(o life) bool {
	return bytes.Equal(l.frames[0], o.frames[0]) && bytes.Equal(l.frames[1], o.frames[1]) && slices.Equal(l.steps, o.steps) &&
		l.end.By == o.end.By && l.end.Code == o.end.Code && l.end.Text == o.end.Text
}

func (l life) String() string {
	return fmt.Sprintf("%s, %s, %q, steps %v", l.name, l.end, l.frames, l.steps)
}

// live sends the pieces to a new connection, reads what is due according to a decoder,
// and ends the connection then.
func (f *fuzzed) live(t *testing.T, pieces [][]byte, decoded []string) life {
	nc, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(patience))
	for _, p := range pieces {
		if _, err := nc.Write(p); err != nil {
			t.Fatalf("%s: sending: %v", f.name, err)
		}
	}
	c := &client{t, nc, bufio.NewReader(nc)}
	c.head()
	l := life{name: f.name}
	pongs, others := dueFor(decoded)
	for len(pongs)+len(others) > 0 {
		raw, err := rawFrame(c.r)
		if err != nil {
			t.Fatalf("%s: %v; due are %q and %q", f.name, err, pongs, others)
		}
		got, err := readFrame(bytes.NewReader(inflatedFrame(t, raw)))
		which, list := 1, &others
		if strings.HasPrefix(got, "pong") {
			which, list = 0, &pongs
		}
		if err != nil || len(*list) == 0 || !strings.HasPrefix(got, (*list)[0]) {
			t.Fatalf("%s: said %s, %v; due are %q and %q", f.name, got, err, pongs, others)
		}
		*list = (*list)[1:]
		l.frames[which] = append(l.frames[which], raw...)
	}
	_ = nc.(*net.TCPConn).CloseWrite() // a failure is seen below
	if rest, err := io.ReadAll(c.r); err != nil || len(rest) > 0 {
		t.Fatalf("%s: behind all that was due: %q, %v", f.name, rest, err)
	}
	nc.Close()
	for late := time.After(patience); ; {
		select {
		case step := <-f.steps:
			if step == "" {
				l.end = <-f.ends
				return l
			}
			l.steps = append(l.steps, step)
		case <-late:
			t.Fatalf("%s: the connection does not end: %v", f.name, l.steps)
		}
	}
}

// dueFor translates what a decoder has found in a stream into how the answers begin.
func dueFor(decoded []string) (pongs, others []string) {
	for _, d := range decoded {
		kind, rest, _ := strings.Cut(d, " ")
		switch {
		case kind == fmt.Sprint(ping):
			pongs = append(pongs, "pong "+rest)
		case kind == fmt.Sprint(textMessage):
			others = append(others, "text "+rest)
		case kind == fmt.Sprint(binaryMessage):
			others = append(others, "binary "+rest)
		case strings.HasPrefix(d, "close 0 "):
			others = append(others, "close")
		case kind == "close":
			code, _, _ := strings.Cut(rest, " ")
			others = append(others, "close "+code+` ""`)
		case kind == "fails":
			others = append(others, "close "+strings.TrimPrefix(rest, "with ")+" ")
		}
	}
	return pongs, others
}

// squeezeForFuzz compresses one message (RFC 7692 7.2.1).
func squeezeForFuzz(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(b) // into memory
	_ = w.Flush()
	return bytes.TrimSuffix(out.Bytes(), []byte("\x00\x00\xFF\xFF"))
}

// inflatedFrame is a frame as it would be without compression.
func inflatedFrame(t *testing.T, raw []byte) []byte {
	const rsv1 = 0x40
	if raw[0]&rsv1 == 0 {
		return raw
	}
	r := bytes.NewReader(raw)
	h, err := ws.ReadHeader(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(flate.NewReader(io.MultiReader(r, strings.NewReader("\x00\x00\xFF\xFF\x01\x00\x00\xFF\xFF"))))
	if err != nil {
		t.Fatalf("%q cannot be inflated: %v", raw, err)
	}
	return encodeFrame(h.OpCode, body).appendTo(nil)
}

// rawFrame reads the bytes of one frame.
func rawFrame(r io.Reader) ([]byte, error) {
	var raw bytes.Buffer
	h, err := ws.ReadHeader(io.TeeReader(r, &raw))
	if err != nil {
		return nil, err
	}
	_, err = io.CopyN(&raw, r, h.Length)
	return raw.Bytes(), err
}
