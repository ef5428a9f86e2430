package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What a storm may cost those who have nothing to do with it.
const (
	honestLimit = 50 * time.Millisecond // for 99 of 100 calls, where the machine has nothing else to do
	busyLimit   = 5 * time.Second       // for the same while other tests run
)

// Whatever attackers do, the stream goes on, honest clients are served, strangers may
// come in, and when the storm is over nothing of it is left.
func TestStormsPass(t *testing.T) {
	length, settings := 150*time.Millisecond, []string{"MUSICDB_WEBSOCKET_OPENTIMEOUT=1", "MUSICDB_WEBSOCKET_CLOSETIMEOUT=1"}
	if *soak {
		length, settings = 10*time.Second, nil
	} else {
		t.Parallel()
	}
	w := newWeather(t, append(settings, "MUSICDB_LOG_LOGLEVEL=INFO")...)
	listener, busy := listen(t, w.c), loadAverage(t)
	if *soak {
		yieldToOthers(t)
	}
	began := time.Now()
	starved, silent := metric(t, w.c, starvedMetric), metric(t, w.c, silentMetric)
	w.level = sockets(t, w.c.cmd.Process.Pid)
	var lines strings.Builder
	fmt.Fprintf(&lines, "%-45s %6s %8s %7s %7s %7s %8s %7s %6s %7s\n", "storm", "crowd", "attacks", "p50 ms", "p99 ms", "max ms", "new ms", "CPU s", "MB", "calm s")
	slow := 0
	for _, s := range slices.Concat(websocketStorms, httpStorms) {
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
			over := w.survive(t, s, length)
			lines.WriteString(over.line(s))
			t.Log("\n" + over.line(s))
			switch {
			case over.honest.p99 > busyLimit:
				t.Errorf("honest calls took up to %v, one in a hundred more than %v", over.honest.max, over.honest.p99)
			case over.honest.p99 > honestLimit:
				slow++
			}
		})
	}
	heard, took := listener.heard(t), time.Since(began)
	if heard.least < 0 || heard.sound < took {
		t.Errorf("in %v the stream brought %v of sound; at the worst moment, after %v, it was late by %v", took, heard.sound, heard.worst, -heard.least)
	}
	if n := metric(t, w.c, starvedMetric) - starved; n > 0 {
		t.Errorf("the stream had to do without its song for %v s", n)
	}
	if n := metric(t, w.c, silentMetric) - silent; n > 0 {
		t.Errorf("the stream sent %v frames of silence", n)
	}
	idle := w.idle(t)
	if idle > 0.5 {
		t.Errorf("when all is over, the server uses %.0f %% of a processor", 100*idle)
	}
	report(t, "storm", fmt.Sprintf(`Each storm lasts %v, from fifty addresses, on a server that plays. An honest client calls Bounce every %v;
p50, p99 and max are from the time at which a call was due. new: a newcomer connects and calls. CPU: of the
server in the storm. MB: the most that was resident. calm: until no connection of the storm was left.
Before the storms %s processes of others wanted to run (mean of a minute).

%s
stream        %.1f s of sound; ahead of the clock by at least %.2f s; starved 0 s; silent frames 0
afterwards    %.1f %% of a processor, %d connections as before
`, length, beat, busy, lines.String(), heard.sound.Seconds(), heard.least.Seconds(), 100*idle, w.level))
	if *soak && slow > 0 {
		t.Errorf("in %d storms one in a hundred honest calls took more than %v", slow, honestLimit)
	}
}

// weather is a server in storms.
type weather struct {
	c      *child
	key    string
	honest *pulse
	level  int // sockets while nobody attacks
}

func newWeather(t testing.TB, settings ...string) *weather {
	t.Helper()
	data := t.TempDir()
	w := &weather{c: start(t, environment(data, append(settings, "MUSICDB_STREAM_START=play")...), "serve").waitReady()}
	key, err := os.ReadFile(filepath.Join(data, "config", "wsapikey.txt"))
	if err != nil {
		t.Fatal(err)
	}
	w.key = strings.TrimSpace(string(key))
	user := w.c.connect(t.Context())
	defer user.Close()
	if _, err := user.Request(t.Context(), "Bounce", nil); err != nil { // who shows the key hears
		t.Fatal(err)
	}
	for { // until the music plays
		p, err := user.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if string(p.Signature) == `"onTimeChanged"` && string(p.Arguments) != "0" {
			w.honest = feel(t, w.c.socket(), w.key)
			return w
		}
	}
}

// aftermath is what a storm has cost.
type aftermath struct {
	crowd    int
	attacks  int64
	honest   latency
	newcomer time.Duration
	cpu      time.Duration
	peak     int // KB
	calm     time.Duration
}

func (a aftermath) line(s storm) string {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	name := s.name
	return fmt.Sprintf("%-45s %6d %8d %7.1f %7.1f %7.1f %8.1f %7.2f %6d %7.1f\n", name, a.crowd, a.attacks,
		ms(a.honest.middle), ms(a.honest.p99), ms(a.honest.max), ms(a.newcomer), a.cpu.Seconds(), a.peak>>10, a.calm.Seconds())
}

// survive lets a storm pass.
func (w *weather) survive(t *testing.T, s storm, length time.Duration) (a aftermath) {
	a.crowd = s.crowd
	if *soak {
		a.crowd = s.full
	}
	pid := w.c.cmd.Process.Pid
	w.honest.felt(t)
	forgetPeak(t, pid)
	before, _ := used(t, pid)

	ctx, cancel := context.WithTimeout(t.Context(), length)
	if s.ends {
		cancel()
		ctx, cancel = context.WithTimeout(t.Context(), patience)
	}
	defer cancel()
	var crowd sync.WaitGroup
	var attacks atomic.Int64
	for n := range a.crowd {
		crowd.Go(func() {
			for first := true; first || s.again && ctx.Err() == nil; first = false {
				err := w.strike(ctx, s, n)
				attacks.Add(1)
				if errors.Is(err, errUnexpected) || s.ends && timedOut(err) {
					t.Errorf("attacker %d: %v", n, err)
					return
				}
			}
		})
	}
	began := time.Now()
	newcomer := w.c.connect(t.Context())
	if _, err := newcomer.Request(t.Context(), "Bounce", "hello"); err != nil {
		t.Errorf("a newcomer: %v", err)
	}
	a.newcomer = time.Since(began)
	_ = newcomer.Close()
	crowd.Wait()
	a.attacks = attacks.Load()
	over := time.Now()
	a.honest = w.honest.felt(t)
	w.calm(t)
	a.calm = time.Since(over)
	after, _ := used(t, pid)
	a.cpu, a.peak = after-before, peakMemory(t, pid)
	return a
}

// strike is one attack of one attacker.
func (w *weather) strike(ctx context.Context, s storm, n int) error {
	address := w.c.socket()
	if s.http {
		address = w.c.page()
	}
	_, address, _ = strings.Cut(strings.TrimSuffix(address, "/"), "://")
	a, err := attackFrom(ctx, address, w.key, n)
	if err != nil {
		return err
	}
	defer a.Close()
	return s.attack(ctx, a)
}

// calm waits until no connection of a storm is left.
func (w *weather) calm(t testing.TB) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(2 * patience); ; {
		n := sockets(t, w.c.cmd.Process.Pid)
		if n <= w.level {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%d sockets are open, %d before the storm", n, w.level)
		}
	}
}

// idle is the share of a processor that the server uses when nobody attacks.
func (w *weather) idle(t testing.TB) float64 {
	t.Helper()
	before, _ := used(t, w.c.cmd.Process.Pid)
	began := time.Now()
	<-time.After(time.Second)
	after, _ := used(t, w.c.cmd.Process.Pid)
	return float64(after-before) / float64(time.Since(began))
}

// loadAverage is that of the last minute.
func loadAverage(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	mean, _, _ := strings.Cut(string(text), " ")
	return mean
}

// yieldToOthers gives the attackers what the server, its listener and its honest client
// leave of the processors: they stand for other machines. It ends with this process.
func yieldToOthers(t testing.TB) {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	const nicest = 19
	for _, task := range tasks { // threads to come inherit it
		id, err := strconv.Atoi(task.Name())
		if err == nil {
			err = unix.Setpriority(unix.PRIO_PROCESS, id, nicest)
		}
		if err != nil && !errors.Is(err, unix.ESRCH) {
			t.Fatal(err)
		}
	}
}

// sockets is how many sockets a process has open.
func sockets(t testing.TB, pid int) (n int) {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range list {
		if to, err := os.Readlink(filepath.Join(dir, fd.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// forgetPeak makes peakMemory begin anew.
func forgetPeak(t testing.TB, pid int) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}
