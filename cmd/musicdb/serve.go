package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"musicdb/media/ffmpeg/embedded"
	"musicdb/server"
)

type serveCommand struct{}

// Run builds the server and drives it from its first part to its exit code.
// INT and TERM end it regularly at any time, USR1 updates its caches.
func (serveCommand) Run(file configFile) error {
	// A channel each: a flood of the one signal must not displace the other.
	signals, refresh := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	signal.Notify(refresh, syscall.SIGUSR1)
	defer signal.Stop(signals)
	defer signal.Stop(refresh)

	settings, err := load(string(file))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: settings.Log.LogLevel.Level()}))
	for _, w := range settings.Warnings {
		log.Warn("the configuration file: " + w.Error())
	}
	embedded.Release() // this process only starts children of it

	parts, err := build(context.Background(), settings, log)
	if err != nil {
		return err
	}
	driver := &server.Driver{Program: parts.server, Signals: signals, Refresh: refresh, Log: log, Observe: parts.server.Observer()}
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
