package icecast

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/fsm"
	"musicdb/media/sound"
)

// source sends one mount. The goroutine of run owns what is not said to be guarded.
type source struct {
	o       *Options
	mount   Mount
	log     *slog.Logger
	link    link
	limits  limits
	machine *fsm.Runner[State, Event]

	method   method // of the next attempt
	tried    int    // methods that the server did not know, in a row
	conn     net.Conn
	in       *bufio.Reader
	accepted time.Time
	pauses   backoff // behind failures
	refusals backoff // behind refusals
	told     string  // the failure that was logged last; "" after a success

	bytes       atomic.Uint64
	connections atomic.Uint64
	mu          sync.Mutex // guards err, again and title
	err         error
	again       time.Time
	title       string
}

func newSource(o *Options, m Mount, s secure, seen *fsm.Observer[State, Event]) *source {
	one := &source{
		o: o, mount: m, log: o.Log.With("mount", m.Path), link: newLink(o, s),
		machine: fsm.NewRunner(machine, seen, fsm.Effects[State, Event]{}),
	}
	if o.Protocol == SOURCE {
		one.method = source10
	}
	one.limit(usual)
	return one
}

func (s *source) limit(l limits) {
	s.limits = l
	s.pauses = backoff{least: l.first, most: l.most}
	s.refusals = backoff{least: l.refused, most: max(l.most, l.refused)}
}

// run sends until ctx ends. It is the only place where the machine waits for
// anything: each state does its work and says what has come of it.
func (s *source) run(ctx context.Context) {
	s.fire(Begin)
	for {
		var on Event
		var err error
		switch state := s.machine.State(); state {
		case Connecting:
			on, err = s.connect(ctx)
		case Authorising:
			on, err = s.authorise(ctx)
		case Sending, Stalled:
			on, err = s.send(ctx)
		case Backoff, Refused:
			on = s.wait(ctx, state)
		case Silent:
			<-ctx.Done()
		case Idle, Stopped:
			return // a refused event, which fire has logged
		}
		if ctx.Err() != nil {
			s.hangUp()
			s.fire(Stop)
			return
		}
		s.became(on, err)
	}
}

// became notes what an event means for the next attempts, tells the log, and
// moves the machine.
func (s *source) became(on Event, err error) {
	switch on {
	case Accepted:
		s.tried = 0
		s.connections.Add(1)
		s.accepted = time.Now()
		s.log.Info("sound is sent to Icecast", "server", s.link.address, "method", s.method.String())
		s.told = ""
	case MethodRefused:
		s.hangUp()
		s.tried++
		s.log.Debug("Icecast does not know a method; the other one is tried", "error", err)
		s.method = s.method.other()
	case Lost, Dropped, Failed:
		s.hangUp()
		s.tried = 0
		if on == Lost {
			s.pauses.reset()
			s.refusals.reset()
		}
		s.failed(on, err)
	case Rejected, NoSound:
		s.hangUp()
		s.tried = 0
		s.failed(on, err)
	default:
	}
	s.fire(on)
}

// failed notes a failure; the log gets each kind of a row once.
func (s *source) failed(on Event, err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	if text := err.Error(); text != s.told {
		s.told = text
		level, words := slog.LevelWarn, "Icecast is not reached; attempts go on, and everybody else hears the stream"
		if on == Rejected {
			level, words = slog.LevelError, "Icecast refuses the stream; attempts go on, rarely"
		}
		if on == NoSound {
			level, words = slog.LevelError, "a mount of the Icecast server stays empty; everybody else hears the stream"
		}
		if on == Lost || on == Dropped {
			words = "the connection to Icecast is lost; attempts go on, and everybody else hears the stream"
		}
		s.log.Log(context.Background(), level, words, "server", s.link.address, "error", err)
	}
}

func (s *source) connect(ctx context.Context) (Event, error) {
	ring := s.mount.Sound.Ring()
	at, _ := ring.Join(0)
	if _, err := ring.Read(at); errors.Is(err, sound.ErrEnded) {
		return NoSound, errNoSound
	}
	conn, err := s.link.connect(ctx, s.limits.connect)
	if err != nil {
		return Failed, err
	}
	s.conn, s.in = conn, bufio.NewReader(conn)
	return Connected, nil
}

// authorise sends the head and waits for the answer. It does not begin to send
// without one (RFC 9110, 10.1.1 would allow it): the password may be wrong.
func (s *source) authorise(ctx context.Context) (Event, error) {
	conn := s.conn // hangUp may be faster than the end of ctx
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	s.conn.SetDeadline(time.Now().Add(s.limits.answer))
	if _, err := s.conn.Write(s.o.sourceHead(s.method, s.mount)); err != nil {
		return Failed, fmt.Errorf("the request cannot be sent: %w", err)
	}
	a, err := s.decision()
	if err != nil {
		return Failed, fmt.Errorf("no answer to %v: %w", s.method, err)
	}
	err = a.verdict(s.mount.Path, s.method)
	var refusal *RefusedError
	switch {
	case err == nil:
		s.conn.SetDeadline(time.Time{})
		return Accepted, nil
	case errors.Is(err, errMethod) && s.o.Protocol == Auto && s.tried == 0:
		return MethodRefused, err
	case errors.As(err, &refusal):
		return Rejected, err
	default:
		return Failed, err
	}
}

// decision is the first answer that decides. The deadline of the connection holds
// for all of it.
func (s *source) decision() (answer, error) {
	for range interimLimit {
		a, err := readAnswer(s.in)
		if err != nil {
			return a, err
		}
		if a.interim() && (a.status != 100 || s.method != put) {
			continue
		}
		if a.status >= 300 {
			s.conn.SetReadDeadline(time.Now().Add(s.limits.blocked))
			a.readReason(s.in)
		}
		return a, nil
	}
	return answer{}, fmt.Errorf("the server said %d times that it will answer, and did not", interimLimit)
}

// wait is the pause before the next attempt.
func (s *source) wait(ctx context.Context, state State) Event {
	pauses := &s.pauses
	if state == Refused {
		pauses = &s.refusals
	}
	pause := pauses.next()
	s.mu.Lock()
	s.again = time.Now().Add(pause)
	s.mu.Unlock()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return Retry
}

func (s *source) hangUp() {
	if s.conn != nil {
		s.conn.Close()
		s.conn, s.in = nil, nil
	}
}

func (s *source) fire(on Event) {
	if err := s.machine.Fire(context.Background(), on, nil); err != nil {
		s.log.Error("an Icecast source refused an event", "error", err, "trace", s.machine.Trace())
	}
}

// read may be called from any goroutine.
func (s *source) read() Status {
	now := Status{Mount: s.mount.Path, State: s.machine.State(), Bytes: s.bytes.Load(), Connections: s.connections.Load()}
	s.mu.Lock()
	defer s.mu.Unlock()
	now.Err, now.Title = s.err, s.title
	if now.State == Backoff || now.State == Refused {
		now.Again = s.again
	}
	return now
}
