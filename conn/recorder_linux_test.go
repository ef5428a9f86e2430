package conn

import (
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// A connection on the loop keeps a byte for each of its last eight events, and no flight
// recorder while it idles; one under way or unusual has a recorder, which begins with
// those.
func TestFlightRecorderIsHeldWhileUnusual(t *testing.T) {
	s := serve(t, Options{Transport: Loop})
	c := open(t, s.addr)
	defer c.Close()
	c.send(text("one"))
	c.expect(`text "one"`)
	s.awaitWork(t, false)
	const short = "GreetReturned>Greeted Establish>Active Message>Receiving Decoded>Calling RespondOne>Responding Sent>Active"
	if got := s.Trace(1); !strings.HasSuffix(got, short) || len(strings.Fields(got)) != trailSize {
		t.Errorf("an idle connection tells %s", got)
	}
	c.send(text("two")[:4]) // a message that is not complete
	s.awaitWork(t, true)
	c.send(text("two")[4:])
	c.expect(`text "two"`)
	s.awaitWork(t, false)
	s.Hub().CloseAll(CodeGoingAway, "")
	s.log.await(t, 1, CloseSent)
	s.awaitWork(t, true)
	if got := s.Trace(1); !strings.HasSuffix(got, "Message>Receiving Decoded>Calling RespondOne>Responding Sent>Active CloseByServer>CloseSent") || len(strings.Fields(got)) <= trailSize {
		t.Errorf("a closing connection tells %s", got)
	}
}

// What seeing costs: a recorder is a few dozen bytes, what is always there eight.
func TestRecorderIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(recorder{}); n > 32 {
		t.Errorf("a recorder takes %d bytes", n)
	}
	if n := unsafe.Sizeof(trail(0)); n != trailSize {
		t.Errorf("a trail takes %d bytes", n)
	}
}

// awaitWork waits until the only connection has something under way, or nothing.
func (s *server) awaitWork(t *testing.T, want bool) {
	t.Helper()
	for late := time.Now().Add(patience); ; runtime.Gosched() {
		has := false
		s.each(func(s *shard, i uint32, _ *record) { has = s.table.seat(i).work != nil })
		if has == want {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("something under way: %v, want %v", has, want)
		}
	}
}
