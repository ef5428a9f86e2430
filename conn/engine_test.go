package conn

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gobwas/ws"
)

func TestEchoAndClose(t *testing.T) {
	s := serve(t, Options{})
	c := open(t, s.addr)
	c.send(text("hello"))
	c.expect(`text "hello"`)
	c.send(closeOf(1000, "bye"))
	c.expect(`close 1000 ""`, "EOF")
	c.Close()
	s.log.await(t, 1, Ended)
	want := []State{
		Listening, Created, CreatingSession, SessionCreated, Handshaking, Opening, Greeting, Greeted, Active,
		Receiving, Calling, Responding, Active, CloseReceived, Closing, Disconnecting, Disconnected, Ended,
	}
	if got := s.log.run(1); formatRun(got) != formatRun(want) {
		t.Errorf("got  %s\nwant %s", formatRun(got), formatRun(want))
	}
}

// A session that is at work when its connection is lost is left alone until it has
// returned; only then it hears of the end.
func TestLostWhileTheSessionWorks(t *testing.T) {
	for _, method := range []string{"onWSConnect", "onCall"} {
		t.Run(method, func(t *testing.T) {
			entered, release, sent := make(chan struct{}), make(chan struct{}), make(chan struct{})
			disconnected := make(chan Reason, 1)
			work := func() { close(entered); <-release }
			h := funcs{disconnect: func(_ Conn, r Reason) { disconnected <- r }}
			if method == "onCall" {
				h.call = func(Conn, []byte) (Answer, error) {
					work()
					return Answer{To: ResponseToAll, Payload: []byte("for all"), Sent: func() { close(sent) }}, nil
				}
			} else {
				h.connect = func(Conn) error { work(); return nil }
			}
			watch := &audit{t: t, Handler: h}
			s := serve(t, Options{Handler: watch})
			c := open(t, s.addr)
			if method == "onCall" {
				c.send(text("work"))
			}
			<-entered
			other := (*client)(nil)
			if method == "onCall" {
				other = open(t, s.addr)
				s.log.await(t, 2, Active)
			}
			c.Close()
			s.log.await(t, 1, Orphaned)
			select {
			case r := <-disconnected:
				t.Errorf("onWSDisconnect(%v) while %s was running", r, method)
			default:
			}
			close(release)
			s.log.await(t, 1, Ended)
			if r := <-disconnected; r.By != ByTransport || r.Code != CodeAbnormal {
				t.Errorf("reason is %v", r)
			}
			if other != nil {
				other.expect(`text "for all"`) // what was executed concerns the others
				<-sent
				other.Close()
				<-disconnected
			}
			s.stop(t)
			watch.check()
		})
	}
}

// When a session hears that its answer was sent, everything pushed from then on
// comes behind the answer, for whomever it was.
func TestPushesAfterSentFollowTheAnswer(t *testing.T) {
	to := map[string]Audience{"one": Response, "all": ResponseToAll, "none": NoResponse}
	var s *server
	s = serve(t, Options{Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		what := string(m)
		sent := func() { s.Hub().Broadcast([]byte("after " + what)) }
		if what == "failing" {
			return Answer{Sent: sent}, errors.New("no luck")
		}
		return Answer{To: to[what], Payload: m, Sent: sent}, nil
	}}})
	c, other := open(t, s.addr), open(t, s.addr)
	s.log.await(t, 2, Active)
	c.send(cat(text("one"), text("all"), text("none"), text("failing")))
	c.expect(`text "one"`, `text "after one"`, `text "all"`, `text "after all"`, `text "after none"`, `text "after failing"`)
	other.expect(`text "after one"`, `text "all"`, `text "after all"`, `text "after none"`, `text "after failing"`)
	c.Close()
	other.Close()
	s.stop(t)
}

func TestPushesOfACallPrecedeItsAnswer(t *testing.T) {
	var s *server
	s = serve(t, Options{Handler: funcs{call: func(c Conn, m []byte) (Answer, error) {
		c.Send([]byte("own push"))
		s.Hub().Broadcast([]byte("to all"))
		return Answer{To: Response, Payload: m}, nil
	}}})
	c := open(t, s.addr)
	c.send(cat(text("1"), text("2")))
	c.expect(`text "own push"`, `text "to all"`, `text "1"`, `text "own push"`, `text "to all"`, `text "2"`)
	if run := s.log.run(1); slices.Contains(run, Pushing) {
		t.Errorf("a push during a call was a step of its own: %s", formatRun(run))
	}
	c.Close()
}

func TestAnswers(t *testing.T) {
	s := serve(t, Options{Handler: mean("", "")})
	c, other := open(t, s.addr), open(t, s.addr)
	s.log.await(t, 2, Active)
	c.send(cat(text("none"), text("fail"), binMsg("ignored"), text("all"), text("mine")))
	c.expect(`text "all"`, `text "mine"`)
	other.expect(`text "all"`)
	other.send(text("panic"))
	other.expect(`close 1011 "internal error"`, "EOF")
	c.send(text("still here"))
	c.expect(`text "still here"`)
	c.Close()
	other.Close()
}

// While a message is executed the next one waits, but a ping does not.
func TestMessagesWaitForEachOtherAndPingsDoNot(t *testing.T) {
	release := make(chan struct{})
	var running sync.Mutex
	s := serve(t, Options{Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		if !running.TryLock() {
			t.Error("two calls at once")
		}
		defer running.Unlock()
		if string(m) == "1" {
			<-release
		}
		return Answer{To: Response, Payload: m}, nil
	}}})
	c := open(t, s.addr)
	c.send(cat(text("1"), pingOf("alive?")))
	c.expect(`pong "alive?"`)
	c.send(cat(text("2"), text("3")))
	close(release)
	c.expect(`text "1"`, `text "2"`, `text "3"`)
	c.Close()
}

// A client that has seen its 101 misses no broadcast from then on.
func TestNewClientMissesNothing(t *testing.T) {
	s := serve(t, Options{OutboxBytes: 64 << 20})
	stop := make(chan struct{})
	var mu sync.Mutex // guards last
	last := 0
	var sender sync.WaitGroup
	sender.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			mu.Lock()
			last++
			s.Hub().Broadcast([]byte(strconv.Itoa(last)))
			mu.Unlock()
		}
	})
	for range 20 {
		c := open(t, s.addr)
		mu.Lock()
		seen := last
		mu.Unlock()
		var first int
		if _, err := fmt.Sscanf(c.frame(), "text %q", new(numbered).to(&first)); err != nil {
			t.Fatal(err)
		}
		if first > seen+1 {
			t.Errorf("the first broadcast after the 101 was %d, but %d were sent before it was read", first, seen)
		}
		for i := range 20 {
			c.expect(fmt.Sprintf("text %q", strconv.Itoa(first+1+i)))
		}
		c.Close()
	}
	close(stop)
	sender.Wait()
}

// numbered scans a quoted number.
type numbered struct{ n *int }

func (q *numbered) to(n *int) *numbered { q.n = n; return q }

func (q *numbered) Scan(state fmt.ScanState, verb rune) error {
	var s string
	if _, err := fmt.Fscanf(state, "%q", &s); err != nil {
		return err
	}
	n, err := strconv.Atoi(s)
	*q.n = n
	return err
}

// A client that does not read is evicted when more than the bound waits for it. The
// others notice nothing, and if it reads after all, it sees whole frames and why.
func TestSlowReaderIsEvicted(t *testing.T) {
	gone := make(chan Reason, 2)
	s := serve(t, Options{OutboxBytes: 100 << 10, Handler: funcs{disconnect: func(_ Conn, r Reason) { gone <- r }}})
	slow, quick := open(t, s.addr), open(t, s.addr)
	s.log.await(t, 1, Active)
	s.log.await(t, 2, Active)
	payload := strings.Repeat("x", 10<<10)
	want := fmt.Sprintf("text %q", payload)
	sent := 0
	for s.Hub().Broadcast([]byte(payload)) == 2 {
		sent++
		quick.expect(want)
		if sent > 10_000 {
			t.Fatal("100 MB were queued for a client that does not read")
		}
	}
	quick.expect(want)
	quick.send(text("unharmed"))
	quick.expect(`text "unharmed"`)

	frames := 0
	got := slow.frame()
	for ; got == want; got = slow.frame() {
		frames++
	}
	if got != `close 1008 "reading too slowly"` {
		t.Errorf("after %d frames came %s", frames, got)
	}
	if frames > sent-100/10+2 {
		t.Errorf("%d of %d frames arrived, although the last 100 KiB should have been dropped", frames, sent)
	}
	slow.expect("EOF")
	slow.Close()
	if r := <-gone; r.Code != CodePolicy || !errors.Is(r.Err, ErrSlow) {
		t.Errorf("reason is %v", r)
	}
	quick.Close()
}

// A message's memory is used again; an answer that is a part of its message must not
// see that.
func TestEchoesAreNotMixedUp(t *testing.T) {
	s := serve(t, Options{})
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			c := open(t, s.addr)
			defer c.Close()
			for n := range 100 {
				m := strings.Repeat(fmt.Sprintf("%d-%d ", i, n), 1+n%50)
				c.send(cat(text(m), text(m+m)))
				if a, b := c.frame(), c.frame(); a != fmt.Sprintf("text %q", m) || b != fmt.Sprintf("text %q", m+m) {
					t.Errorf("client %d got the echoes %.40s and %.40s", i, a, b)
					return
				}
			}
		})
	}
	clients.Wait()
}

// The bound is for what is pushed. Answers may be of any size; a client that asks
// for many of them without reading is held back, see TestUnreadAnswersHoldBackCalls.
func TestAnswersAreNotEvicted(t *testing.T) {
	const size = 3 << 20
	s := serve(t, Options{OutboxBytes: 1 << 10, Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		return Answer{To: Response, Payload: []byte(string(m) + strings.Repeat("a", size))}, nil
	}}})
	c := open(t, s.addr)
	for i := range 9 {
		c.send(text(strconv.Itoa(i)))
	}
	c.send(closeOf(1000, ""))
	s.log.await(t, 1, Responding)
	for i := range 9 {
		h, err := ws.ReadHeader(c.r)
		if err != nil || h.Length != 1+size {
			t.Fatalf("answer %d: %+v, %v", i, h, err)
		}
		if first, err := c.r.ReadByte(); err != nil || first != byte('0'+i) {
			t.Fatalf("answer %d begins with %q, %v", i, first, err)
		}
		if _, err := io.CopyN(io.Discard, c.r, size); err != nil {
			t.Fatal(err)
		}
	}
	c.expect(`close 1000 ""`, "EOF")
	c.Close()
}

func TestLimitOfConnections(t *testing.T) {
	s := serve(t, Options{MaxConnections: 2})
	a, b := open(t, s.addr), open(t, s.addr)
	c := dial(t, s.addr)
	if _, err := c.r.ReadByte(); err == nil {
		t.Error("the third connection got bytes")
	}
	s.log.await(t, 3, Ended)
	a.Close()
	s.log.await(t, 1, Ended)
	for s.Len() > 1 { // the entry goes right after the last step
		runtime.Gosched()
	}
	open(t, s.addr).Close()
	b.Close()
}

func TestTrace(t *testing.T) {
	s := serve(t, Options{})
	c := open(t, s.addr)
	for i := range 30 {
		c.send(text(strconv.Itoa(i)))
		c.frame()
	}
	trace := s.Trace(1)
	if n := len(strings.Fields(trace)); n < 8 || n > recorderSize || !strings.HasSuffix(trace, "Message>Receiving Decoded>Calling RespondOne>Responding Sent>Active") {
		t.Errorf("%d steps: %s", n, trace)
	}
	if got := s.Trace(2); got != "" {
		t.Errorf("an unknown connection has the trace %q", got)
	}
	c.Close()
}

func TestUnusableOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no handler":        {},
		"negative time":     {Handler: funcs{}, OpenTimeout: -1},
		"endless time":      {Handler: funcs{}, IdleTimeout: MaxTimeout + 1},
		"negative number":   {Handler: funcs{}, MaxMessage: -1},
		"a header injected": {Handler: funcs{}, Server: "x\r\nSet-Cookie: y"},
	} {
		if _, err := New(o); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCloseByTheSession(t *testing.T) {
	long := strings.Repeat("é", 100) // 200 bytes, of which 123 fit: 61 characters
	for _, tc := range []struct {
		code Code
		text string
		want string
	}{
		{4000, "asked to", `close 4000 "asked to"`},
		{CodeNone, "", "close"},
		{1006, "must not be sent", `close 1011 "must not be sent"`},
		{5000, "beyond all ranges", `close 1011 "beyond all ranges"`},
		{1012, "service restart", `close 1012 "service restart"`},
		{1000, long, fmt.Sprintf("close 1000 %q", strings.Repeat("é", 61))},
		{1000, "\xFF", fmt.Sprintf("close 1000 %q", "\uFFFD")},
	} {
		s := serve(t, Options{Handler: funcs{connect: func(c Conn) error {
			c.Close(tc.code, tc.text)
			c.Close(4001, "too late")
			return nil
		}}})
		c := open(t, s.addr)
		c.expect(tc.want, "EOF")
		c.Close()
		s.stop(t)
	}
}
