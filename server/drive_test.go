package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"musicdb/fsm"
	"musicdb/fsm/fsmtest"
)

func TestBothRunnersAgreeOnTheProcess(t *testing.T) { fsmtest.Agree(t, Process) }

// actor is a Program that does what a test tells it and remembers what was asked.
type actor struct {
	mu     sync.Mutex // guards calls
	calls  []string
	broken chan error
	stale  chan struct{}
	loop   sync.Once // the main loop asks for failures before it sleeps
	inLoop func()
	do     map[string]func(ctx context.Context) error
}

func newActor() *actor {
	return &actor{broken: make(chan error, 1), stale: make(chan struct{}, 1), inLoop: func() {}, do: map[string]func(context.Context) error{}}
}

func (a *actor) act(ctx context.Context, name string) error {
	a.mu.Lock()
	a.calls = append(a.calls, name)
	do := a.do[name]
	a.mu.Unlock()
	if do != nil {
		return do(ctx)
	}
	return nil
}

func (a *actor) Initialize(ctx context.Context) error           { return a.act(ctx, "init") }
func (a *actor) StartWebSocketServer(ctx context.Context) error { return a.act(ctx, "start") }
func (a *actor) Broken() <-chan error {
	a.loop.Do(a.inLoop)
	return a.broken
}
func (a *actor) Stale() <-chan struct{}                 { return a.stale }
func (a *actor) UpdateCaches(ctx context.Context) error { return a.act(ctx, "update") }
func (a *actor) Reload(ctx context.Context) error       { return a.act(ctx, "reload") }
func (a *actor) Shutdown(string) error                  { return a.act(context.Background(), "stop") }

var errNoLuck = errors.New("no luck")

func TestProcessLifecycle(t *testing.T) {
	// Signals that are sent when a step is reached; "" is before the start.
	type script struct {
		signals map[string][]os.Signal
		fail    map[string]error
		panics  string
		broken  bool // a listener fails while running
		stale   bool // an import has finished
		hangs   bool // stopping does not end by itself
	}
	term, usr1, hup := syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGHUP
	for name, c := range map[string]struct {
		script script
		states string
		calls  string
		code   int
		cause  error
	}{
		"TERM while the listeners open": {
			script{signals: map[string][]os.Signal{"start": {term}}},
			"Initializing Initialized Binding Stopping ExitedRegularly", "init start stop", 0, nil},
		"USR1, then INT": {
			script{signals: map[string][]os.Signal{"run": {usr1}, "update": {syscall.SIGINT}}},
			"Initializing Initialized Binding Ready Running UpdatingCaches Running Stopping ExitedRegularly", "init start update stop", 0, nil},
		"a finished import, then TERM": {
			script{stale: true, signals: map[string][]os.Signal{"update": {term}}},
			"Initializing Initialized Binding Ready Running UpdatingCaches Running Stopping ExitedRegularly", "init start update stop", 0, nil},
		"a failing update changes nothing": {
			script{signals: map[string][]os.Signal{"run": {usr1}, "update": {term}}, fail: map[string]error{"update": errNoLuck}},
			"Initializing Initialized Binding Ready Running UpdatingCaches Running Stopping ExitedRegularly", "init start update stop", 0, nil},
		"HUP, then TERM": {
			script{signals: map[string][]os.Signal{"run": {hup}, "reload": {term}}},
			"Initializing Initialized Binding Ready Running Reloading Running Stopping ExitedRegularly", "init start reload stop", 0, nil},
		"a failing reload changes nothing": {
			script{signals: map[string][]os.Signal{"run": {hup}, "reload": {term}}, fail: map[string]error{"reload": errNoLuck}},
			"Initializing Initialized Binding Ready Running Reloading Running Stopping ExitedRegularly", "init start reload stop", 0, nil},
		"HUP before the start waits for the main loop": {
			script{signals: map[string][]os.Signal{"": {hup}, "reload": {term}}},
			"Initializing Initialized Binding Ready Running Reloading Running Stopping ExitedRegularly", "init start reload stop", 0, nil},
		"TERM before the start": {
			script{signals: map[string][]os.Signal{"": {term}}},
			"Stopping ExitedRegularly", "stop", 0, nil},
		"USR1 before the start waits for the main loop": {
			script{signals: map[string][]os.Signal{"": {usr1}, "update": {term}}},
			"Initializing Initialized Binding Ready Running UpdatingCaches Running Stopping ExitedRegularly", "init start update stop", 0, nil},
		"TERM while initializing": {
			script{signals: map[string][]os.Signal{"init": {usr1, term}}, fail: map[string]error{"init": context.Canceled}},
			"Initializing Stopping ExitedRegularly", "init stop", 0, nil},
		"initializing fails": {
			script{fail: map[string]error{"init": errNoLuck}},
			"Initializing Aborting ExitedForced", "init stop", 1, errNoLuck},
		"initializing panics": {
			script{panics: "init"},
			"Initializing Aborting ExitedForced", "init stop", 1, nil},
		"a port in use": {
			script{fail: map[string]error{"start": errNoLuck}},
			"Initializing Initialized Binding Aborting ExitedForced", "init start stop", 1, errNoLuck},
		"a listener breaks": {
			script{broken: true},
			"Initializing Initialized Binding Ready Running Aborting ExitedForced", "init start stop", 1, errNoLuck},
		"stopping fails after TERM": {
			script{signals: map[string][]os.Signal{"run": {term}}, fail: map[string]error{"stop": errNoLuck}},
			"Initializing Initialized Binding Ready Running Stopping ExitedRegularly", "init start stop", 0, nil},
		"TERM again during the shutdown": {
			script{signals: map[string][]os.Signal{"run": {term}, "stop": {term}}, hangs: true},
			"Initializing Initialized Binding Ready Running Stopping ExitedForced", "init start stop", 1, ErrInsisted},
		"INT during the shutdown after a failure": {
			script{broken: true, signals: map[string][]os.Signal{"stop": {syscall.SIGINT}}, hangs: true},
			"Initializing Initialized Binding Ready Running Aborting ExitedForced", "init start stop", 1, ErrInsisted},
	} {
		t.Run(name, func(t *testing.T) {
			a, signals, refresh, reload := newActor(), make(chan os.Signal, 8), make(chan os.Signal, 8), make(chan os.Signal, 8)
			send := func(at string) {
				for _, s := range c.script.signals[at] {
					switch s {
					case usr1:
						refresh <- s
					case hup:
						reload <- s
					default:
						signals <- s
					}
				}
			}
			over := make(chan struct{})
			defer close(over)
			a.inLoop = func() {
				send("run")
				if c.script.broken {
					a.broken <- errNoLuck
				}
				if c.script.stale {
					a.stale <- struct{}{}
				}
			}
			for _, step := range []string{"init", "start", "update", "reload", "stop"} {
				a.do[step] = func(ctx context.Context) error {
					send(step)
					if c.script.panics == step {
						panic("no luck")
					}
					if len(c.script.signals[step]) > 0 && (step == "init" || step == "start") {
						<-ctx.Done() // a signal to end cancels the step
					}
					if step == "stop" && c.script.hangs {
						<-over
					}
					return c.script.fail[step]
				}
			}
			send("")
			check(t, &Driver{Program: a, Signals: signals, Refresh: refresh, Reload: reload}, a, c.states, c.calls, c.code, c.cause)
		})
	}
}

func check(t *testing.T, d *Driver, a *actor, states, calls string, code int, cause error) {
	t.Helper()
	d.Log = slog.New(slog.DiscardHandler)
	d.Observe = fsm.NewObserver(Process, 0)
	gotCode, gotCause := d.Drive(t.Context())
	var walk []string
	for _, step := range d.run.Trace() {
		walk = append(walk, Process.StateName(step.To))
	}
	if got := strings.Join(walk, " "); got != states {
		t.Errorf("states\ngot  %s\nwant %s", got, states)
	}
	if got := strings.Join(a.calls, " "); got != calls {
		t.Errorf("calls: got %q, want %q", got, calls)
	}
	if gotCode != code || code == 1 && gotCause == nil || cause != nil && !errors.Is(gotCause, cause) {
		t.Errorf("exit code %d (%v), want %d (%v)", gotCode, gotCause, code, cause)
	}
	if f := d.Observe.Figures(); f.Refused != 0 || f.Started != 1 || f.Ended != 1 || f.Unfinished != 0 {
		t.Errorf("figures %+v", f)
	}
}

// Whatever fails and whenever a signal comes: the process ends, shuts down exactly
// once, and with exit code 0 only if it was asked to end.
func TestProcessAlwaysEndsWithOneShutdown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, signals, refresh := newActor(), make(chan os.Signal, 64), make(chan os.Signal, 64)
		failing := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"init", "start", "update", "stop"}), func(s string) string { return s }).Draw(rt, "failing")
		noise := rapid.SliceOfN(rapid.SampledFrom([]os.Signal{syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT}), 0, 5).Draw(rt, "signals")
		at := rapid.SampledFrom([]string{"init", "start", "stop"}).Draw(rt, "at")
		stopped := make(chan struct{})
		for _, step := range []string{"init", "start", "update", "stop"} {
			a.do[step] = func(context.Context) error {
				if step == at {
					for _, s := range noise {
						if s == syscall.SIGUSR1 {
							refresh <- s
						} else {
							signals <- s
						}
					}
				}
				if step == "stop" {
					defer close(stopped)
				}
				if step == "start" {
					a.broken <- errNoLuck // so that it ends in any case
				}
				for _, f := range failing {
					if f == step {
						return errNoLuck
					}
				}
				return nil
			}
		}
		d := &Driver{Program: a, Signals: signals, Refresh: refresh}
		code, cause := d.Drive(t.Context())
		<-stopped // a second signal does not wait for it
		stops := 0
		for _, call := range a.calls {
			if call == "stop" {
				stops++
			}
		}
		if stops != 1 || a.calls[len(a.calls)-1] != "stop" {
			rt.Fatalf("calls %v", a.calls)
		}
		if (code == 0) != (cause == nil) {
			rt.Fatalf("exit code %d with cause %v", code, cause)
		}
	})
}

// The main loop answers every ping while it has nothing else to do, and none after
// its end.
func TestTheMainLoopAnswersPings(t *testing.T) {
	a, signals, pings := newActor(), make(chan os.Signal, 1), make(chan chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&Driver{Program: a, Signals: signals, Pings: pings}).Drive(t.Context())
	}()
	for range 3 {
		ping := make(chan struct{})
		pings <- ping
		<-ping
	}
	signals <- syscall.SIGTERM
	<-done
	select {
	case pings <- make(chan struct{}):
		t.Error("somebody took a ping after the end")
	default:
	}
}
