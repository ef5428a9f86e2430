package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"musicdb/fsm"
)

// Program is what the process machine drives. Each method does what the state of
// the same name is about and returns when it is done. No two run at once.
type Program interface {
	// Initialize shares configuration and databases, starts the workers and builds
	// the search cache. It gives up soon after ctx is cancelled.
	Initialize(ctx context.Context) error
	// StartWebSocketServer opens the listeners and serves them.
	StartWebSocketServer(ctx context.Context) error
	// Broken delivers the failure of a part that the server cannot do without.
	Broken() <-chan error
	// Stale delivers when an import has changed what clients and search remember.
	Stale() <-chan struct{}
	// UpdateCaches rebuilds the search cache and tells every client to refresh.
	UpdateCaches(ctx context.Context) error
	// Reload reads certificates again and opens log files again, without dropping a
	// connection. What cannot be replaced stays in use, and the error says so.
	Reload(ctx context.Context) error
	// Shutdown stops whatever was started, clients first, and waits for it within
	// the program's own time limits. It is called exactly once, always; the process
	// may end before it returns.
	Shutdown(reason string) error
}

// Driver runs a Program along the process machine.
type Driver struct {
	Program Program
	Signals <-chan os.Signal // INT and TERM: end; a second one ends at once
	Refresh <-chan os.Signal // USR1: update the caches as soon as the program runs
	Reload  <-chan os.Signal // HUP: reload as soon as the program runs
	// Pings are closed by the main loop: who sends one and sees it closed knows that
	// the loop is not stuck.
	Pings   <-chan chan struct{}
	Log     *slog.Logger
	Observe *fsm.Observer[ProcessState, ProcessEvent] // may be nil

	run *fsm.Runner[ProcessState, ProcessEvent]
}

// ErrInsisted is the cause of an exit that did not wait for the shutdown: some
// parts may still be running.
var ErrInsisted = errors.New("another signal to end came during the shutdown, so it was not completed")

// outcome is what a step of the program led to: the next event, and why.
type outcome struct {
	event ProcessEvent
	cause error
}

// Drive runs the program until it has ended and returns the exit code: 0 after a
// regular shutdown, 1 after a forced one, and then the failure that forced it.
// This loop is the only place where the process machine moves.
func (d *Driver) Drive(ctx context.Context) (code int, cause error) {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	d.run = fsm.NewRunner(Process, d.Observe, fsm.Effects[ProcessState, ProcessEvent]{})
	defer func() { _ = d.run.Close() }()

	for next := d.begin(); ; next = d.step(ctx) {
		switch {
		case cause == nil:
			cause = next.cause
		case next.cause != nil:
			cause = fmt.Errorf("%w; %w", cause, next.cause)
		}
		from := d.run.State()
		if err := d.run.Fire(ctx, next.event, nil); err != nil {
			// The table has a row for each event that step returns; a missing one is
			// a fault of this file, and the process must not hang on it.
			d.Log.Error("process machine", "err", err)
			return 1, errors.Join(cause, err)
		}
		to := d.run.State()
		d.Log.Debug("process", "from", Process.StateName(from), "event", Process.EventName(next.event), "to", Process.StateName(to))
		switch to {
		case ExitedRegularly:
			return 0, nil
		case ExitedForced:
			return 1, cause
		default: // goes on
		}
	}
}

func (d *Driver) begin() outcome {
	if d.asked() {
		return outcome{event: Shutdown}
	}
	return outcome{event: Initialize}
}

// step does what the present state is about and returns the event that follows.
func (d *Driver) step(ctx context.Context) outcome {
	switch d.run.State() {
	case Initializing:
		return d.cancellable(ctx, d.Program.Initialize, InitializeSucceeded)
	case Initialized:
		return d.unlessAsked(StartWebSocketServer)
	case Binding:
		return d.cancellable(ctx, d.Program.StartWebSocketServer, Listening)
	case Ready:
		return d.unlessAsked(Run)
	case Running:
		return d.wait(ctx)
	case UpdatingCaches:
		if err := contain(func() error { return d.Program.UpdateCaches(ctx) }); err != nil {
			d.Log.Error("the caches were not updated; the old ones stay in use", "err", err)
		}
		return outcome{event: CachesUpdated}
	case Reloading:
		if err := contain(func() error { return d.Program.Reload(ctx) }); err != nil {
			d.Log.Error("not everything was reloaded; what failed stays as it was", "err", err)
		}
		return outcome{event: Reloaded}
	default: // Stopping, Aborting
		return d.shutDown()
	}
}

// shutDown stops the program, unless a signal asks not to wait for that.
func (d *Driver) shutDown() outcome {
	result := make(chan error, 1)
	go func() { result <- contain(func() error { return d.Program.Shutdown("Server shutdown") }) }()
	select {
	case err := <-result:
		if err != nil {
			d.Log.Warn("not everything stopped in time", "err", err)
		}
		return outcome{event: Stopped}
	case s := <-d.Signals:
		d.Log.Warn("ending at once", "signal", s.String())
		return outcome{Insist, ErrInsisted}
	}
}

// wait is the main loop: it sleeps until a signal or a failure arrives.
func (d *Driver) wait(ctx context.Context) outcome {
	for {
		select {
		case <-ctx.Done():
			return outcome{event: Shutdown}
		case err := <-d.Program.Broken():
			return outcome{Failed, err}
		case <-d.Program.Stale():
			return outcome{event: UpdateCaches}
		case <-d.Refresh:
			return outcome{event: UpdateCaches}
		case <-d.Reload:
			return outcome{event: Reload}
		case ping := <-d.Pings:
			close(ping)
		case s := <-d.Signals:
			d.Log.Info("shutting down", "signal", s.String())
			return outcome{event: Shutdown}
		}
	}
}

// cancellable runs one step of the start. A signal to end cancels it, and it has
// returned before anything is stopped.
func (d *Driver) cancellable(ctx context.Context, do func(context.Context) error, done ProcessEvent) outcome {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- contain(func() error { return do(ctx) }) }()
	select {
	case err := <-result:
		if err != nil {
			return outcome{Failed, err}
		}
		return outcome{event: done}
	case s := <-d.Signals:
		d.Log.Info("shutting down before the start was complete", "signal", s.String())
		cancel()
		if err := <-result; err != nil {
			d.Log.Debug("the start was broken off", "err", err)
		}
		return outcome{event: Shutdown}
	}
}

func (d *Driver) unlessAsked(next ProcessEvent) outcome {
	if d.asked() {
		return outcome{event: Shutdown}
	}
	return outcome{event: next}
}

// asked tells whether a signal to end has arrived already.
func (d *Driver) asked() bool {
	select {
	case s := <-d.Signals:
		d.Log.Info("shutting down", "signal", s.String())
		return true
	default:
		return false
	}
}

// contain turns a panic into an error, so that a shutdown is still a shutdown.
func contain(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return f()
}
