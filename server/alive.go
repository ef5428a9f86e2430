package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"musicdb/conn"
)

// Alive makes a round trip through the database and through the connection
// engine, and returns which of them did not answer before ctx ended. The engine is
// asked inside the process, so that an exhausted limit of connections or
// descriptors, under which it works well for those who are connected, is no death.
func (s *Server) Alive(ctx context.Context) error {
	if err := within(ctx, func() error {
		_, _, err := s.o.Library.StreamPosition(ctx)
		return err
	}); err != nil {
		return fmt.Errorf("the library does not answer: %w", err)
	}
	if err := within(ctx, func() error { return s.askEngine(ctx) }); err != nil {
		return fmt.Errorf("the connection engine does not answer: %w", err)
	}
	return nil
}

// within gives up waiting when ctx ends; what it waited for may come later.
func within(ctx context.Context, do func() error) error {
	result := make(chan error, 1)
	go func() { result <- contain(do) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// askEngine asks the engine for its page, over a connection without a network.
func (s *Server) askEngine(ctx context.Context) error {
	ours, theirs := net.Pipe()
	defer ours.Close()
	if end, limited := ctx.Deadline(); limited {
		_ = ours.SetDeadline(end) // a pipe that is open takes every deadline
	}
	if err := s.engine.Adopt(theirs, []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")); errors.Is(err, conn.ErrFull) {
		return nil
	} else if err != nil {
		return err
	}
	line, err := bufio.NewReader(ours).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "HTTP/1.1 ") {
		return fmt.Errorf("it said %.50q", line)
	}
	return nil
}

// Summary says in a few words what the server is doing.
func (s *Server) Summary() string {
	_, _, songs := s.o.Library.Catalogue().NumberOf()
	now, doing := s.o.Stream.State(), "Paused"
	if why := s.silence(); why == nil {
		doing = "Playing " + now.Title
	} else if why.Reason != "paused" {
		doing = strings.TrimSuffix(why.Text, ".")
	}
	return fmt.Sprintf("%s; %s, %s, %s", doing, count(songs, "song"), count(s.engine.Hub().Len(), "client"), count(s.o.Stream.Listeners(), "listener"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
