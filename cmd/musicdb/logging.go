package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/coreos/go-systemd/v22/journal"
)

// logs are the places where messages go.
type logs struct {
	log   *slog.Logger
	files []*logFile
	calm  *throttle // nil: nothing is logged but for debugging
	// hidden: what is logged does not appear on standard error.
	hidden bool
}

// openLogs opens what the settings name. An error says which file, and why.
func openLogs(s *Settings, stdout, stderr io.Writer) (_ *logs, err error) {
	l := &logs{hidden: true}
	defer func() {
		if err != nil {
			_ = l.close() // the first error is the one that matters
		}
	}()
	level := s.Log.LogLevel.Level()
	var handlers []slog.Handler
	addCalm := func(to slog.Handler) {
		l.calm = newThrottle(to)
		handlers = append(handlers, l.calm)
	}
	add := func(w io.Writer) { addCalm(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})) }
	missing := false // the journal
	switch s.Log.LogFile {
	case LogNowhere:
	case LogStdout:
		add(stdout)
	case LogStderr:
		l.hidden = false
		add(stderr)
	case LogJournal:
		if missing = !journal.Enabled(); missing {
			l.hidden = false
			add(stderr)
		} else {
			addCalm(newJournalHandler(level, stderr))
		}
	default:
		f, err := l.open(s, "MUSICDB_LOG_LOGFILE", string(s.Log.LogFile))
		if err != nil {
			return nil, err
		}
		add(f)
	}
	if name := s.Log.DebugFile; name != "" && name != string(LogNowhere) {
		f, err := l.open(s, "MUSICDB_LOG_DEBUGFILE", name)
		if err != nil {
			return nil, err
		}
		handlers = append(handlers, slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	l.log = slog.New(slog.NewMultiHandler(handlers...))
	if missing {
		l.log.Warn("the journal of systemd cannot be reached; messages go to standard error", "setting", s.name("MUSICDB_LOG_LOGFILE"))
	}
	return l, nil
}

func (l *logs) open(s *Settings, variable, path string) (*logFile, error) {
	f := &logFile{path: path}
	if err := f.reopen(); err != nil {
		remedy := "give this user the right to write there"
		if errors.Is(err, fs.ErrNotExist) {
			remedy = "make the directory " + filepath.Dir(path)
		}
		return nil, s.problem(variable, fmt.Sprintf("is %s, which cannot be written: %v; %s, or name another file", path, errors.Unwrap(err), remedy))
	}
	l.files = append(l.files, f)
	return f, nil
}

// reopen opens every file anew, after a log rotation has moved the old one away.
// Where that fails the old one stays in use.
func (l *logs) reopen() error {
	var errs []error
	for _, f := range l.files {
		errs = append(errs, f.reopen())
	}
	return errors.Join(errs...)
}

func (l *logs) close() error {
	if l.calm != nil {
		l.calm.flush()
	}
	var errs []error
	for _, f := range l.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

// logFile is a file that messages are appended to. Any goroutine may write.
type logFile struct {
	path string

	mu   sync.Mutex // guards file
	file *os.File
}

// logMode is what a new log file may be used for: by owner and group.
const logMode = 0o660

// reopen opens the file, or makes it with logMode whatever the umask is.
func (f *logFile) reopen() error {
	const how = os.O_WRONLY | os.O_APPEND
	file, err := os.OpenFile(f.path, how, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if file, err = os.OpenFile(f.path, how|os.O_CREATE, logMode); err == nil {
			err = file.Chmod(logMode)
		}
	}
	if err != nil {
		if file != nil {
			_ = file.Close()
		}
		return err
	}
	f.mu.Lock()
	old := f.file
	f.file = file
	f.mu.Unlock()
	if old != nil {
		return old.Close()
	}
	return nil
}

// Write appends one message.
func (f *logFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Write(p)
}

func (f *logFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
