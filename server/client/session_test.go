package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"musicdb/server/wire"
)

func open(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestManyAskAtOnce(t *testing.T) {
	var mu sync.Mutex
	var held []wire.Packet // answers come in pairs, in the wrong order
	url := serve(t, func(r wire.Request) []wire.Packet {
		mu.Lock()
		defer mu.Unlock()
		held = append(held, wire.Packet{Method: wire.MethodResponse, Function: r.Function, Signature: r.Signature, Arguments: r.Arguments})
		if len(held) < 2 {
			return nil
		}
		pair := []wire.Packet{wire.Notification("Source", "onEvent", nil), held[1], held[0]}
		held = nil
		return pair
	})
	events := make(chan wire.Packet, 100)
	s := open(t, Options{URL: url, Key: "key", Others: func(p wire.Packet) { events <- p }})
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			if got, err := Ask[int](t.Context(), s, "Bounce", n); err != nil || got != n {
				t.Errorf("request %d: %d (%v)", n, got, err)
			}
		})
	}
	all.Wait()
	if len(events) != 10 {
		t.Errorf("%d events, want 10", len(events))
	}
}

func TestABroadcastOfSomebodyElseIsNoAnswer(t *testing.T) {
	url := serve(t, func(r wire.Request) []wire.Packet {
		foreign := strings.Replace(string(r.Signature), "-1", "-2", 1)
		return []wire.Packet{
			{Method: wire.MethodBroadcast, Function: r.Function, Signature: json.RawMessage(foreign), Arguments: json.RawMessage(`"foreign"`)},
			{Method: wire.MethodNotification, Function: "Source", Signature: r.Signature, Arguments: json.RawMessage(`"event"`)},
			{Method: wire.MethodBroadcast, Function: "Renamed", Signature: r.Signature, Arguments: json.RawMessage(fmt.Sprintf("%q", r.Method))},
		}
	})
	s := open(t, Options{URL: url, Key: "key"})
	got, err := s.Broadcast(t.Context(), "Set", nil)
	if err != nil || string(got) != `"broadcast"` {
		t.Errorf("%s (%v)", got, err)
	}
	if a, b := s.c.mark(), open(t, Options{URL: serve(t, nil)}).c.mark(); a == b {
		t.Errorf("two clients use the same signature %s", a)
	}
}

func TestARequestEndsWithItsContext(t *testing.T) {
	s := open(t, Options{URL: serve(t, func(wire.Request) []wire.Packet { return nil }), Key: "key"})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(nil)
	if _, err := s.Request(ctx, "Silent", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(s.waiting) != 0 {
		t.Error("the request is still waited for")
	}
	if err := s.Err(); err != nil {
		t.Errorf("the connection has ended: %v", err)
	}
}

func TestTheEndOfTheConnectionIsTold(t *testing.T) {
	s := open(t, Options{URL: serve(t, nil), Key: "wrong"})
	_, err := s.Request(t.Context(), "Bounce", nil)
	var closed *ClosedError
	if !errors.As(err, &closed) || closed.Code != 1008 || closed.Reason == "" {
		t.Errorf("got %v", err)
	}
	<-s.Done()
	if !errors.As(s.Err(), &closed) {
		t.Errorf("got %v", s.Err())
	}
	if err := s.Call("Bounce", func() {}); err == nil {
		t.Error("a function is no JSON")
	}
}

func TestAResultOfAnotherTypeIsAnError(t *testing.T) {
	url := serve(t, func(r wire.Request) []wire.Packet {
		return []wire.Packet{{Method: wire.MethodResponse, Function: r.Function, Signature: r.Signature, Arguments: json.RawMessage(`"text"`)}}
	})
	s := open(t, Options{URL: url, Key: "key"})
	if got, err := Ask[int](t.Context(), s, "Bounce", nil); err == nil || !strings.Contains(err.Error(), "Bounce") {
		t.Errorf("%d (%v)", got, err)
	}
}

// Who has an answer gets it, even if the connection or the context has ended by the
// time that the asking goroutine looks.
func TestAnAnswerIsNotLostToAnEnd(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s := &Session{done: make(chan struct{}), closed: &ClosedError{Code: 1000}}
	close(s.done)
	for range 100 {
		answer := make(chan wire.Packet, 1)
		answer <- wire.Packet{Arguments: json.RawMessage("1")}
		if got, err := s.await(ended, "Bounce", answer); err != nil || string(got) != "1" {
			t.Fatalf("%s (%v)", got, err)
		}
	}
}
