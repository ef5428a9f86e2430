package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"musicdb/media/stream"
)

// The types of settings with few allowed values. Each decodes itself and says
// what is allowed; what reads it puts the setting's name before that.

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

// SourcePort is a port to connect to.
type SourcePort uint16

// Decode reads a decimal number that is not 0.
func (p *SourcePort) Decode(value string) error {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n == 0 {
		return errors.New("it must be a port number from 1 to 65535")
	}
	*p = SourcePort(n)
	return nil
}

// Seconds is a time in whole seconds.
type Seconds int

// Decode accepts 1 second to an hour.
func (s *Seconds) Decode(value string) error {
	return number(s, value, 1, 3600, "it must be 1 to 3600 seconds")
}

// Duration is the time in Go's unit.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// Minutes is a time in whole minutes.
type Minutes int

// Decode accepts nothing to a year.
func (m *Minutes) Decode(value string) error {
	return number(m, value, 0, 525600, "it must be 0 to 525600 minutes")
}

// Duration is the time in Go's unit.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// Count is a small number of files, which two digits name.
type Count int

// Decode accepts 1 to 99.
func (c *Count) Decode(value string) error {
	return number(c, value, 1, 99, "it must be a number from 1 to 99")
}

// FileVersion is the version of a configuration file.
type FileVersion int

// Decode accepts what a file may call itself.
func (v *FileVersion) Decode(value string) error {
	return number(v, value, 0, 1<<30, "it must be a number, 7 for a file of MusicDB 8.2")
}

func number[T ~int](to *T, value string, least, most int, otherwise string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return errors.New(otherwise)
	}
	*to = T(n)
	return nil
}

// Switch is a truth value, in the spellings of the INI dialect.
type Switch bool

// Decode accepts every spelling in any case.
func (s *Switch) Decode(value string) error {
	switch strings.ToLower(value) {
	case "1", "yes", "true", "on":
		*s = true
	case "0", "no", "false", "off":
		*s = false
	default:
		return errors.New("it must be 1, yes, true or on, or 0, no, false or off")
	}
	return nil
}

// MountName is the path of a stream on an Icecast server.
type MountName string

// Decode accepts an absolute path.
func (m *MountName) Decode(value string) error {
	if !strings.HasPrefix(value, "/") || strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c >= 0x7F || strings.ContainsRune("?#%\"<>", c) }) {
		return errNoMountName
	}
	*m = MountName(value)
	return nil
}

// LogFile is where messages go.
type LogFile string

// The destinations that are no files.
const (
	LogStdout  LogFile = "stdout"
	LogStderr  LogFile = "stderr"
	LogJournal LogFile = "journal"
	LogNowhere LogFile = "/dev/null"
)

// Decode accepts everything but nothing.
func (l *LogFile) Decode(value string) error {
	if value == "" {
		return errors.New("it must be the path of a file, or stdout, stderr, journal or /dev/null")
	}
	*l = LogFile(value)
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
	ImportOn    AutoImport = "on"
	ImportOff   AutoImport = "off"
)

// Decode accepts one of the kinds.
func (a *AutoImport) Decode(value string) error {
	return choose(a, value, ImportEmpty, ImportOn, ImportOff)
}

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
	"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARNING": slog.LevelWarn, "ERROR": slog.LevelError, "CRITICAL": slog.LevelError + 4,
}

// Decode accepts a severity in any case. CRITICAL, which MusicDB 8 takes although it
// says the opposite, is no more than a stricter ERROR.
func (l *LogLevel) Decode(value string) error {
	if value = strings.ToUpper(value); value == "CRITICAL" {
		*l = LogLevel(value)
		return nil
	}
	return choose(l, value, "DEBUG", "INFO", "WARNING", "ERROR")
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
