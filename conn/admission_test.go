package conn

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Where the session admits, a client hears nothing before it is admitted, and from
// then on everything, what its own message causes included.
func TestSessionAdmits(t *testing.T) {
	var s *server
	s = serve(t, Options{Admission: BySession, Handler: funcs{call: func(c Conn, m []byte) (Answer, error) {
		switch string(m) {
		case "admit me":
			s.Hub().Add(c)
			s.Hub().Broadcast([]byte("somebody came"))
			return Answer{To: ResponseToAll, Payload: []byte("welcome")}, nil
		case "tell all":
			return Answer{To: ResponseToAll, Payload: []byte("news")}, nil
		default:
			return Answer{To: Response, Payload: m}, nil
		}
	}}})
	stranger, guest := open(t, s.addr), open(t, s.addr)
	s.log.await(t, 1, Active)
	s.log.await(t, 2, Active)
	if n := s.Hub().Broadcast([]byte("for nobody")); n != 0 {
		t.Errorf("%d clients were reached before one was admitted", n)
	}
	guest.send(text("admit me"))
	guest.expect(`text "somebody came"`, `text "welcome"`)
	// A stranger's own broadcast reaches those who are admitted, not the stranger.
	stranger.send(cat(text("tell all"), text("answer me")))
	stranger.expect(`text "answer me"`)
	guest.expect(`text "news"`)
	stranger.Close()
	guest.Close()
}

func TestCheckOrigin(t *testing.T) {
	type asked struct{ origin, host string }
	questions := make(chan asked, 9)
	s := serve(t, Options{CheckOrigin: func(origin, host string) bool {
		questions <- asked{origin, host}
		return origin == "https://good.example"
	}})
	request := func(headers string) string {
		return openingRequest[:len(openingRequest)-2] + headers + "\r\n"
	}
	for _, c := range []struct {
		name, sent string
		status     string
		asked      []asked
	}{
		{"no origin", openingRequest, "101", nil},
		{"good", request("origin:  https://good.example \r\n"), "101", []asked{{"https://good.example", "h"}}},
		{"bad", request("Origin: https://evil.example\r\n"), "403", []asked{{"https://evil.example", "h"}}},
		{"empty", request("Origin:\r\n"), "403", []asked{{"", "h"}}},
		{"two", request("Origin: https://good.example\r\nOrigin: https://good.example\r\n"), "400", nil},
		{"not a valid handshake anyway", "GET / HTTP/1.1\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n\r\n", "400", nil},
		{"a page is for everyone", "GET / HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n\r\n", "200", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := dial(t, s.addr)
			defer client.Close()
			client.send([]byte(c.sent))
			if status := strings.Fields(client.head())[1]; status != c.status {
				t.Errorf("status %s, want %s", status, c.status)
			}
			for _, want := range c.asked {
				if got := <-questions; got != want {
					t.Errorf("asked for %v, want %v", got, want)
				}
			}
			if n := len(questions); n != 0 {
				t.Errorf("asked %d times too often", n)
			}
		})
	}
}

func TestUnknownAdmissionIsRefused(t *testing.T) {
	if _, err := New(Options{Handler: funcs{}, Admission: 7}); !errors.Is(err, ErrOptions) {
		t.Errorf("got %v", err)
	}
}

// Who has not been admitted can make the server hold little. A message right behind
// the one that admits has the whole limit.
func TestAStrangerSendsLittle(t *testing.T) {
	const large = DefaultMaxStranger + 1
	var s *server
	s = serve(t, Options{Admission: BySession, Handler: funcs{call: func(c Conn, m []byte) (Answer, error) {
		if string(m) == "admit me" {
			s.Hub().Add(c)
		}
		return Answer{To: Response, Payload: fmt.Append(nil, len(m))}, nil
	}}})
	for _, message := range [][]byte{
		text(strings.Repeat("s", large)),
		cat(raw(0x01, strings.Repeat("s", DefaultMaxStranger)), raw(0x80, "s")),
	} {
		stranger := open(t, s.addr)
		stranger.send(cat(text("whoami"), text(strings.Repeat("s", large-1)), message))
		stranger.expect(`text "6"`, fmt.Sprintf("text %q", fmt.Sprint(large-1)), `close 1009 "RFC 6455 7.4.1: message larger than the limit"`)
		stranger.Close()
		guest := open(t, s.addr)
		guest.send(cat(text("admit me"), message, message))
		guest.expect(`text "8"`, fmt.Sprintf("text %q", fmt.Sprint(large)), fmt.Sprintf("text %q", fmt.Sprint(large)))
		guest.Close()
	}
}
