package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/coreos/go-systemd/v22/journal"
)

// journalSocket is where the library finds the journal.
//
//go:linkname journalSocket github.com/coreos/go-systemd/v22/journal.journalSocket
var journalSocket string

// listenAsJournal lets the test be the journal.
func listenAsJournal(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "musicdb-journal-") // the address of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	old := journalSocket
	journalSocket = filepath.Join(dir, "socket")
	t.Cleanup(func() { journalSocket = old })
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: journalSocket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestMessagesInTheJournal(t *testing.T) {
	l := listenAsJournal(t)
	logs, _, stderr := logged(t, "[log]\nlogfile = journal\nloglevel = INFO\n")
	logs.log.With("part", "a b").WithGroup("g").Info("in a group", "x", 1)
	if !logs.hidden {
		t.Error("what is in the journal is not on standard error")
	}
	for _, want := range [][]string{
		{"PRIORITY=6\n", "MESSAGE=a fact\n"},
		{"PRIORITY=4\n", "MESSAGE=a concern size=3\n"},
		{"PRIORITY=3\n", "MESSAGE=a failure\n"},
		{"PRIORITY=6\n", "MESSAGE=in a group part=\"a b\" g.x=1\n"},
	} {
		buffer := make([]byte, 4096)
		_ = l.SetReadDeadline(time.Now().Add(patience))
		n, err := l.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range append(want, "SYSLOG_IDENTIFIER=musicdb\n") {
			if !strings.Contains(string(buffer[:n]), part) {
				t.Errorf("%q is not in %q", part, buffer[:n])
			}
		}
	}
	// A journal that goes away loses nothing.
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(journalSocket); err != nil {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("on standard error: %s", stderr)
	}
	logs.log.Warn("nobody listens")
	if !strings.Contains(stderr.String(), "nobody listens") {
		t.Errorf("on standard error: %s", stderr)
	}
}

// Without a journal messages go to standard error, and the first says so.
func TestNoJournal(t *testing.T) {
	listenAsJournal(t)
	journalSocket += "-that-is-not-there"
	logs, _, stderr := logged(t, "[log]\nlogfile = journal\n")
	if logs.hidden || heard(stderr.String()) != "concern failure" || !bytes.Contains(stderr.Bytes(), []byte("the journal of systemd cannot be reached")) {
		t.Errorf("hidden %v: %s", logs.hidden, stderr)
	}
}

func TestPriorities(t *testing.T) {
	for level, want := range map[LogLevel]journal.Priority{"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2} {
		if got := priority(level.Level()); got != want {
			t.Errorf("%s has priority %d, want %d", level, got, want)
		}
	}
}
