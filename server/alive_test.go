package server_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"musicdb/server"
)

// Who hears the stream goes on hearing it although nobody new can come in: a key that
// cannot be read, also because descriptors have run out, is no reason for a restart.
func TestAliveWithoutAKeyToRead(t *testing.T) {
	t.Parallel()
	var isUnreadable atomic.Bool
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.Key = func() (string, error) {
			if isUnreadable.Load() {
				return "", errors.New("too many open files")
			}
			return testKey, nil
		}
	}})
	isUnreadable.Store(true)
	if err := d.Alive(t.Context()); err != nil {
		t.Error(err)
	}
}

// A server that answers is alive; without its library, and after its end, it is
// not, and says what does not answer.
func TestAlive(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	if err := d.Alive(t.Context()); err != nil {
		t.Error(err)
	}
	if got := d.Summary(); got != "The audio stream is switched off; 102 songs, 0 clients, 0 listeners" {
		t.Errorf("summary %q", got)
	}
	c := d.dial()
	fence(t, c)
	if got := d.Summary(); !strings.Contains(got, "102 songs, 1 client, 0 listeners") {
		t.Errorf("summary with a client %q", got)
	}
	if err := c.Close(); err != nil { // who does not answer the farewell is waited for
		t.Error(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Alive(over); err == nil {
		t.Error("alive beyond the time limit")
	}
	d.stop()
	if err := d.Alive(t.Context()); err == nil || !strings.Contains(err.Error(), "engine") {
		t.Errorf("after the end: %v", err)
	}
	if err := d.library.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Alive(t.Context()); err == nil || !strings.Contains(err.Error(), "library") {
		t.Errorf("without a library: %v", err)
	}
}
