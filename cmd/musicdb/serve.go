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
func (serveCommand) Run() error {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1)
	defer signal.Stop(signals)

	config, err := loadConfig()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: config.Log.LogLevel.Level()}))
	embedded.Release() // this process only starts children of it

	parts, err := build(context.Background(), config, log)
	if err != nil {
		return err
	}
	driver := &server.Driver{Program: parts.server, Signals: signals, Log: log, Observe: parts.server.Observer()}
	code, cause := driver.Drive(context.Background())
	if err := parts.close(); err != nil {
		log.Warn("not everything was closed properly", "err", err)
	}
	if code != 0 && cause == nil {
		cause = errors.New("the server ended without saying why")
	}
	return cause
}
