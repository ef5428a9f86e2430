package conn

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestShutdownSaysGoodbye(t *testing.T) {
	s := serve(t, Options{CloseTimeout: time.Second})
	clients := []*client{open(t, s.addr), open(t, s.addr), open(t, s.addr)}
	silent := dial(t, s.addr)
	s.log.await(t, 4, Handshaking)
	done := make(chan error)
	go func() { done <- s.Shutdown(t.Context(), "Server shutdown") }()
	for _, c := range clients {
		c.expect(`close 1000 "Server shutdown"`)
		c.send(closeOf(1000, ""))
		c.expect("EOF")
		c.Close()
	}
	if _, err := silent.r.ReadByte(); err == nil {
		t.Error("a connection without a handshake got bytes")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := <-s.served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	close(s.served)
	if err := s.Serve(listen(t)); !errors.Is(err, ErrShutdown) {
		t.Errorf("serving after a shutdown: %v", err)
	}
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, Options{Handler: funcs{call: func(Conn, []byte) (Answer, error) { <-release; return Answer{}, nil }}})
	c := open(t, s.addr)
	c.send(text("hang"))
	s.log.await(t, 1, Calling)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx, "Server shutdown"); !errors.Is(err, ErrUnfinished) {
		t.Errorf("shutdown with a session that hangs: %v", err)
	}
	s.log.await(t, 1, Orphaned)
	close(release)
	c.Close()
}
