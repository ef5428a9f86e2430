package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"musicdb/media/ffmpeg/embedded"
	"musicdb/server"
)

type serveCommand struct{}

// Run builds the server and drives it from its first part to its exit code.
// INT and TERM end it regularly at any time, USR1 updates its caches, HUP makes it
// read certificates and open log files again.
func (serveCommand) Run(file configFile) error {
	// A channel each: a flood of the one signal must not displace the other.
	end, refresh, reload := make(chan os.Signal, 2), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	signal.Notify(refresh, syscall.SIGUSR1)
	defer signal.Stop(end)
	defer signal.Stop(refresh)
	defer hangUps(end, reload)()

	settings, err := load(string(file))
	if err != nil {
		return err
	}
	if err := settings.checkIdentity(os.Geteuid(), os.Getegid()); err != nil {
		return err
	}
	settings.remarkOnIdentity()
	if err := settings.forgetSecrets(); err != nil {
		return err
	}
	to, err := openLogs(settings, os.Stdout, os.Stderr)
	if err != nil {
		return err
	}
	defer func() { _ = to.close() }() // the last message is written
	err = serve(settings, to, signals{end, refresh, reload})
	if err != nil && to.hidden {
		to.log.Error("the server has ended", "err", err)
	}
	return err
}

// signals are what the operating system asks of a running server.
type signals struct{ end, refresh, reload chan os.Signal }

// serve runs the server until it ends.
func serve(settings *Settings, to *logs, from signals) error {
	log := to.log
	settings.announce(log)
	embedded.Release() // this process only starts children of it

	parts, err := build(context.Background(), settings, to)
	if err != nil {
		return err
	}
	program := &service{Server: parts.server, log: log, pings: make(chan chan struct{})}
	driver := &server.Driver{Program: program, Signals: from.end, Refresh: from.refresh, Reload: from.reload,
		Pings: program.pings, Log: log, Observe: parts.server.Observer()}
	code, cause := driver.Drive(context.Background())
	if errors.Is(cause, server.ErrInsisted) {
		return cause // what still runs uses the parts; the system closes them
	}
	if err := parts.close(); err != nil {
		log.Warn("not everything was closed properly", "err", err)
	}
	if code != 0 && cause == nil {
		cause = errors.New("the server ended without saying why")
	}
	return cause
}
