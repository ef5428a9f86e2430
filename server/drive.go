package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"

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
	// Shutdown stops whatever was started, clients first, and waits for it within
	// the program's own time limits. It is called exactly once, always.
	Shutdown(reason string) error
}

// Driver runs a Program along the process machine.
type Driver struct {
	Program Program
	Signals <-chan os.Signal
	Log     *slog.Logger
	Observe *fsm.Observer[ProcessState, ProcessEvent] // may be nil

	run *fsm.Runner[ProcessState, ProcessEvent]
}

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
		if next.cause != nil {
			cause = next.cause
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
	default: // Stopping, Aborting
		if err := contain(func() error { return d.Program.Shutdown("Server shutdown") }); err != nil {
			d.Log.Warn("not everything stopped in time", "err", err)
		}
		return outcome{event: Stopped}
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
		case s := <-d.Signals:
			if s == syscall.SIGUSR1 {
				return outcome{event: UpdateCaches}
			}
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
	for {
		select {
		case err := <-result:
			if err != nil {
				return outcome{Failed, err}
			}
			return outcome{event: done}
		case s := <-d.Signals:
			if s == syscall.SIGUSR1 {
				d.Log.Info("not ready yet: nothing to refresh", "signal", s.String())
				continue
			}
			d.Log.Info("shutting down before the start was complete", "signal", s.String())
			cancel()
			if err := <-result; err != nil {
				d.Log.Debug("the start was broken off", "err", err)
			}
			return outcome{event: Shutdown}
		}
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
	for {
		select {
		case s := <-d.Signals:
			if s != syscall.SIGUSR1 {
				d.Log.Info("shutting down", "signal", s.String())
				return true
			}
		default:
			return false
		}
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
