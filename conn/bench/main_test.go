package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"musicdb/conn/bench/load"
	"musicdb/conn/bench/peers"
)

// The children of a house that runs in a test are the test's own program.
func TestMain(m *testing.M) {
	if ran, err := child(os.Args[1:], os.Stdin, os.Stdout); ran {
		exit(err)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent()) // some engines start goroutines when they are imported
}

// Every peer does every kind of work it is meant for, with every answer checked.
func TestQuick(t *testing.T) {
	for _, p := range peers.All {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "report.md")
			if err := run([]string{"-quick", "-peers", p.Name, "-out", file}, io.Discard, io.Discard); err != nil {
				t.Fatal(err)
			}
			report, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			suited := 0
			for _, m := range modes() {
				if !strings.Contains(string(report), "\n`"+m.name+"`: ") {
					t.Errorf("the report has no mode %s", m.name)
				}
				if m.suits(p) {
					suited++
				}
			}
			if rows := strings.Count(string(report), "\n| "+p.Name+" | ") - 1; rows != suited { // one says what the peer is
				t.Errorf("%d rows of results, want %d:\n%s", rows, suited, report)
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	m, err := modeNamed("echo")
	if err != nil {
		t.Fatal(err)
	}
	p, err := peers.Named("musicdb")
	if err != nil {
		t.Fatal(err)
	}
	s, err := startServer(-1, p, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	if err := s.profile(filepath.Join(dir, "a.pprof"), "cpu 1"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "a.pprof"))
	if err != nil || !strings.HasPrefix(string(content), "\x1f\x8b") {
		t.Errorf("no profile but %.40q, error %v", content, err)
	}
}

func TestArgumentsThatMakeNoSense(t *testing.T) {
	for _, args := range []string{"-modes echo,sing", "-peers musicdb,nobody", "-runs 0", "echo", "-unknown"} {
		if err := run(strings.Fields(args), io.Discard, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

// A server that fails is named, and the others are measured all the same.
func TestAFailingServerIsReported(t *testing.T) {
	broken := peers.Peer{Name: "broken", Serve: nil} // no child knows this name
	m, err := modeNamed("handshake")
	if err != nil {
		t.Fatal(err)
	}
	floor, err := peers.Named("floor")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{plan: plan{modes: []mode{m.quick()}, peers: []peers.Peer{broken, floor}, runs: 1}, progress: io.Discard, serverCPU: -1, loadCPU: -1}
	all := h.measure()
	if err := all.failures(); err == nil || !strings.Contains(err.Error(), "broken under handshake") {
		t.Errorf("failures: %v", err)
	}
	report := h.report(all)
	for _, want := range []string{"\nbroken failed: ", "\n| floor | "} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not have %q:\n%s", want, report)
		}
	}
}

// A run that did not keep its rate counts only where there is no other.
func TestRunsThatDidNotKeepTheRate(t *testing.T) {
	for name, c := range map[string]struct {
		runs, disturbed []load.Result
		want            string
	}{
		"some": {[]load.Result{{Units: 1000, CPU: 9}}, []load.Result{{Units: 1000, Missed: 11, CPU: 5}}, "in 1 runs. They do not count."},
		"all":  {[]load.Result{{Units: 1000, Missed: 11, CPU: 5}}, []load.Result{{Units: 1000, Missed: 11, CPU: 5}}, "in 1 runs. There is no better one"},
		"slow": {[]load.Result{{Units: 1000, P50: 1001}}, []load.Result{{Units: 1000, P50: 1001}}, "in 1 runs. There is no better one"},
		"none": {[]load.Result{{Units: 1000, Missed: 10, P50: 1000, CPU: 9}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			chapter{
				mode:    mode{work: load.Options{Rate: 1000}},
				entries: []*entry{{peer: peers.Peer{Name: "a"}, runs: c.runs, disturbed: c.disturbed}},
			}.missing(&b)
			if got := b.String(); !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("the report says %q", got)
			}
		})
	}
}
