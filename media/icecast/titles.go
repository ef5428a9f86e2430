package icecast

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"time"
)

// titles tells the server what a mount plays, for the life of one connection: a
// server that was restarted knows nothing, and a new life begins with telling it.
// The sound never waits for it: of several titles only the newest is kept.
type titles struct {
	s      *source
	wanted chan string // one place, the newest wins
	last   string      // given to set; owned by the sending goroutine
}

func newTitles(s *source) *titles { return &titles{s: s, wanted: make(chan string, 1)} }

// set is told the title of the sound that is sent. Only the sending goroutine
// calls it.
func (t *titles) set(title string) {
	if title == t.last {
		return
	}
	t.last = title
	select {
	case <-t.wanted:
	default:
	}
	t.wanted <- title
}

// run tells each title, again and again until the server takes it or a newer one
// comes. A server needs a moment until it knows a mount that it has just accepted.
func (t *titles) run(ctx context.Context) {
	for {
		select {
		case title := <-t.wanted:
			t.insist(ctx, title)
		case <-ctx.Done():
			return
		}
	}
}

func (t *titles) insist(ctx context.Context, title string) {
	pauses := backoff{least: t.s.limits.first, most: t.s.limits.most}
	for {
		err := t.tell(ctx, title)
		if err == nil || ctx.Err() != nil {
			return
		}
		pause := pauses.next()
		t.s.log.Debug("Icecast did not take a title", "title", title, "error", err, "again in", pause)
		timer := time.NewTimer(pause)
		select {
		case title = <-t.wanted:
			pauses.reset()
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// tell makes one request, over a connection of its own: the other one carries
// nothing but sound.
func (t *titles) tell(ctx context.Context, title string) error {
	s := t.s
	conn, err := s.link.connect(ctx, s.limits.connect)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetDeadline(time.Now().Add(s.limits.answer))
	if _, err := conn.Write(s.o.titleHead(s.mount.Path, title)); err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	a, err := readAnswer(in)
	if err != nil {
		return err
	}
	a.readReason(in)
	if a.status != http.StatusOK {
		return fmt.Errorf("the server said %v", a)
	}
	s.mu.Lock()
	s.title = title
	s.mu.Unlock()
	return nil
}
