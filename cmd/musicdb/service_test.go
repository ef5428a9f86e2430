package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// manager is the service manager's end of the notifications.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
	name string
}

func newManager(t *testing.T) *manager {
	t.Helper()
	dir, err := os.MkdirTemp("", "musicdb-notify-") // the address of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := &manager{t: t, name: filepath.Join(dir, "s")}
	if m.conn, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.name, Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.conn.Close() })
	return m
}

// wait returns the first message that begins as wanted, and those before it.
func (m *manager) wait(wanted string) (message string, before []string) {
	m.t.Helper()
	buffer := make([]byte, 4096)
	_ = m.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		n, err := m.conn.Read(buffer)
		if err != nil {
			m.t.Fatalf("%s never came, but %q: %v", wanted, before, err)
		}
		if message = string(buffer[:n]); strings.HasPrefix(message, wanted) {
			return message, before
		}
		before = append(before, message)
	}
}

// The service manager is told what the server does, from READY to STOPPING.
func TestTheServiceManagerIsTold(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	file, _ := moved(t, anyHTTPPort)
	c := start(t, bare("NOTIFY_SOCKET="+m.name, "WATCHDOG_USEC=600000"), "serve", "--config", file)
	if _, before := m.wait("READY=1"); len(before) > 0 {
		t.Errorf("before READY came %q", before)
	}
	c.waitReady()
	m.wait("WATCHDOG=1")
	if status, _ := m.wait("STATUS="); !strings.Contains(status, "102 songs, 0 clients, 0 listeners") {
		t.Errorf("%q", status)
	}
	m.wait("WATCHDOG=1")
	_ = c.cmd.Process.Signal(syscall.SIGHUP)
	reloading, _ := m.wait("RELOADING=1")
	_, clock, _ := strings.Cut(reloading, "\nMONOTONIC_USEC=")
	if n, err := strconv.ParseUint(clock, 10, 64); err != nil || n == 0 {
		t.Errorf("%q", reloading)
	}
	if _, between := m.wait("READY=1"); len(between) > 1 { // a watchdog message may be
		t.Errorf("between RELOADING and READY came %q", between)
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	m.wait("STOPPING=1")
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
}

// A start that fails says no READY, and ends with 1.
func TestAFailingStartIsNeverReady(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	file, _ := moved(t, "[stream]\nstart = loud\n")
	c := start(t, bare("NOTIFY_SOCKET="+m.name), "serve", "--config", file)
	if code := c.end(); code != 1 || !strings.Contains(c.text(), "[stream] start is \"loud\"") {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
	_ = m.conn.SetReadDeadline(time.Now()) // what was sent is here
	if n, err := m.conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes came", n)
	}
}

// The watchdog is told twice in its interval, and nothing while the server does not
// show that it is alive.
func TestTheWatchdogIsToldTheTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		const interval = 30 * time.Second
		var mu sync.Mutex // guards alive and at
		alive := func(context.Context) error { return nil }
		var at []time.Duration
		start, done := time.Now(), make(chan struct{})
		go func() {
			defer close(done)
			feedWatchdog(ctx, interval, func(ctx context.Context) error {
				mu.Lock()
				do := alive
				mu.Unlock()
				return do(ctx)
			}, func() {
				mu.Lock()
				defer mu.Unlock()
				at = append(at, time.Since(start))
			}, slog.New(slog.DiscardHandler))
		}()
		// told is when the manager was told something in the next span of time.
		told := func(span time.Duration, as func(context.Context) error) []time.Duration {
			mu.Lock()
			alive, at = as, nil
			mu.Unlock()
			<-time.After(span)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return at
		}
		healthy := func(context.Context) error { return nil }
		if got := told(2*interval+time.Second, healthy); len(got) < 4 || got[len(got)-1]-got[len(got)-2] != interval/2 {
			t.Errorf("told at %v", got)
		}
		for what, as := range map[string]func(context.Context) error{
			"is stuck": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
			"fails":    func(context.Context) error { return errors.New("no library") },
		} {
			if got := told(3*interval, as); len(got) > 0 {
				t.Errorf("a server that %s was called alive at %v", what, got)
			}
		}
		if got := told(interval, healthy); len(got) == 0 {
			t.Error("a server that answers again is not called alive")
		}
		cancel()
		<-done
	})
}

// No title becomes an assignment.
func TestAStatusIsOneLine(t *testing.T) {
	if got := statusIs("Playing A\nMAINPID=1\r\x00B"); got != "STATUS=Playing A MAINPID=1  B" {
		t.Errorf("%q", got)
	}
}
