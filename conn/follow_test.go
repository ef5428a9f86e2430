package conn

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"musicdb/fsm"
)

// quick are options whose followers have their turns often.
var quick = Options{FollowTime: minFollowTime}

const helloHead = "HTTP/1.0 200 OK\r\n\r\n"

// ends are both ends of an accepted TCP connection.
func ends(t testing.TB) (server, client net.Conn) {
	t.Helper()
	l := listen(t)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	client.SetDeadline(time.Now().Add(patience))
	return server, client
}

// followed lets a new connection follow a tape from burst bytes before its end.
func followed(t testing.TB, s *server, tp *tape, burst int) (*reader, net.Conn) {
	t.Helper()
	server, client := ends(t)
	r := tp.join(burst)
	if err := s.Follow(server, []byte(helloHead), r); err != nil {
		t.Fatal(err)
	}
	return r, client
}

// expectTape reads n bytes that must be those of the tape from a place on.
func expectTape(t testing.TB, from io.Reader, at, n int) {
	t.Helper()
	got := make([]byte, n)
	if k, err := io.ReadFull(from, got); err != nil {
		t.Fatalf("%v after %d of %d bytes", err, k, n)
	}
	if !isTape(got, at) {
		t.Fatalf("the bytes are not those from %d on", at)
	}
}

func expectHead(t testing.TB, from io.Reader) {
	t.Helper()
	head := make([]byte, len(helloHead))
	if _, err := io.ReadFull(from, head); err != nil || string(head) != helloHead {
		t.Fatalf("%q came first, %v", head, err)
	}
}

func (r *reader) expectEnd(t testing.TB, want FollowState) Departure {
	t.Helper()
	select {
	case d := <-r.ended:
		if d.State != want {
			t.Fatalf("ended as %s: %v, want %s", FollowLifecycle.StateName(d.State), d.Err, FollowLifecycle.StateName(want))
		}
		return d
	case <-time.After(patience):
		t.Fatalf("nobody was told of the end, want %s", FollowLifecycle.StateName(want))
		return Departure{}
	}
}

func TestFollowersHearTheSame(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(1<<20, 4096)
	tp.publish(100_000)
	early, one := followed(t, s, tp, 60_000)
	expectHead(t, one)
	expectTape(t, one, 40_000, 60_000)
	tp.publish(5_000)
	expectTape(t, one, 100_000, 5_000)
	late, two := followed(t, s, tp, 60_000)
	tp.publish(70_000)
	expectTape(t, one, 105_000, 70_000)
	expectHead(t, two)
	expectTape(t, two, 45_000, 130_000)
	if n := s.Followers(); n != 2 {
		t.Errorf("%d follow", n)
	}
	for _, seen := range s.Look(Query{State: "Following"}) {
		if seen.Outbox != "" || seen.Bytes == 0 || seen.Remote != one.LocalAddr().String() && seen.Remote != two.LocalAddr().String() ||
			!strings.HasSuffix(seen.Trace, "Deliver>Following") || s.Trace(seen.ID) != seen.Trace {
			t.Errorf("seen: %+v", seen)
		}
	}
	tp.finish()
	for _, c := range []net.Conn{one, two} {
		if rest, err := io.ReadAll(c); err != nil || len(rest) != 0 {
			t.Errorf("behind the end: %d bytes, %v", len(rest), err)
		}
	}
	if d := early.expectEnd(t, Finished); d.Sent != uint64(len(helloHead)+135_000) {
		t.Errorf("%d bytes were sent", d.Sent)
	}
	late.expectEnd(t, Finished)
	if f := s.FollowFigures(); f.Now != 0 || f.Bytes != uint64(2*len(helloHead)+135_000+130_000) {
		t.Errorf("figures: %+v", f)
	}
}

func TestFollowersWhoLeaveAreNoticed(t *testing.T) {
	tp := newTape(1<<20, 4096)
	tp.publish(1000)
	for name, leave := range map[string]func(*net.TCPConn){
		"an end":   func(c *net.TCPConn) { c.Close() },
		"half":     func(c *net.TCPConn) { c.CloseWrite() },
		"a reset":  func(c *net.TCPConn) { c.SetLinger(0); c.Close() },
		"garbage":  func(c *net.TCPConn) { c.Write(bytes.Repeat([]byte("GET / HTTP/1.1\r\n\r\n"), 3000)); c.Close() },
		"one byte": func(c *net.TCPConn) { c.Write([]byte("x")); c.CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, quick)
			r, c := followed(t, s, tp, 1000)
			other, stays := followed(t, s, tp, 1000)
			expectHead(t, c)
			leave(c.(*net.TCPConn))
			// A flood that nobody reads hides the end, until something is written.
			if name == "garbage" {
				for range 50 {
					tp.publish(100)
				}
			}
			r.expectEnd(t, HungUp)
			if len(other.ended) != 0 || s.Followers() != 1 {
				t.Error("somebody else has ended, too")
			}
			stays.Close()
			other.expectEnd(t, HungUp)
		})
	}
}

// Who does not read loses what he should have got, and nobody else notices.
func TestFollowerWhoNeverReadsIsDropped(t *testing.T) {
	for name, want := range map[string]FollowState{"outrun": Outrun, "stalled": Stalled} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Options{FollowTime: minFollowTime, StallTimeout: patience})
			tp := newTape(4<<20, 64<<10)
			good, reads := followed(t, s, tp, 0)
			expectHead(t, reads)
			bad, _ := followed(t, s, tp, 0)
			at := 0
			for len(bad.ended) == 0 {
				tp.publish(2_000_000)
				expectTape(t, reads, at, 2_000_000)
				at += 2_000_000
				if seen := s.Look(Query{State: "Behind"}); want == Stalled && len(seen) == 1 && seen[0].Waiting > 0 {
					s.hasStalled(bad) // the other one has all the time it wants
					break
				}
			}
			d := bad.expectEnd(t, want)
			if want == Outrun && !errors.Is(d.Err, ErrOutrun) {
				t.Errorf("the reason is %v", d.Err)
			}
			if len(good.ended) != 0 {
				t.Error("the other one has ended, too")
			}
			tp.publish(1000)
			expectTape(t, reads, at, 1000)
		})
	}
}

// hasStalled has the connection of a follower have taken nothing for twice the stall time.
func (s *server) hasStalled(r *reader) {
	for _, l := range s.relay.lanes() {
		l.mu.Lock()
		l.roster.each(func(i uint32, f *follower) {
			if l.roster.berth(i).flow == r {
				f.moved = fsm.Now() - fsm.Tick(2*l.relay.stall/fsm.TickLength)
			}
		})
		l.mu.Unlock()
	}
}

// awaitBehind waits until so many followers are behind.
func awaitBehind(t testing.TB, s *server, n int) {
	t.Helper()
	for deadline := time.Now().Add(patience); s.FollowFigures().Behind != n; {
		if time.Now().After(deadline) {
			t.Fatalf("figures: %+v, want %d behind", s.FollowFigures(), n)
		}
		<-time.After(time.Millisecond)
	}
}

// A slow reader gets everything as long as it is kept, the end included.
func TestFollowerWhoReadsSlowlyMissesNothing(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(1<<30, 64<<10)
	tp.publish(30 << 20)
	slow, c := followed(t, s, tp, 30<<20)
	leaves, gone := followed(t, s, tp, 30<<20)
	awaitBehind(t, s, 2)
	gone.(*net.TCPConn).SetLinger(0)
	gone.Close()
	leaves.expectEnd(t, HungUp)
	expectHead(t, c)
	expectTape(t, c, 0, 30<<20)
	tp.publish(10)
	expectTape(t, c, 30<<20, 10)
	awaitBehind(t, s, 0)
	tp.publish(30 << 20)
	awaitBehind(t, s, 1)
	tp.finish()
	expectTape(t, c, 30<<20+10, 30<<20)
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	slow.expectEnd(t, Finished)
}

// An engine that was held up for too long has nothing to send any more.
func TestFollowerIsOutrunWhereTheEngineWasHeldUp(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(100, 100)
	r, c := followed(t, s, tp, 0)
	expectHead(t, c)
	awaitBehind(t, s, 0)
	tp.publish(1000)
	r.expectEnd(t, Outrun)
}

func TestFollowersOverTLS(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(1<<20, 4096)
	tp.publish(100_000)
	server, client := ends(t)
	over, c := tls.Server(server, selfSigned(t)), tls.Client(client, trusting)
	go over.Handshake()
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	r := tp.join(50_000)
	if err := s.Follow(over, []byte(helloHead), r); err != nil {
		t.Fatal(err)
	}
	expectHead(t, c)
	expectTape(t, c, 50_000, 50_000)
	tp.publish(20_000)
	expectTape(t, c, 100_000, 20_000)
	if f := s.FollowFigures(); f.Now != 1 || f.Connections[1].N != 1 {
		t.Errorf("figures: %+v", f)
	}
	tp.finish()
	if rest, err := io.ReadAll(c); err != nil || len(rest) != 0 { // an end without the alert would be an error
		t.Errorf("behind the end: %d bytes, %v", len(rest), err)
	}
	r.expectEnd(t, Finished)
}

func TestShutdownDismissesFollowers(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(1<<30, 64<<10)
	idle, one := followed(t, s, tp, 0)
	expectHead(t, one)
	tp.publish(30 << 20)
	full, _ := followed(t, s, tp, 30<<20)
	if err := s.Shutdown(t.Context(), "Server shutdown"); err != nil {
		t.Fatal(err)
	}
	idle.expectEnd(t, Dismissed)
	full.expectEnd(t, Dismissed)
	server, _ := ends(t)
	late := tp.join(0)
	if err := s.Follow(server, nil, late); !errors.Is(err, ErrShutdown) {
		t.Errorf("following what has stopped: %v", err)
	}
	late.expectEnd(t, Dismissed)
	if _, err := server.Write([]byte("x")); err == nil {
		t.Error("a connection that came too late is still open")
	}
}

// Whatever happens before the first byte has left, it has its end.
func TestFollowersWhoEndBeforeTheyHaveBegun(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(10, 10)
	outrun := tp.join(0)
	tp.publish(20)
	server, client := ends(t)
	if err := s.Follow(server, nil, outrun); err != nil {
		t.Fatal(err)
	}
	outrun.expectEnd(t, Outrun)
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("something came")
	}
	server, client = ends(t)
	client.(*net.TCPConn).SetLinger(0)
	client.Close()
	for {
		if _, err := server.Write([]byte("x")); err != nil {
			break // the reset is here
		}
	}
	gone := tp.join(5)
	if err := s.Follow(server, []byte(helloHead), gone); err != nil {
		t.Fatal(err)
	}
	gone.expectEnd(t, HungUp)
	tp.finish()
	over := tp.join(0)
	server, client = ends(t)
	if err := s.Follow(server, nil, over); err != nil {
		t.Fatal(err)
	}
	over.expectEnd(t, Finished)
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the end of nothing: %v", err)
	}
}

// The end of a flow reaches a peer that has said something nobody read: to close a socket
// with bytes in it would take back what is on its way.
func TestEndOfAFlowReachesATalkativePeer(t *testing.T) {
	s := serve(t, quick)
	tp := newTape(1<<20, 4096)
	r, c := followed(t, s, tp, 0)
	expectHead(t, c)
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	tp.publish(100_000)
	tp.finish()
	expectTape(t, c, 0, 100_000)
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
	r.expectEnd(t, Finished)
}
