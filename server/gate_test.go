package server_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// gate is a log that holds whoever writes a line with a certain beginning.
type gate struct {
	slog.Handler
	beginning string
	reached   chan struct{}
	opened    chan struct{}
	once      *sync.Once
}

func newGate(beginning string) *gate {
	return &gate{slog.DiscardHandler, beginning, make(chan struct{}), make(chan struct{}), &sync.Once{}}
}

func (g *gate) logger() *slog.Logger { return slog.New(g) }

func (g *gate) Enabled(context.Context, slog.Level) bool { return true }

func (g *gate) WithAttrs([]slog.Attr) slog.Handler { return g }

func (g *gate) WithGroup(string) slog.Handler { return g }

func (g *gate) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, g.beginning) {
		g.once.Do(func() { close(g.reached) })
		<-g.opened
	}
	return nil
}

// wait returns when somebody is held.
func (g *gate) wait(t *testing.T) {
	t.Helper()
	select {
	case <-g.reached:
	case <-time.After(patience):
		t.Fatal("nobody has come to the gate")
	}
}

// open lets everybody pass from now on.
func (g *gate) open() { close(g.opened) }
