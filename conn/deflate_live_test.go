package conn

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// openDeflate is open with an offer of compression, whose acceptance it checks. window is
// what the client asks for, 0 for nothing.
func openDeflate(t testing.TB, addr string, window uint8) *client {
	t.Helper()
	c := dial(t, addr)
	offer := "Sec-WebSocket-Extensions: permessage-deflate"
	if window != 0 {
		offer += fmt.Sprint("; server_max_window_bits=", window)
	}
	c.send([]byte(openingRequest[:len(openingRequest)-2] + offer + "\r\n\r\n"))
	if head := c.head(); !strings.Contains(head, "permessage-deflate") || window != 0 && !strings.Contains(head, fmt.Sprint("server_max_window_bits=", window)) {
		t.Fatalf("handshake answered with %q", head)
	}
	return c
}

// inflated reads one message as a client with a window does.
func (c *client) inflated(window uint8) (payload string, compressed bool) {
	c.t.Helper()
	h, err := ws.ReadHeader(c.r)
	if err != nil {
		c.t.Fatal(err)
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(c.r, body); err != nil {
		c.t.Fatal(err)
	}
	f := frame{head: append(appendHeader(nil, h.OpCode|ws.OpCode(h.Rsv<<4), len(body)), body...)}
	op, payload := received(c.t, f, window)
	if op != ws.OpText {
		c.t.Fatalf("kind %d: %q", op, payload)
	}
	return payload, h.Rsv != 0
}

// The answers are not compressed here, because the table has them as they are.
func TestDeflateConformance(t *testing.T) {
	s := serve(t, Options{Handler: binaryEcho{}, MaxMessage: limitInTest, Deflate: Deflate{Enabled: true, MinSize: 1 << 30}})
	for _, tc := range deflateConformance {
		t.Run("RFC7692_"+tc.section+"/"+tc.name, func(t *testing.T) {
			c := openDeflate(t, s.addr, 0)
			// The server may end the connection before all is sent.
			go c.Write(tc.send)
			c.expect(tc.want...)
			c.Close()
			if len(tc.send) > 200 {
				return
			}
			c = openDeflate(t, s.addr, 9)
			for i := range tc.send {
				if _, err := c.Write(tc.send[i : i+1]); err != nil {
					break
				}
			}
			c.expect(tc.want...)
			c.Close()
		})
	}
}

// Whoever has negotiated nothing may not send compressed messages, on the same server.
func TestDeflateIsPerConnection(t *testing.T) {
	s := serve(t, Options{Deflate: Deflate{Enabled: true, MinSize: 1}})
	c := open(t, s.addr)
	c.send(cat(text(strings.Repeat("plain", 100)), raw(0xC1, hello)))
	c.expect(`text "`+strings.Repeat("plain", 100)+`"`, protocol("non-zero rsv bits with no extension negotiated"), "EOF")
	c.Close()
}

func TestDeflateEcho(t *testing.T) {
	s := serve(t, Options{Deflate: Deflate{Enabled: true, MinSize: 100, Level: 6}})
	for window := uint8(8); window <= maxWindow; window++ {
		c := openDeflate(t, s.addr, window)
		for _, size := range []int{0, 99, 500, 1000, 100_000} {
			payload := strings.Repeat("abcdefghij", size/10+1)[:size]
			for _, frame := range [][]byte{text(payload), raw(0xC1, packed(payload))} {
				c.send(frame)
				got, compressed := c.inflated(window)
				if got != payload || compressed != (size >= 100) {
					t.Fatalf("window %d: %d bytes come back as %d, compressed is %v", window, size, len(got), compressed)
				}
			}
		}
		c.Close()
	}
}

// Everybody gets the same message, in the form that was agreed upon, and all else in
// the right order around it.
func TestDeflateBroadcast(t *testing.T) {
	body := []byte(compressible(100_000))
	var s *server
	s = serve(t, Options{Deflate: Deflate{Enabled: true, MinSize: 100}, Handler: funcs{call: func(c Conn, m []byte) (Answer, error) {
		switch string(m) {
		case "push":
			return Answer{}, c.Send(body[:1000])
		case "list":
			return Answer{To: Response, Payload: []byte("["), Body: body, Tail: []byte("]")}, nil
		case "publish":
			s.Hub().Publish(Parts{Head: []byte("{"), Body: body, Tail: []byte("}"), Topic: "topic"})
			return Answer{}, nil
		}
		return Answer{To: ResponseToAll, Payload: m, Body: body[:2000]}, nil
	}}})
	windows := []uint8{0, 0, 9, 15, 15}
	clients := make([]*client, len(windows))
	for i, w := range windows {
		if w == 0 {
			clients[i] = open(t, s.addr)
		} else {
			clients[i] = openDeflate(t, s.addr, w)
		}
		// Its echo tells that the client takes part.
		clients[i].send(text("push"))
		clients[i].inflated(w)
	}
	for sender, c := range clients {
		c.send(cat(text("all"), text("list"), text("publish"), text("push")))
		for i, w := range windows {
			want := []string{"all" + string(body[:2000])}
			if i == sender {
				want = append(want, "["+string(body)+"]")
			}
			want = append(want, "{"+string(body)+"}")
			if i == sender {
				want = append(want, string(body[:1000]))
			}
			for _, want := range want {
				if got, compressed := clients[i].inflated(w); got != want || compressed != (w != 0) {
					t.Fatalf("client %d of window %d: %d bytes, compressed is %v, instead of %d", i, w, len(got), compressed, len(want))
				}
			}
		}
	}
	if n := len(s.deflater.bodies.known()); n != 2 {
		t.Errorf("%d large bodies were compressed, of one for two windows", n)
	}
	for _, c := range clients {
		c.Close()
	}
	s.stop(t)
	for w := range s.deflater.clients {
		if n := s.deflater.clients[w].Load(); n != 0 {
			t.Errorf("%d clients of window %d are left", n, w)
		}
	}
}

// A bomb of a stranger is stopped at a stranger's limit.
func TestDeflateBombs(t *testing.T) {
	s := serve(t, Options{Admission: BySession, MaxStranger: 1000, Deflate: Deflate{Enabled: true, MinSize: 1 << 20}, Handler: funcs{call: func(c Conn, m []byte) (Answer, error) {
		if string(m) == "admit me" {
			c.s.engine.hub.Add(c)
		}
		return Answer{To: Response, Payload: fmt.Append(nil, len(m))}, nil
	}}})
	large := raw(0xC1, packed(strings.Repeat("a", 1001)))
	stranger := openDeflate(t, s.addr, 0)
	stranger.send(cat(raw(0xC1, packed(strings.Repeat("a", 1000))), large))
	stranger.expect(`text "1000"`, violation(errMessageTooBig), "EOF")
	stranger.Close()
	guest := openDeflate(t, s.addr, 0)
	guest.send(cat(text("admit me"), large, raw(0xC1, bombOf(DefaultMaxMessage+1))))
	guest.expect(`text "8"`, `text "1001"`, violation(errMessageTooBig), "EOF")
	guest.Close()
}
