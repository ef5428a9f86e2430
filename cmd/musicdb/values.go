package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/stream"
)

// The types of settings with few allowed values. Each decodes itself and says
// what is allowed; loadConfig puts the variable's name before it.

// Port is a TCP port; 0 lets the system choose.
type Port uint16

// Decode reads a decimal number.
func (p *Port) Decode(value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return errors.New("it must be a port number from 0 to 65535")
	}
	*p = Port(n)
	return nil
}

// TLSMode says which connections a listener speaks TLS with.
type TLSMode string

// The TLS modes; MUSICDB_WEBSOCKET_TLS explains them.
const (
	TLSAuto TLSMode = "auto"
	TLSOn   TLSMode = "on"
	TLSOff  TLSMode = "off"
)

// Decode accepts one of the modes.
func (m *TLSMode) Decode(value string) error { return choose(m, value, TLSAuto, TLSOn, TLSOff) }

// AutoImport says whether music enters the database by itself.
type AutoImport string

// The kinds of automatic import; MUSICDB_MUSIC_AUTOIMPORT explains them.
const (
	ImportEmpty AutoImport = "empty"
	ImportOff   AutoImport = "off"
)

// Decode accepts one of the kinds.
func (a *AutoImport) Decode(value string) error { return choose(a, value, ImportEmpty, ImportOff) }

// StreamStart says what the stream does after a start.
type StreamStart string

// The ways to start; MUSICDB_STREAM_START explains them.
const (
	StartResume StreamStart = "resume"
	StartPlay   StreamStart = "play"
	StartPaused StreamStart = "paused"
)

// Decode accepts one of the ways.
func (s *StreamStart) Decode(value string) error {
	return choose(s, value, StartResume, StartPlay, StartPaused)
}

// Mode is the setting in the stream's terms.
func (s StreamStart) Mode() stream.StartMode {
	switch s {
	case StartPlay:
		return stream.StartPlay
	case StartPaused:
		return stream.StartPaused
	default:
		return stream.Resume
	}
}

// LogLevel is a severity, by the names that MusicDB's configuration has for it.
type LogLevel string

var levels = map[LogLevel]slog.Level{
	"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARNING": slog.LevelWarn, "ERROR": slog.LevelError,
}

// Decode accepts a severity in any case.
func (l *LogLevel) Decode(value string) error {
	return choose(l, strings.ToUpper(value), "DEBUG", "INFO", "WARNING", "ERROR")
}

// Level is the severity in the logger's terms.
func (l LogLevel) Level() slog.Level { return levels[l] }

// Secret is a text that no listing shows.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(set, not shown)"
}

func choose[T ~string](to *T, value string, allowed ...T) error {
	if !slices.Contains(allowed, T(value)) {
		names := make([]string, len(allowed))
		for i, a := range allowed {
			names[i] = string(a)
		}
		last := len(names) - 1
		return fmt.Errorf("it must be %s or %s", strings.Join(names[:last], ", "), names[last])
	}
	*to = T(value)
	return nil
}
