package conn

import (
	"context"
	"crypto/tls"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A peer over TLS that does not take the end of a flow keeps a shutdown waiting for no
// longer than its context allows, and nothing of it is left.
func TestShutdownDoesNotWaitForFarewells(t *testing.T) {
	const allowed = time.Second
	synthetic(t, quick, func(t *testing.T, s *server) {
		ours, theirs := net.Pipe() // which takes nothing that is not read
		defer theirs.Close()
		over, c := tls.Server(ours, selfSigned(t)), tls.Client(theirs, trusting)
		go over.Handshake()
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		tp := newTape(1<<20, 4096)
		r := tp.join(0)
		if err := s.Follow(over, []byte(helloHead), r); err != nil {
			t.Fatal(err)
		}
		expectHead(t, c)
		tp.finish()
		r.expectEnd(t, Finished)
		synctest.Wait() // it waits to say goodbye
		ctx, cancel := context.WithTimeout(t.Context(), allowed)
		defer cancel()
		begin := time.Now()
		if err := s.Shutdown(ctx, "Server shutdown"); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took != allowed {
			t.Errorf("the shutdown took %v, with %v allowed", took, allowed)
		}
		s.relay.running.Wait()
		if took := time.Since(begin); took != allowed {
			t.Errorf("something of the follower was left for %v", took)
		}
	})
}
