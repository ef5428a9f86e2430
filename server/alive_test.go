package server_test

import (
	"context"
	"strings"
	"testing"
)

// A server that answers is alive; without its library, and after its end, it is
// not, and says what does not answer.
func TestAlive(t *testing.T) {
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
