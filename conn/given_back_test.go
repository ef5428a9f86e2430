package conn

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// left is what unfinished messages take when the shards have finished what they are at:
// the last step of a connection is seen before its memory is given back.
func (s *server) left() int64 {
	s.Traffic()
	return s.buffered.Load()
}

// bufferedIs waits until the unfinished messages of all connections take n bytes.
func (s *server) bufferedIs(t *testing.T, n int64) {
	t.Helper()
	c := open(t, s.addr)
	defer c.Close()
	for range 1000 { // each goes through a loop
		if s.buffered.Load() == n {
			return
		}
		c.send(pingOf(""))
		c.expect(`pong ""`)
	}
	t.Fatalf("%d bytes are buffered, want %d", s.buffered.Load(), n)
}

// What waits for its turn counts as long as it waits, and no longer: not while its
// connection lives on, and not when somebody else's has the same memory.
func TestWaitingBytesAreGivenBack(t *testing.T) {
	gate := make(chan struct{})
	s := serve(t, Options{Handler: funcs{call: func(_ Conn, m []byte) (Answer, error) {
		if string(m) == "stall" {
			<-gate
		}
		return Answer{To: Response, Payload: m}, nil
	}}})
	for round := range 3 {
		c := open(t, s.addr)
		c.send(cat(text("stall"), []byte(strings.Repeat(string(text("0123456789")), 2000))))
		if underTest != Goroutine { // which reads too little at once
			awaitBuffered(t, s, 10_000)
		}
		gate <- struct{}{}
		c.expect(`text "stall"`)
		for range 2000 {
			c.expect(`text "0123456789"`)
		}
		c.send(pingOf("p"))
		c.expect(`pong "p"`)
		s.bufferedIs(t, 0)
		if round == 1 {
			c.send(raw(0x01, strings.Repeat("a fragment", 1000)))
			awaitBuffered(t, s, 10_000)
		}
		c.Close()
		s.bufferedIs(t, 0)
	}
}

// A session that hangs keeps nothing but itself when its client is gone.
func TestWhatAGoneClientHasSentIsGivenBack(t *testing.T) {
	gate := make(chan struct{})
	s := serve(t, Options{Handler: funcs{call: func(Conn, []byte) (Answer, error) { <-gate; return Answer{}, nil }}})
	c := open(t, s.addr)
	c.send(cat(text("stall"), raw(0x01, strings.Repeat("a fragment", 1000))))
	awaitBuffered(t, s, 10_000)
	c.Conn.(*net.TCPConn).SetLinger(0)
	c.Close()
	s.log.await(t, 1, Orphaned)
	s.bufferedIs(t, 0)
	close(gate)
}

// A connection that was let in before a shutdown and comes into its table behind it is
// refused.
func TestAConnectionThatAShutdownOvertakesIsRefused(t *testing.T) {
	s := unsupervised(t, Options{OpenTimeout: time.Hour})
	ours, theirs := net.Pipe()
	c := newClient(t, theirs)
	if err := s.enter(netip.AddrPort{}); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(over, "bye"); !errors.Is(err, ErrUnfinished) {
		t.Fatalf("with a connection that is in no table yet: %v", err)
	}
	s.streams[0].begin(1, netip.AddrPort{}, ours, nil, nil)
	c.expect("EOF")
	if err := s.Shutdown(t.Context(), "bye"); err != nil {
		t.Error(err)
	}
}

// A broadcast does not wait for a client of the goroutine transport, also when the
// broadcaster has to help with the delivery.
func TestHelpWaitsForNoClient(t *testing.T) {
	s := unsupervised(t, Options{OutboxBytes: 300, CloseTimeout: 50 * time.Millisecond})
	ours, theirs := net.Pipe()
	c := newClient(t, theirs)
	if err := s.Adopt(ours, []byte(openingRequest)); err != nil {
		t.Fatal(err)
	}
	c.head()
	s.log.await(t, 1, Active)
	for _, shard := range s.streams { // as if others were about to wake them
		shard.mu.Lock()
		shard.owned = true
		shard.mu.Unlock()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 10 {
			s.Hub().Broadcast(fmt.Appendf(nil, "%d", n))
		}
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("a broadcast waits for a client that does not read")
	}
	for _, shard := range s.streams {
		shard.carrier.wake()
	}
	c.Close()
	<-done
	if err := s.Shutdown(t.Context(), "bye"); err != nil && !errors.Is(err, ErrUnfinished) {
		t.Error(err)
	}
	s.log.check(t)
}
