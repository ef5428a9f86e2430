package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Bounds of a throttle.
const (
	linesPerSecond = 20
	maxKinds       = 1000 // of lines at once; the program has fewer
)

// throttle is a log that a storm cannot flood: of lines with the same message it lets
// some pass in each second, counts the others, and tells their number in one line. What
// is for debugging passes always. Any goroutine may use it; flush belongs behind the
// last line.
type throttle struct {
	slog.Handler
	shared *throttleState
}

type throttleState struct {
	mu    sync.Mutex // guards what follows
	kinds map[string]*kindOfLine
}

// kindOfLine is the lines with one message, since a second began.
type kindOfLine struct {
	began   time.Time
	passed  int
	leftOut int
	level   slog.Level // the worst of those left out
	timer   *time.Timer
}

func newThrottle(to slog.Handler) *throttle {
	return &throttle{to, &throttleState{kinds: make(map[string]*kindOfLine)}}
}

// Handle writes a line or counts it (slog.Handler).
func (t *throttle) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelInfo || t.passes(r) {
		return t.Handler.Handle(ctx, r)
	}
	return nil
}

func (t *throttle) passes(r slog.Record) bool {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	now := time.Now()
	k := t.shared.kinds[r.Message]
	if k == nil {
		if len(t.shared.kinds) >= maxKinds {
			t.shared.forget(now)
		}
		k = &kindOfLine{began: now}
		t.shared.kinds[r.Message] = k
	}
	if k.leftOut == 0 && now.Sub(k.began) >= time.Second {
		k.began, k.passed = now, 0
	}
	if k.passed < linesPerSecond {
		k.passed++
		return true
	}
	if k.leftOut == 0 {
		k.level = r.Level
		k.timer = time.AfterFunc(time.Until(k.began.Add(time.Second)), func() { t.tell(r.Message) })
	}
	k.leftOut++
	k.level = max(k.level, r.Level)
	return false
}

// forget needs mu. Lines that are counted are still to be told.
func (s *throttleState) forget(now time.Time) {
	for message, k := range s.kinds {
		if k.leftOut == 0 && now.Sub(k.began) >= time.Second {
			delete(s.kinds, message)
		}
	}
}

// tell writes how many lines were left out, and begins anew.
func (t *throttle) tell(message string) {
	t.shared.mu.Lock()
	k := t.shared.kinds[message]
	n, level := k.leftOut, k.level
	k.began, k.passed, k.leftOut = time.Now(), 0, 0
	t.shared.mu.Unlock()
	if n == 0 { // flush was faster
		return
	}
	r := slog.NewRecord(time.Now(), level, "there were more lines like these, which were left out", 0)
	r.AddAttrs(slog.String("like", message), slog.Int("lines", n))
	_ = t.Handler.Handle(context.Background(), r) // a log has nobody to tell that it fails
}

// flush tells at once what is still to be told.
func (t *throttle) flush() {
	t.shared.mu.Lock()
	var waiting []string
	for message, k := range t.shared.kinds {
		if k.leftOut > 0 {
			k.timer.Stop()
			waiting = append(waiting, message)
		}
	}
	t.shared.mu.Unlock()
	for _, message := range waiting {
		t.tell(message)
	}
}

// WithAttrs is part of slog.Handler. Lines count together with those without them.
func (t *throttle) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &throttle{t.Handler.WithAttrs(attrs), t.shared}
}

// WithGroup is part of slog.Handler.
func (t *throttle) WithGroup(name string) slog.Handler {
	return &throttle{t.Handler.WithGroup(name), t.shared}
}
