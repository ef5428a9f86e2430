package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/conn"
	"musicdb/server/wire"
)

// In these tests time is synthetic: it passes when everybody waits.

// from is a connection whose peer has an address.
type from struct {
	net.Conn
	addr string
}

type namedAddr string

func (namedAddr) Network() string  { return "tcp" }
func (a namedAddr) String() string { return string(a) }

func (f from) RemoteAddr() net.Addr { return namedAddr(f.addr) }

// guarded is a server without music, for everything that happens before a function.
func guarded(t *testing.T, password string) *Server {
	t.Helper()
	s, err := New(Options{Key: func() (string, error) { return "right", nil }, Password: password,
		WebSocket: Address{Bind: "127.0.0.1", TLS: TLSOff}, HTTP: Address{Bind: "127.0.0.1", TLS: TLSOff}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// caller is a client of the websocket port.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func call(t *testing.T, s *Server, addr string) *caller {
	t.Helper()
	ours, theirs := net.Pipe()
	head := "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if err := s.engine.Adopt(from{theirs, addr}, []byte(head)); err != nil {
		t.Fatal(err)
	}
	c := &caller{t, ours, bufio.NewReader(ours)}
	t.Cleanup(func() { _ = ours.Close() })
	if answer, err := http.ReadResponse(c.in, nil); err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", answer, err)
	}
	return c
}

func (c *caller) send(key, mark string) {
	c.t.Helper()
	raw, _ := json.Marshal(mark)
	message := wire.Request{Method: wire.Ask, Function: "Bounce", Signature: raw, Arguments: wire.Null}.Encode(key)
	if err := wsutil.WriteClientMessage(c.conn, ws.OpText, message); err != nil {
		c.t.Fatal(err)
	}
}

// took waits for the answer with the mark and returns how long that was.
func (c *caller) took(mark string) time.Duration {
	c.t.Helper()
	began := time.Now()
	message, _, err := wsutil.ReadServerData(struct {
		io.Reader
		io.Writer
	}{c.in, c.conn})
	if err != nil || !strings.Contains(string(message), `"`+mark+`"`) {
		c.t.Fatalf("got %s, %v", message, err)
	}
	return time.Since(began)
}

// closedWith waits for the end and returns the code of the server's close frame, 0 if
// there was none.
func (c *caller) closedWith() int {
	var code ws.StatusCode
	if header, err := ws.ReadHeader(c.in); err == nil && header.OpCode == ws.OpClose {
		body := make([]byte, header.Length)
		_, _ = io.ReadFull(c.in, body)
		code, _ = ws.ParseCloseFrameData(body)
	}
	_ = c.conn.Close()
	return int(code)
}

// shut stops a server that never listened.
func shut(t *testing.T, s *Server) {
	t.Helper()
	s.gate.close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.engine.Shutdown(ctx, "end"); err != nil {
		t.Error(err)
	}
	s.stop()
	f := s.gate.life.Figures()
	if f.Started != f.Ended || f.Refused != 0 || f.Unfinished != 0 {
		t.Errorf("%d visits began, %d ended, %d unfinished, refused: %v", f.Started, f.Ended, f.Unfinished, f.RefusedBy)
	}
}

func TestWrongKeysSlowDownTheirAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		const attacker = "192.0.2.66:1000"
		known := call(t, s, attacker) // a household behind one address
		known.send("right", "known")
		if d := known.took("known"); d != 0 {
			t.Errorf("the right key took %v", d)
		}
		early := call(t, s, attacker) // connected before, but has shown nothing yet
		guesser := call(t, s, attacker)
		began := time.Now()
		for range 9 {
			guesser.send("guess", "never answered")
		}
		guesser.send("right", "at last")
		if guesser.took("at last"); time.Since(began) != (100+200+400+800+1600+3000)*time.Millisecond {
			t.Errorf("nine guesses and the right key took %v", time.Since(began))
		}
		guesser.send("wrong again", "ignored")
		guesser.send("right", "trusted")
		if d := guesser.took("trusted"); d != 0 {
			t.Errorf("who has shown the key waits %v", d)
		}

		stubborn := call(t, s, "192.0.2.66:2000")
		for name, c := range map[string]*caller{"early": early, "late": call(t, s, "192.0.2.66:3000")} {
			<-time.After(longestWait)
			stubborn.send("guess", "never answered")
			synctest.Wait() // it was judged at once, because the wait is over
			c.send("right", name)
			if d := c.took(name); d != longestWait {
				t.Errorf("%s: the right key of a stranger took %v", name, d)
			}
		}
		known.send("right", "still known")
		if d := known.took("still known"); d != 0 {
			t.Errorf("who has shown the key waits %v", d)
		}
		for _, elsewhere := range []string{"192.0.2.67:1", "[2001:db8::1]:1"} {
			c := call(t, s, elsewhere)
			c.send("right", "elsewhere")
			if d := c.took("elsewhere"); d != 0 {
				t.Errorf("%s waits %v for what another address does", elsewhere, d)
			}
		}
		_ = stubborn.conn.Close()
		<-time.After(worstCount * forgiveness)
		c := call(t, s, "192.0.2.66:4000")
		c.send("right", "forgiven")
		if d := c.took("forgiven"); d != 0 {
			t.Errorf("two minutes later an attempt still takes %v", d)
		}
	})
}

// The addresses of one IPv6 network are one guesser's.
func TestGuesserCannotChangeAddressesInItsNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		for i := range worstCount {
			c := call(t, s, "[2001:db8:1:2::"+string(rune('a'+i%6))+"]:1")
			c.send("guess", "")
			c.send("guess", "") // taken when the first was judged
			_ = c.conn.Close()
			synctest.Wait()
		}
		c := call(t, s, "[2001:db8:1:2:ffff::1]:1")
		c.send("right", "mark")
		if d := c.took("mark"); d == 0 || d > longestWait {
			t.Errorf("took %v", d)
		}
	})
}

// Who makes the table forget its address, with thousands of others, still pays for
// what the connection itself did.
func TestConnectionPaysForItsOwnGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		c := call(t, s, "192.0.2.66:1000")
		for range worstCount - 1 {
			c.send("guess", "never answered")
		}
		<-time.After(worstCount * longestWait)
		c.send("guess", "never answered")
		synctest.Wait()
		s.gate.penalties.mu.Lock()
		s.gate.penalties.of = nil
		s.gate.penalties.mu.Unlock()
		c.send("right", "mark")
		if d := c.took("mark"); d != longestWait {
			t.Errorf("took %v", d)
		}
	})
}

// A server that stops keeps nobody waiting.
func TestStopDoesNotWaitForThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		c := call(t, s, "192.0.2.66:1000")
		for range worstCount {
			c.send("guess", "")
			if len(s.gate.life.Figures().RefusedBy) != 0 {
				t.Fatal("the table lacks a row")
			}
		}
		synctest.Wait()
		began := time.Now()
		_ = c.conn.Close()
		shut(t, s)
		if d := time.Since(began); d != 0 {
			t.Errorf("stopping took %v", d)
		}
	})
}

func TestPasswordProtectsEverythingButHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "päss:wörd")
		defer shut(t, s)
		next := 0
		handler := s.guard(s.protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { next++ })))
		type browser struct {
			visitor
			remote string
		}
		ask := func(b *browser, path string, password ...string) (status int, took time.Duration) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
			r.RemoteAddr = b.remote
			r = r.WithContext(context.WithValue(r.Context(), visitorKey{}, &b.visitor))
			for _, p := range password {
				r.SetBasicAuth("any name", p)
			}
			began := time.Now()
			handler.ServeHTTP(w, r)
			if asked := w.Header().Get("WWW-Authenticate") != ""; asked != (w.Code == http.StatusUnauthorized) {
				t.Errorf("%s: %d, asked for a password: %v", path, w.Code, asked)
			}
			return w.Code, time.Since(began)
		}
		var browsers []*browser
		enter := func(remote string) *browser {
			b := &browser{remote: remote}
			s.gate.enter(&b.visitor)
			browsers = append(browsers, b)
			return b
		}
		defer func() {
			for _, b := range browsers {
				if err := s.gate.leave(&b.visitor); err != nil {
					t.Error(err)
				}
			}
		}()
		v := enter("192.0.2.1:1")
		for _, path := range []string{"/", "/player/", "/stream", "/ws", "/metrics", "/lifecycle", "/lifecycle/figures", "/lifecycle/connections", "/status", "/status/key", "/assets/player.js", "/favicon.ico",
			"/musicdb/", "/musicdb/webdata/config.js", "/musicdb/music/x.mp3", "/artwork/default.jpg", "/healthz/", "//healthz", "/healthz/..", "/nothing"} {
			if status, took := ask(v, path); status != http.StatusUnauthorized || took != 0 {
				t.Errorf("%s without password: %d after %v", path, status, took)
			}
		}
		for _, path := range []string{"/healthz", "/readyz"} {
			if status, _ := ask(v, path); status != http.StatusOK {
				t.Errorf("%s: %d", path, status)
			}
		}
		for range 4 {
			if status, _ := ask(v, "/", "wrong"); status != http.StatusUnauthorized {
				t.Errorf("a wrong password: %d", status)
			}
		}
		// The right one waits as well: whoever did not see a difference learns nothing.
		if status, took := ask(v, "/", "päss:wörd"); status != http.StatusOK || took != firstWait {
			t.Errorf("the right password after wrong ones: %d after %v", status, took)
		}
		for range worstCount {
			ask(v, "/", "wrong")
		}
		if status, took := ask(v, "/", "päss:wörd"); status != http.StatusOK || took != 0 {
			t.Errorf("who has shown it: %d after %v", status, took)
		}
		if status, took := ask(enter("192.0.2.2:1"), "/", "päss:wörd"); status != http.StatusOK || took != 0 {
			t.Errorf("another address: %d after %v", status, took)
		}
		if next != 5 {
			t.Errorf("%d requests got through, want 5", next)
		}
	})
}

// Who guesses on a hundred connections at once guesses no faster than on a few: the
// guesses queue behind each other, and those for whom the queue is too long are closed
// with the code for "try again later". The right key gets through in its turn.
func TestParallelGuessesQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		const attacker = "192.0.2.66:1000"
		first := call(t, s, attacker)
		for range worstCount {
			first.send("guess", "never answered")
		}
		<-time.After(worstCount * longestWait)
		_ = first.conn.Close()
		for range worstCount { // it was forgiven meanwhile
			s.gate.penalties.add(networkOf(attacker), time.Now())
		}
		known := s.gate.life.Figures().Edges

		const crowd = 100
		lines := make([]*caller, crowd)
		ended := make(chan int, crowd)
		for i := range lines {
			lines[i] = call(t, s, attacker)
			lines[i].send("guess", "never answered")
		}
		synctest.Wait()
		for _, c := range lines {
			go func() {
				ended <- c.closedWith()
			}()
		}
		<-time.After(longestQueue)
		synctest.Wait()
		judged := uint64(0)
		for i, n := range s.gate.life.Figures().Edges {
			if e := Access.Describe().Edges[i]; Access.EventName(Refused) == Access.Describe().Events[e.On].Name {
				judged += n - known[i]
			}
		}
		if judged == 0 || judged > uint64(longestQueue/turn)+1 {
			t.Errorf("%d of %d guesses were judged within %v", judged, crowd, longestQueue)
		}
		away := 0
		for range crowd - int(judged) {
			if code := <-ended; code == int(conn.CodeTryLater) {
				away++
			}
		}
		if away != crowd-int(judged) || s.gate.penalties.refused() != uint64(away) {
			t.Errorf("%d were told to try again later, %d counted, want %d", away, s.gate.penalties.refused(), crowd-int(judged))
		}
		c := call(t, s, attacker)
		c.send("right", "in its turn")
		if d := c.took("in its turn"); d == 0 || d > longestQueue {
			t.Errorf("the right key took %v", d)
		}
		for _, c := range lines {
			_ = c.conn.Close()
		}
		for range judged {
			<-ended
		}
	})
}

// Who does not stop guessing is closed: what was sent ahead is not judged for hours.
func TestStubbornGuesserIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := guarded(t, "")
		defer shut(t, s)
		c := call(t, s, "192.0.2.66:1000")
		go func() {
			frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame(wire.Request{Method: wire.Ask, Function: "Bounce", Signature: wire.Null, Arguments: wire.Null}.Encode("guess"))))
			for {
				if _, err := c.conn.Write(frame); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		if code := c.closedWith(); code != int(conn.CodePolicy) {
			t.Errorf("closed with %d", code)
		}
		if took := time.Since(began); took > worstCount*longestWait {
			t.Errorf("that took %v", took)
		}
		if n := s.gate.penalties.add(networkOf("192.0.2.66:1"), began); n != worstCount {
			t.Errorf("%d wrong keys were counted", n)
		}
	})
}
