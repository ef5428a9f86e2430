package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// compileTime is how long the first compilation takes on two cores.
	compileTime = 20 * time.Second
	// loadTime is how long it takes to load and try what was compiled before.
	loadTime = 2 * time.Second
	// compileLimit ends a compilation that hangs; a slow machine may need minutes.
	compileLimit = 15 * time.Minute
	// compiledMark is written behind a successful compilation, with its length
	// in milliseconds.
	compiledMark = "compiled"
)

// Prepare makes the embedded ffmpeg ready: it is compiled in a child, or loaded
// from the cache. A failure is shown by Status and tried again until ctx ends.
// It returns nil at once when ffmpeg is ready, and the reason when ctx ended or
// the Tool was closed. Any number of callers may wait at the same time.
func (t *Tool) Prepare(ctx context.Context) error {
	for {
		t.mu.Lock()
		state, waiting := t.stateLocked(), t.waiting
		leader := false
		if state != Ready && state != Closed && waiting == nil {
			leader, waiting = true, make(chan struct{})
			t.waiting = waiting
		}
		t.mu.Unlock()

		switch {
		case state == Ready:
			return nil
		case state == Closed:
			return ErrClosed
		case leader:
			err := t.compileUntilReady(ctx)
			t.mu.Lock()
			t.waiting = nil
			t.mu.Unlock()
			close(waiting)
			return err
		}
		select {
		case <-waiting: // ready, closed, or its caller gave up: then it is our turn
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *Tool) compileUntilReady(ctx context.Context) error {
	for failures := 0; ; failures++ {
		err := t.compile(ctx, failures > 0)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		pause := t.retry[min(failures, len(t.retry)-1)]
		t.log.Error("the embedded ffmpeg could not be made ready; trying again", "error", err, "in", pause)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-t.closed:
			timer.Stop()
			return ErrClosed
		}
	}
}

// compile runs the embedded ffmpeg once. afresh empties the cache first: a
// damaged entry would fail for ever.
func (t *Tool) compile(ctx context.Context, afresh bool) error {
	start := time.Now()
	expected := compileTime
	if length, ok := t.compiledBefore(); ok && !afresh {
		expected = loadTime
	} else if ok {
		expected = length
	}
	t.mu.Lock()
	t.err, t.expected = nil, expected
	t.fireLocked(Compile)
	t.mu.Unlock()

	version, err := t.compileChild(ctx, afresh)

	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.err = fmt.Errorf("the embedded ffmpeg could not be compiled: %w", err)
		t.fireLocked(CompileFailed)
		return err
	}
	t.version = version
	t.fireLocked(Compiled)
	if t.stateLocked() != Ready {
		return ErrClosed
	}
	took := time.Since(start)
	if expected != loadTime {
		t.markCompiled(took)
	}
	close(t.ready)
	t.log.Info("the embedded ffmpeg is ready", "took", took.Round(time.Millisecond), "version", version)
	return nil
}

func (t *Tool) compileChild(ctx context.Context, afresh bool) (version string, err error) {
	if afresh {
		if err := os.RemoveAll(t.cache); err != nil {
			return "", err
		}
	}
	// For the user alone: what lies here is executed.
	if err := os.MkdirAll(t.cache, 0o700); err != nil {
		return "", err
	}
	if err := os.Chmod(t.cache, 0o700); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, compileLimit, errors.New("it took too long"))
	defer cancel()
	return t.check(ctx, t.self)
}

func (t *Tool) compiledBefore() (time.Duration, bool) {
	text, err := os.ReadFile(filepath.Join(t.cache, compiledMark))
	if err != nil {
		return 0, false
	}
	ms, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || ms <= 0 {
		return 0, false
	}
	return time.Duration(ms) * time.Millisecond, true
}

// markCompiled may fail: then the next start expects a longer wait than it has.
func (t *Tool) markCompiled(took time.Duration) {
	text := strconv.FormatInt(took.Milliseconds(), 10) + "\n"
	if err := os.WriteFile(filepath.Join(t.cache, compiledMark), []byte(text), 0o600); err != nil {
		t.log.Warn("cannot note that the embedded ffmpeg was compiled", "error", err)
	}
}
