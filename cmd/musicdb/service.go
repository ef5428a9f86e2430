package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/coreos/go-systemd/v22/daemon"

	"musicdb/server"
)

// service is the server as a service manager sees it: it tells when it is ready,
// what it does, when it reloads and stops, and that it is alive (sd_notify). All of
// that is silence where no manager listens.
type service struct {
	*server.Server
	log   *slog.Logger
	pings chan chan struct{} // taken by the main loop

	stop    context.CancelFunc // of the reporting
	reports sync.WaitGroup
}

// statusPeriod is how often the status may change.
const statusPeriod = 2 * time.Second

// StartWebSocketServer says READY as soon as clients can connect (server.Program).
func (s *service) StartWebSocketServer(ctx context.Context) error {
	if err := s.Server.StartWebSocketServer(ctx); err != nil {
		return err
	}
	if !s.tell(daemon.SdNotifyReady) {
		return nil
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.reports.Go(func() { s.reportStatus(ctx) })
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		s.log.Warn("the watchdog of the service manager is not served", "err", err)
	}
	if interval > 0 {
		s.reports.Go(func() {
			feedWatchdog(ctx, interval, s.alive, func() { s.tell(daemon.SdNotifyWatchdog) }, s.log)
		})
	}
	return nil
}

// Reload says RELOADING before and READY behind (server.Program).
func (s *service) Reload(ctx context.Context) error {
	s.tell(daemon.SdNotifyReloading, strings.TrimSpace(daemon.SdNotifyMonotonicUsec()))
	err := s.Server.Reload(ctx)
	s.tell(daemon.SdNotifyReady)
	return err
}

// Shutdown says STOPPING (server.Program).
func (s *service) Shutdown(reason string) error {
	s.tell(daemon.SdNotifyStopping, statusIs("Stopping"))
	if s.stop != nil {
		s.stop()
		s.reports.Wait()
	}
	return s.Server.Shutdown(reason)
}

// reportStatus tells the status when it has changed.
func (s *service) reportStatus(ctx context.Context) {
	told := ""
	tick := time.NewTicker(statusPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := s.Summary(); now != told {
			s.tell(statusIs(now))
			told = now
		}
	}
}

// alive makes a round trip through the main loop, the library and the engine.
func (s *service) alive(ctx context.Context) error {
	ping := make(chan struct{})
	select {
	case s.pings <- ping:
	case <-ctx.Done():
		return fmt.Errorf("the main loop does not answer: %w", ctx.Err())
	}
	return s.Alive(ctx)
}

// feedWatchdog tells that the server is alive, twice in the interval after which a silent
// one is killed, but only as often as that is true.
func feedWatchdog(ctx context.Context, interval time.Duration, alive func(context.Context) error, tell func(), log *slog.Logger) {
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		asked, cancel := context.WithTimeout(ctx, interval/3)
		err := alive(asked)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("the server did not show that it is alive; the service manager may end it", "err", err)
		default:
			tell()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell sends assignments to the service manager, and returns whether there is one.
func (s *service) tell(assignments ...string) bool {
	told, err := daemon.SdNotify(false, strings.Join(assignments, "\n"))
	if err != nil {
		s.log.Debug("the service manager cannot be told anything", "err", err)
	}
	return told || err != nil
}

// statusIs is the assignment of a status. A title with a line break in it must not
// become an assignment of its own.
func statusIs(text string) string {
	return "STATUS=" + strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
