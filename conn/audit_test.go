package conn

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// audit wraps the sessions of a Handler and watches what the engine promises to
// each: onWSConnect once and first, calls only after it and never two at once,
// onWSDisconnect once, last, and if and only if onWSConnect ran; and packets
// discarded before the first and after the last.
type audit struct {
	Handler
	t testing.TB

	mu       sync.Mutex
	sessions []*auditedSession
}

type auditedSession struct {
	Session
	a *audit
	c Conn

	inside       atomic.Int32 // methods running now
	connected    atomic.Int32
	calls        atomic.Int32
	disconnected atomic.Int32
}

func (a *audit) NewSession(c Conn) (Session, error) {
	inner, err := a.Handler.NewSession(c)
	if err != nil {
		return nil, err
	}
	s := &auditedSession{Session: inner, a: a, c: c}
	a.mu.Lock()
	a.sessions = append(a.sessions, s)
	a.mu.Unlock()
	s.mustDiscard("before onWSConnect")
	return s, nil
}

func (s *auditedSession) enter(method string) (leave func()) {
	if s.inside.Add(1) != 1 {
		s.a.t.Errorf("connection %d: %s while another method runs", s.c.ID(), method)
	}
	if s.disconnected.Load() != 0 {
		s.a.t.Errorf("connection %d: %s after onWSDisconnect", s.c.ID(), method)
	}
	return func() { s.inside.Add(-1) }
}

func (s *auditedSession) OnWSConnect() error {
	defer s.enter("onWSConnect")()
	if s.connected.Add(1) != 1 || s.calls.Load() != 0 {
		s.a.t.Errorf("connection %d: onWSConnect ran %d times, after %d calls", s.c.ID(), s.connected.Load(), s.calls.Load())
	}
	return s.Session.OnWSConnect()
}

func (s *auditedSession) OnCall(m []byte) (Answer, error) {
	defer s.enter("onCall")()
	s.calls.Add(1)
	if s.connected.Load() != 1 {
		s.a.t.Errorf("connection %d: onCall before onWSConnect", s.c.ID())
	}
	return s.Session.OnCall(m)
}

func (s *auditedSession) OnWSDisconnect(r Reason) {
	leave := s.enter("onWSDisconnect")
	defer leave()
	s.mustDiscard("in onWSDisconnect")
	defer s.disconnected.Add(1)
	s.Session.OnWSDisconnect(r)
}

func (s *auditedSession) mustDiscard(when string) {
	if err := s.c.Send([]byte("out of season")); !errors.Is(err, ErrDiscarded) {
		s.a.t.Errorf("connection %d: a packet sent %s: %v", s.c.ID(), when, err)
	}
}

// check is called when every connection has ended.
func (a *audit) check() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		if c, d := s.connected.Load(), s.disconnected.Load(); c > 1 || c != d || s.inside.Load() != 0 {
			a.t.Errorf("connection %d: onWSConnect ran %d times, onWSDisconnect %d times, %d methods still run", s.c.ID(), c, d, s.inside.Load())
		}
		s.mustDiscard("after the end")
	}
}

// descriptors counts the open file descriptors of this process.
func descriptors(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
