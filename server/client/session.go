package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gobwas/ws/wsutil"

	"musicdb/server/wire"
)

// Session is a connection on which any number of goroutines ask at the same time.
// A goroutine of its own reads; it ends with the connection.
type Session struct {
	c      *Client
	others func(wire.Packet)
	done   chan struct{}
	closed error // why done is closed

	mu      sync.Mutex // guards waiting
	waiting map[string]chan wire.Packet
}

// ClosedError says how a connection ended.
type ClosedError struct {
	Code   int // of the close frame (RFC 6455, section 7.4); 0: it ended without one
	Reason string
}

func (e *ClosedError) Error() string {
	switch {
	case e.Code == 0:
		return "the connection has ended without a close frame: " + e.Reason
	case e.Reason == "":
		return fmt.Sprintf("the server has closed the connection with code %d", e.Code)
	default:
		return fmt.Sprintf("the server has closed the connection with code %d: %s", e.Code, e.Reason)
	}
}

// Open connects and starts to read. Options.Others gets notifications, and
// broadcasts that answer somebody else, in their order and on the reading
// goroutine: it must not wait for an answer.
func Open(ctx context.Context, o Options) (*Session, error) {
	others := o.Others
	o.Others = nil
	c, err := Dial(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Session{c: c, others: others, done: make(chan struct{}), waiting: map[string]chan wire.Packet{}}
	go s.read()
	return s, nil
}

func (s *Session) read() {
	defer close(s.done)
	for {
		p, err := s.c.Receive(context.Background())
		if errors.Is(err, wire.ErrPacket) {
			continue // not what a server sends; the connection is still in step
		}
		if err != nil {
			s.closed = howClosed(err)
			return
		}
		if answer := s.waitingFor(p); answer != nil {
			answer <- p
		} else if s.others != nil {
			s.others(p)
		}
	}
}

// waitingFor takes out who waits for a packet, nil for nobody.
func (s *Session) waitingFor(p wire.Packet) chan<- wire.Packet {
	if p.Method == wire.MethodNotification {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.waiting[string(p.Signature)]
	delete(s.waiting, string(p.Signature))
	return answer
}

func howClosed(err error) error {
	var closed wsutil.ClosedError
	switch {
	case errors.As(err, &closed):
		return &ClosedError{int(closed.Code), closed.Reason}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &ClosedError{Reason: "the other side is gone"}
	default:
		return &ClosedError{Reason: err.Error()}
	}
}

// Done is closed when the connection has ended; Err says how.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err is nil while the connection lives, then a *ClosedError.
func (s *Session) Err() error {
	select {
	case <-s.done:
		return s.closed
	default:
		return nil
	}
}

// Request executes a function and waits for its result, which also comes as the
// broadcast of another function (MusicDB protocol, section 5). A failing function
// is not answered: the error is then that of the context. A connection that ends
// is a *ClosedError.
func (s *Session) Request(ctx context.Context, function string, arguments any) (json.RawMessage, error) {
	return s.ask(ctx, wire.Ask, function, arguments)
}

// Broadcast executes a function whose result goes to all clients, and waits for it.
func (s *Session) Broadcast(ctx context.Context, function string, arguments any) (json.RawMessage, error) {
	return s.ask(ctx, wire.Broadcast, function, arguments)
}

// Call executes a function without waiting.
func (s *Session) Call(function string, arguments any) error { return s.c.Call(function, arguments) }

func (s *Session) ask(ctx context.Context, method wire.Method, function string, arguments any) (json.RawMessage, error) {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return nil, err
	}
	mark, answer := s.c.mark(), make(chan wire.Packet, 1)
	s.mu.Lock()
	s.waiting[mark] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, mark)
		s.mu.Unlock()
	}()
	err = s.c.Send(wire.Request{Method: method, Function: function, Signature: json.RawMessage(mark), Arguments: raw})
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", function, err)
	}
	return s.await(ctx, function, answer)
}

func (s *Session) await(ctx context.Context, function string, answer <-chan wire.Packet) (json.RawMessage, error) {
	var err error
	select {
	case p := <-answer:
		return p.Arguments, nil
	case <-s.done:
		err = s.closed
	case <-ctx.Done():
		err = ctx.Err()
	}
	select {
	case p := <-answer: // came first, and select chose at random
		return p.Arguments, nil
	default:
		return nil, fmt.Errorf("waiting for the answer of %s: %w", function, err)
	}
}

// Close ends the connection and waits until nothing is read any more.
func (s *Session) Close() error {
	err := s.c.Close()
	<-s.done
	return err
}

// Ask executes a function and decodes its result.
func Ask[T any](ctx context.Context, s *Session, function string, arguments any) (result T, err error) {
	raw, err := s.Request(ctx, function, arguments)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(raw, &result); err != nil {
		return result, fmt.Errorf("the result of %s: %w", function, err)
	}
	return result, nil
}
