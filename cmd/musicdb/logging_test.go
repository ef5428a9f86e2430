package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// logged opens the logs of a configuration and writes one message of each kind.
func logged(t *testing.T, content string) (l *logs, stdout, stderr *bytes.Buffer) {
	t.Helper()
	clearSettings(t)
	s, err := load(configuration(t, content))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	if l, err = openLogs(s, stdout, stderr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	speak(l)
	return l, stdout, stderr
}

func speak(l *logs) {
	l.log.Debug("a detail")
	l.log.Info("a fact")
	l.log.Warn("a concern", "size", 3)
	l.log.Error("a failure")
}

// heard are the kinds of messages in a text.
func heard(text string) (kinds string) {
	for _, kind := range []string{"detail", "fact", "concern", "failure"} {
		if strings.Contains(text, kind) {
			kinds += kind + " "
		}
	}
	return strings.TrimSpace(kinds)
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhereMessagesGo(t *testing.T) {
	file, debug := filepath.Join(t.TempDir(), "musicdb.log"), filepath.Join(t.TempDir(), "debug.log")
	for _, c := range []struct {
		log                             string
		stdout, stderr, inFile, inDebug string
		hidden                          bool
	}{
		{"logfile = stderr", "", "concern failure", "", "", false},
		{"logfile = stdout\nloglevel = ERROR", "failure", "", "", "", true},
		{"logfile = " + file + "\nloglevel = info", "", "", "fact concern failure", "", true},
		{"logfile = /dev/null\ndebugfile = " + debug, "", "", "", "detail fact concern failure", true},
		{"logfile = " + file + "\nloglevel = critical\ndebugfile = " + debug, "", "", "", "detail fact concern failure", true},
		{"logfile = stderr\nloglevel = DEBUG\ndebugfile = /dev/null", "", "detail fact concern failure", "", "", false},
	} {
		_ = os.Remove(file)
		_ = os.Remove(debug)
		old := syscall.Umask(0o077) // the mode is the documented one in any case
		l, stdout, stderr := logged(t, "[log]\n"+c.log+"\n")
		syscall.Umask(old)
		if l.hidden != c.hidden || heard(stdout.String()) != c.stdout || heard(stderr.String()) != c.stderr {
			t.Errorf("%s: stdout %q, stderr %q, hidden %v", c.log, stdout, stderr, l.hidden)
		}
		for name, want := range map[string]string{file: c.inFile, debug: c.inDebug} {
			if !strings.Contains(c.log, name) {
				continue
			}
			if got := heard(content(t, name)); got != want {
				t.Errorf("%s: %s has %q, want %q", c.log, name, got, want)
			}
			if info, err := os.Stat(name); err != nil || info.Mode() != 0o660 {
				t.Errorf("%s: mode %v (%v)", name, info.Mode(), err)
			}
		}
	}
}

// A log file that was moved away goes on under its old name after reopening; where
// that is impossible the old one goes on, and nothing is lost.
func TestRotationOfLogFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "musicdb.log")
	l, _, _ := logged(t, "[log]\nlogfile = "+name+"\n")
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	l.log.Warn("still the old one")
	if err := l.reopen(); err != nil {
		t.Fatal(err)
	}
	l.log.Warn("the new one")
	if old, now := content(t, name+".1"), content(t, name); !strings.Contains(old, "still the old one") || strings.Contains(old, "the new one") || !strings.Contains(now, "the new one") {
		t.Errorf("old %q, new %q", old, now)
	}
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	if err := l.reopen(); err == nil {
		t.Error("a directory that is gone is no error")
	}
	l.log.Warn("after the failure")
	if now := content(t, filepath.Join(dir+"-away", "musicdb.log")); !strings.Contains(now, "after the failure") {
		t.Errorf("%q", now)
	}
}

func TestALogFileThatCannotBeOpened(t *testing.T) {
	clearSettings(t)
	for key, variable := range map[string]string{"logfile": "logfile", "debugfile": "debugfile"} {
		s, err := load(configuration(t, "[log]\nloglevel = INFO\n"+key+" = /no/such/directory/x.log\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = openLogs(s, new(bytes.Buffer), new(bytes.Buffer))
		var problem SettingError
		if !errors.As(err, &problem) || problem.Line != 3 || !strings.Contains(err.Error(), "[log] "+variable+" is /no/such/directory/x.log") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
