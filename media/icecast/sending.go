package icecast

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"musicdb/media/sound"
)

// errEnded says that the server has ended a connection in good order.
var errEnded = errors.New("the server has ended the connection")

// errTalks says that a server does not stop to talk while it is sent sound.
var errTalks = errors.New("the server talks and talks")

// errNoSound says that there is nothing to send, now or later.
var errNoSound = errors.New("the format of the mount is not made; use an ffmpeg that can encode it, or take the mount out of the settings, and restart")

// send moves sound until the connection or ctx ends, and says how it ended.
func (s *source) send(ctx context.Context) (Event, error) {
	listener := s.mount.Sound.JoinWith(0)
	defer listener.Close()
	sending, end := context.WithCancelCause(ctx)
	conn := s.conn
	// Whoever finds that the connection is over ends the others by closing it.
	defer context.AfterFunc(sending, func() { conn.Close() })()
	var workers sync.WaitGroup
	defer workers.Wait()
	defer end(nil)
	workers.Go(func() { end(s.hear()) })
	titles := newTitles(s)
	if s.mount.Sound.Format().ICY() { // the others carry their titles themselves
		workers.Go(func() { titles.run(sending) })
	}

	for {
		frames, err := listener.Next(sending)
		if errors.Is(err, sound.ErrEnded) {
			return NoSound, errNoSound
		}
		if err != nil {
			return s.over(sending, err)
		}
		titles.set(listener.Title())
		if err := s.write(conn, frames); err != nil {
			return s.over(sending, err)
		}
	}
}

// over says what the end of a connection means. What the server has said is the
// better reason than that its socket is closed.
func (s *source) over(sending context.Context, err error) (Event, error) {
	if sending.Err() != nil {
		err = context.Cause(sending)
	}
	var refusal *RefusedError
	switch {
	case errors.As(err, &refusal):
		return Rejected, err
	case time.Since(s.accepted) >= s.limits.lived:
		return Lost, err
	default:
		return Dropped, err
	}
}

// write sends one piece of sound, at most that of some seconds.
func (s *source) write(conn net.Conn, frames []byte) error {
	conn.SetWriteDeadline(time.Now().Add(s.limits.stalled))
	moved := make(chan struct{})
	blocked := time.AfterFunc(s.limits.blocked, func() {
		defer close(moved)
		s.fire(Blocked)
	})
	n, err := conn.Write(frames)
	s.bytes.Add(uint64(n))
	if !blocked.Stop() {
		<-moved
		if err == nil {
			s.fire(Flowing)
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("the server has not taken the sound of a moment within %v", s.limits.stalled)
	}
	return err
}

// hear reads what a server says that should listen: nothing, or why it ends.
//
// Icecast 2.4 says 200 at once behind its 100, as if the request were over, and
// takes the sound all the same. So a yes is no end, and nothing behind it has a
// meaning any more but the end of the connection.
func (s *source) hear() error {
	in, conn := s.in, s.conn
	for range interimLimit {
		a, err := readAnswer(in)
		switch {
		case errors.Is(err, io.EOF):
			return errEnded
		case err != nil:
			return fmt.Errorf("while sound was sent: %w", err)
		case a.interim():
			continue
		case a.verdict(s.mount.Path, s.method) == nil:
			if n, _ := io.CopyN(io.Discard, in, headLimit); n == headLimit {
				return errTalks
			}
			return errEnded
		}
		conn.SetReadDeadline(time.Now().Add(s.limits.blocked))
		a.readReason(in)
		return a.verdict(s.mount.Path, s.method)
	}
	return errTalks
}
