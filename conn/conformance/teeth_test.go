package conformance

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"musicdb/conn"
)

// replayer is a server that says what a test tells it, whatever it hears.
type replayer struct {
	l     net.Listener
	says  chan []byte
	reset chan bool
}

func startReplayer(t *testing.T) *replayer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &replayer{l, make(chan []byte, 1), make(chan bool, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			nc.SetDeadline(time.Now().Add(patience))
			r.speak(nc.(*net.TCPConn), <-r.says, <-r.reset)
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	return r
}

func (r *replayer) speak(nc *net.TCPConn, says []byte, reset bool) {
	defer nc.Close()
	if _, err := nc.Write(says); err != nil {
		return
	}
	if reset {
		_ = nc.SetLinger(0)
		return
	}
	_ = nc.CloseWrite()
	_, _ = io.Copy(io.Discard, nc)
}

// run holds a case against what the replayer says.
func (r *replayer) run(c Case, says []byte, reset bool) error {
	r.says <- says
	r.reset <- reset
	return c.Run(Peer{Addr: r.l.Addr().String(), Patience: patience, End: patience}, atOnce)
}

// recorded runs a case on a real server and returns all that this has said.
func recorded(t *testing.T, server Peer, c Case) []byte {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var said bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		client, err := l.Accept()
		if err != nil {
			ended <- err
			return
		}
		defer client.Close()
		nc, err := net.Dial("tcp", server.Addr)
		if err != nil {
			ended <- err
			return
		}
		defer nc.Close()
		forwarded := make(chan struct{})
		go func() {
			defer close(forwarded)
			_, _ = io.Copy(nc, client) // what matters is what comes back
			_ = nc.(*net.TCPConn).CloseWrite()
		}()
		_, err = io.Copy(io.MultiWriter(&said, client), nc)
		_ = client.(*net.TCPConn).CloseWrite()
		<-forwarded
		ended <- err
	}()
	if err := c.Run(Peer{Addr: l.Addr().String(), Patience: patience, End: patience}, atOnce); err != nil {
		t.Fatalf("case %s: %v", c.ID, err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return said.Bytes()
}

// A case accepts what a right server says, and nothing else: not with any bit turned,
// any byte missing or added, nor with a reset at the end. Only the wording of a reason
// is free.
func TestEveryBitOfAnAnswerCounts(t *testing.T) {
	server, r := serve(t, conn.Options{}, false), startReplayer(t)
	for _, s := range Sections() {
		for _, g := range s.Groups {
			c := g.Cases[len(g.Cases)/2]
			if c.offer != "" || c.size() > 4000 || len(c.talk) > 10 {
				continue
			}
			right := recorded(t, server, c)
			from := bytes.Index(right, []byte("\r\n\r\n")) + 4
			if err := r.run(c, right, false); err != nil {
				t.Fatalf("case %s refuses the right answer: %v", c.ID, err)
			}
			if err := r.run(c, right, true); err == nil {
				t.Errorf("case %s takes a reset for the end of the connection", c.ID)
			}
			if err := r.run(c, append(bytes.Clone(right), 0x81), false); err == nil {
				t.Errorf("case %s takes a byte behind the close frame", c.ID)
			}
			for i := from; i < len(right); i++ {
				if err := r.run(c, right[:i], false); err == nil {
					t.Errorf("case %s takes %x for %x", c.ID, right[from:i], right[from:])
				}
				wrong := bytes.Clone(right)
				wrong[i] ^= 1 << (i % 8)
				if err := r.run(c, wrong, false); err == nil && !c.freeAt(right[from:], i-from) {
					t.Errorf("case %s takes %x for %x", c.ID, wrong[from:], right[from:])
				}
			}
		}
	}
}

// freeAt reports whether byte i belongs to the reason of the close frame at the end.
func (c Case) freeAt(answer []byte, i int) bool {
	x := c.talk[len(c.talk)-1].want
	if len(x) == 0 {
		return false
	}
	last, ok := x[len(x)-1].(closed)
	begin := bytes.LastIndex(answer, []byte{byte(last.code >> 8), byte(last.code)})
	return ok && last.broken && i >= begin+2
}

// The answer to the handshake is held to the letter as well.
func TestWrongHandshakesAreRefused(t *testing.T) {
	r := startReplayer(t)
	right := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: uZGDdpk5vKgQTycP/FBl14CH1sg=\r\n\r\n"
	end := "\x88\x02\x03\xE8"
	c := tell("nothing", nil)
	if err := r.run(c, []byte(right+end), false); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"101 Switching", "200 OK"}, {"HTTP/1.1", "HTTP/1.0"}, {"\r\n", "\n"}, {"websocket", "h2c"}, {"Connection: Upgrade", "Connection: close"},
		{"uZGD", "uZGd"}, {"Upgrade: websocket\r\n", ""}, {"Connection: Upgrade\r\n", "Connection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n"},
		{"Connection: Upgrade\r\n", "Connection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"}, {"Upgrade: websocket", "Upgrade websocket"},
	} {
		if err := r.run(c, []byte(strings.Replace(right, change[0], change[1], 1)+end), false); err == nil {
			t.Errorf("%q instead of %q passes", change[1], change[0])
		}
	}
	if err := r.run(c, nil, false); !errors.Is(err, io.EOF) {
		t.Errorf("no answer at all: %v", err)
	}
}
