package conn

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// What a few connections do is counted to the byte.
func TestTraffic(t *testing.T) {
	synthetic(t, Options{OutboxBytes: 1 << 10, CheckOrigin: func(string, string) bool { return false }}, func(t *testing.T, s *server) {
		sent, received := 0, 0
		say := func(c *client, b []byte) {
			sent += len(b)
			c.send(b)
		}
		hear := func(c *client, n int) {
			received += n
			c.skip(n)
		}
		request := func(head string) *client {
			sent += len(head)
			c := adopt(t, s, head)
			received += len(c.head())
			return c
		}
		a, b := request(openingRequest), request(openingRequest)
		say(a, pingOf("no message"))
		a.expect(`pong "no message"`)
		say(a, cat(text("one"), text("two")))
		a.expect(`text "one"`, `text "two"`)
		received += len("..one") + len("..no message") + len("..two")
		synctest.Wait()
		s.Hub().Broadcast([]byte("to all"))
		hear(a, len("..to all"))
		synctest.Wait()
		if now := s.Traffic(); now.Waiting != len("..to all") { // b has not read it
			t.Errorf("%d bytes wait", now.Waiting)
		}
		hear(b, len("..to all"))
		say(a, closeOf(1001, "bye"))
		a.expect(`close 1001 ""`)
		received += len("..cc")
		say(b, closeOf(4711, ""))
		b.expect(`close 4711 ""`)
		received += len("..cc")
		for _, c := range []*client{a, b} {
			c.Close()
		}
		for head, body := range map[string]int{
			"GET / HTTP/1.1\r\nHost: h\r\n\r\n":                                            len(defaultPage),
			"POST / HTTP/1.1\r\nHost: h\r\n\r\n":                                           len("only GET is answered here\n"),
			strings.Replace(openingRequest, "\r\n\r\n", "\r\nOrigin: http://x\r\n\r\n", 1): len("a page of this origin may not connect\n"),
		} {
			c := request(head)
			hear(c, body)
			c.Close()
		}
		slow := request(openingRequest)
		synctest.Wait()
		for range 3 {
			s.Hub().Broadcast([]byte(strings.Repeat("x", 1000)))
			synctest.Wait()
		}
		received += slow.rest()
		synctest.Wait()

		got := s.Traffic()
		if got.Received.Messages != 2 || got.Received.Bytes != uint64(sent) {
			t.Errorf("received %+v, want 2 messages and %d bytes", got.Received, sent)
		}
		if got.Sent.Messages != 2+2+1 || got.Sent.Bytes != uint64(received) {
			t.Errorf("sent %+v, want 5 messages and %d bytes", got.Sent, received)
		}
		for what, want := range map[string]string{
			"handshakes " + counted(got.Handshakes):          "handshakes 101:3 200:1 403:1 405:1",
			"closes received " + counted(got.ClosesReceived): "closes received 1001:1 4000-4999:1",
			"closes sent " + counted(got.ClosesSent):         "closes sent 1001:1 1008:1 4000-4999:1",
			"connections " + counted(got.Connections):        "connections ",
		} {
			if what != want {
				t.Errorf("%s, want %s", what, want)
			}
		}
		if got.Waiting != 0 {
			t.Errorf("%d bytes wait for nobody", got.Waiting)
		}
	})
}

// What TLS adds is not counted, with any transport.
func TestTrafficOfTLSIsThatOfTheStream(t *testing.T) {
	config := selfSigned(t)
	for _, transport := range []Transport{Loop, Goroutine} {
		s := unsupervised(t, Options{Transport: transport})
		l := listen(t)
		go func() { s.served <- s.ServeTLS(l, TLS{Config: config}) }()
		nc, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, nc)
		c.send([]byte(openingRequest))
		sent := len(c.head())
		c.send(text("secret"))
		c.expect(`text "secret"`)
		c.send(closeOf(1000, ""))
		c.expect(`close 1000 ""`)
		c.Close()
		s.stop(t)
		got := s.Traffic()
		if want := (Volume{1, uint64(len(openingRequest) + len(text("secret")) + len(closeOf(1000, "")))}); got.Received != want {
			t.Errorf("%v: received %+v, want %+v", transport, got.Received, want)
		}
		if want := (Volume{1, uint64(sent + len("..secret") + len("..cc"))}); got.Sent != want {
			t.Errorf("%v: sent %+v, want %+v", transport, got.Sent, want)
		}
	}
}

// counted lists the counts that are not zero.
func counted(list []Count) string {
	var s []string
	for _, c := range list {
		if c.N > 0 {
			s = append(s, fmt.Sprintf("%s:%d", c.Name, c.N))
		}
	}
	return strings.Join(s, " ")
}

// The lists have the same names whatever has happened, each once.
func TestTrafficIsBounded(t *testing.T) {
	names := func(list []Count) string {
		var s []string
		for _, c := range list {
			s = append(s, c.Name)
		}
		return strings.Join(s, " ")
	}
	var c closeCounts
	before := names(c.list())
	for code := range 5000 {
		c.count(Code(code))
	}
	if after := names(c.list()); after != before || !strings.HasSuffix(after, "1014 1015 none 3000-3999 4000-4999") || len(c.list()) != 19 {
		t.Errorf("%s, before %s", after, before)
	}
	if got := counted(c.list()); !strings.HasPrefix(got, "1000:1 ") || !strings.HasSuffix(got, " none:1 3000-3999:1000 4000-4999:1000") {
		t.Errorf("counted %s", got)
	}
	for status := range statusText {
		var t1 traffic
		t1.handshake(fmt.Appendf(nil, "HTTP/1.1 %d OK", status))
		if t1 == (traffic{}) {
			t.Errorf("an answer with %d is not counted", status)
		}
	}
}

// skip reads n bytes.
func (c *client) skip(n int) {
	c.t.Helper()
	if _, err := c.r.Discard(n); err != nil {
		c.t.Fatal(err)
	}
}

// rest reads to the end and returns how much that was.
func (c *client) rest() (n int) {
	for {
		m, err := c.r.Discard(1)
		if n += m; err != nil {
			return n
		}
	}
}
