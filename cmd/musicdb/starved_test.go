package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A server that may open no further file neither spins nor forgets who is connected: the
// stream and clients go on, and when descriptors are free again it lets in who waits.
func TestMissingDescriptorsPass(t *testing.T) {
	t.Parallel()
	w := newWeather(t)
	pid := w.c.cmd.Process.Pid
	listener := listen(t, w.c)

	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	const few = 6
	var was unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &was); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(open) + few), Max: was.Max}, nil); err != nil {
		t.Fatal(err)
	}
	var crowd []net.Conn
	knock := func(url string) *attacker {
		_, address, _ := strings.Cut(strings.TrimSuffix(url, "/"), "://")
		a, err := attackFrom(t.Context(), address, w.key, len(crowd))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		crowd = append(crowd, a)
		return a
	}
	for range 3 * few { // the system accepts them, the server cannot
		knock(w.c.socket())
		knock(w.c.page())
	}
	w.c.waitLog(`msg="cannot accept connections for a moment"`)
	w.c.waitLog(`msg="HTTP connections cannot be accepted for a moment"`)
	waiting := knock(w.c.socket())

	w.honest.felt(t)
	if busy := w.idle(t); busy > 0.5 {
		t.Errorf("while it cannot accept, the server uses %.0f %% of a processor", 100*busy)
	}
	if felt := w.honest.felt(t); felt.p99 > busyLimit {
		t.Errorf("honest calls took up to %v", felt.max)
	}
	for _, c := range crowd[:len(crowd)-1] {
		_ = c.Close()
	}
	if err := waiting.open(); err != nil {
		t.Errorf("who has waited does not get in: %v", err)
	}
	newcomer := w.c.connect(t.Context())
	if _, err := newcomer.Request(t.Context(), "Bounce", "hello"); err != nil {
		t.Errorf("a newcomer: %v", err)
	}
	if n := metric(t, w.c, `musicdb_limit_reached_total{limit="descriptors",listener="http"}`); n == 0 {
		t.Error("the metrics know nothing of it")
	}
	if heard := listener.heard(t); heard.least < 0 {
		t.Errorf("the stream was late by %v after %v", -heard.least, heard.worst)
	}
}
