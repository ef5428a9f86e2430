package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// notes are a log that is read while it is written.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

// take returns what was written since the last time.
func (n *notes) take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	said := n.text.String()
	n.text.Reset()
	return said
}

// A flood of lines of one kind is cut and counted, second by second, and disturbs no
// other kind; lines for debugging are never cut.
func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out notes
		to := newThrottle(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		log := slog.New(to)
		flood := func(n int) {
			for i := range n {
				log.With("i", i).Info("flood")
			}
		}
		count := func(want map[string]int) {
			t.Helper()
			said := out.take()
			for part, n := range want {
				if got := strings.Count(said, part); got != n {
					t.Errorf("%d lines with %s, want %d:\n%s", got, part, n, said)
				}
			}
		}
		flood(1000)
		log.Warn("flood") // the worst level is told
		log.Warn("something else")
		for range 50 {
			log.Debug("flood")
		}
		count(map[string]int{"level=INFO msg=flood": linesPerSecond, "else": 1, "level=DEBUG": 50, "left out": 0})

		<-time.After(time.Second)
		synctest.Wait()
		count(map[string]int{"level=WARN": 1, fmt.Sprintf("like=flood lines=%d\n", 1001-linesPerSecond): 1, "msg=flood": 0})

		flood(linesPerSecond)
		<-time.After(time.Second)
		synctest.Wait()
		flood(1)
		count(map[string]int{"msg=flood": linesPerSecond + 1, "left out": 0})

		flood(linesPerSecond + 4)
		to.flush()
		count(map[string]int{"msg=flood": linesPerSecond - 1, "like=flood lines=5\n": 1})
		<-time.After(2 * time.Second)
		synctest.Wait()
		count(map[string]int{"\n": 0})
	})
}

// Who finds ever new messages fills no memory.
func TestThrottleIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := newThrottle(slog.DiscardHandler)
		for i := range 5 * maxKinds {
			to.passes(slog.NewRecord(time.Now(), slog.LevelInfo, fmt.Sprint(i), 0))
			<-time.After(10 * time.Millisecond)
		}
		if n := len(to.shared.kinds); n > maxKinds {
			t.Errorf("%d kinds are remembered", n)
		}
	})
}
