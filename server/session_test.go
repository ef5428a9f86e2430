package server

import (
	"runtime"
	"strings"
	"testing"

	"musicdb/conn"
	"musicdb/server/wire"
)

// What a connection costs in the memory of the server beside the engine's record,
// in bytes and objects: one that has only connected, and one that has shown its key.
// Everything is counted that is allocated on the way, whether it is kept or not.
func TestSessionsAreSmall(t *testing.T) {
	const bytes, objects = 64, 1
	const sessions = 10_000
	s := guarded(t, "")
	defer shut(t, s)
	kept := make([]conn.Session, sessions)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range kept {
		kept[i] = connected(t, s)
	}
	runtime.ReadMemStats(&after)
	// The rest of the process allocates little meanwhile, but it does.
	if n := (after.TotalAlloc - before.TotalAlloc) / sessions; n > bytes {
		t.Errorf("a session takes %d bytes, at most %d are wanted", n, bytes)
	}
	if n := (after.Mallocs - before.Mallocs) / sessions; n > objects {
		t.Errorf("a session takes %d objects, at most %d are wanted", n, objects)
	}
	for _, c := range kept {
		if err := c.(*session).learnKey(); err != nil {
			t.Fatal(err)
		}
	}
	if first := kept[0].(*session).key; kept[sessions-1].(*session).key != first {
		t.Error("each session keeps a key of its own")
	}
	for _, c := range kept {
		c.OnWSDisconnect(conn.Reason{})
	}
}

// A connection that shows the right key leaves nothing behind but its state.
func TestRightKeyCostsNoMemory(t *testing.T) {
	s := guarded(t, "")
	defer shut(t, s)
	c := connected(t, s).(*session)
	defer c.OnWSDisconnect(conn.Reason{})
	if err := c.learnKey(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.gate.judge(t.Context(), &c.visitor, func() string { return "192.0.2.1:1" }, true); err != nil {
		t.Fatal(err)
	}
	if c.visitor.own != nil || c.visitor.life.State() != Trusted {
		t.Errorf("kept of a trusted visitor: %+v", c.visitor)
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := c.show(true); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("each further right key takes %v allocations", n)
	}
}

func connected(tb testing.TB, s *Server) conn.Session {
	tb.Helper()
	c, err := s.NewSession(conn.Conn{})
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.OnWSConnect(); err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkSession is what the engine pays for one connection that comes and goes.
func BenchmarkSession(b *testing.B) {
	s, err := New(Options{Key: func() (string, error) { return "right", nil }, WebSocket: Address{TLS: TLSOff}, HTTP: Address{TLS: TLSOff}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		connected(b, s).OnWSDisconnect(conn.Reason{})
	}
	if f := s.gate.life.Figures(); f.Ended == 0 || f.Ended != f.Started {
		b.Fatalf("%d visits began, %d ended", f.Started, f.Ended)
	}
}

// BenchmarkBounce is the session's share of the cheapest function, engine and network
// aside: whether it is cheap enough for the loop that reads is measured here.
func BenchmarkBounce(b *testing.B) {
	s, err := New(Options{Key: func() (string, error) { return "right", nil }, WebSocket: Address{TLS: TLSOff}, HTTP: Address{TLS: TLSOff}})
	if err != nil {
		b.Fatal(err)
	}
	c := connected(b, s).(*session)
	if err := c.learnKey(); err != nil {
		b.Fatal(err)
	}
	if _, err := s.gate.judge(b.Context(), &c.visitor, func() string { return "" }, true); err != nil {
		b.Fatal(err)
	}
	message := wire.Request{Method: wire.Ask, Function: "Bounce", Signature: []byte(`"mark"`), Arguments: []byte(`{"a":1}`)}.Encode("right")
	b.ReportAllocs()
	for b.Loop() {
		answer, err := c.OnCall(message)
		if err != nil || !strings.Contains(string(answer.Payload), `"mark"`) {
			b.Fatalf("%s, %v", answer.Payload, err)
		}
	}
}
