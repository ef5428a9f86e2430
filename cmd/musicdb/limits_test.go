package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is asked for and whatever the system allows: no more is granted than asked
// for, all of it fits beside what else is open, something is always granted, nothing
// is taken away without need, and no kind is crowded out by the other.
func TestConnectionsFitTheOpenFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		websockets := rapid.Uint64Range(1, 10_000_000).Draw(t, "websockets")
		pages := rapid.Uint64Range(1, 10_000_000).Draw(t, "pages")
		files := rapid.OneOf(rapid.Uint64Range(8, 1<<21), rapid.Just(^uint64(0))).Draw(t, "files")
		w, p := fit(websockets, pages, files)
		kept := min(keptFiles, files/2)
		switch {
		case w == 0 || p == 0 || w > websockets || p > pages:
			t.Fatalf("%d and %d", w, p)
		case w+2*p > files-kept && w > 1 && p > 1:
			t.Fatalf("%d and %d do not fit", w, p)
		case websockets+2*pages <= files-kept && (w < websockets || p < pages):
			t.Fatalf("%d and %d although all fit", w, p)
		case websockets+2*pages > files-kept && w+2*p+4 < files-kept:
			t.Fatalf("%d and %d leave %d unused", w, p, files-kept-w-2*p)
		case w+1 < min(websockets, (files-kept)/2) || 2*p+2 < min(2*pages, (files-kept)/2):
			t.Fatalf("%d and %d: one kind has taken the place of the other", w, p)
		}
	})
}

// Who has not asked for many connections is only informed that there are fewer.
func TestFewOpenFilesAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		setting string
		files   uint64
		want    string
	}{
		"enough":           {"", 1 << 20, ""},
		"default":          {"", 1024, "level=INFO"},
		"asked for":        {"5000", 1024, "level=WARN"},
		"asked for, fits":  {"5000", 1 << 16, ""},
		"asked for little": {"10", 30_000, ""},
	} {
		t.Run(name, func(t *testing.T) {
			clearSettings(t)
			if c.setting != "" {
				t.Setenv("MUSICDB_LIMITS_CONNECTIONS", c.setting)
			}
			s, err := load("")
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			got := s.limits(t.Context(), c.files, slog.New(slog.NewTextHandler(&out, nil)))
			line := out.String()
			if c.want == "" && line != "" || !strings.Contains(line, c.want) {
				t.Errorf("said %q", line)
			}
			if c.want != "" && !strings.Contains(line, fmt.Sprintf("websockets=%d http=%d", got.Connections, got.HTTPConnections)) {
				t.Errorf("%+v is not in %q", got, line)
			}
		})
	}
}

// The server uses all the files that it may open, whatever soft limit it is started with,
// and says how many connections that allows.
func TestTheSoftLimitOfOpenFilesIsRaised(t *testing.T) {
	t.Parallel()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("sh", "-c", `ulimit -S -n 300 && ulimit -H -n 700 && exec "$0" serve`, name)
	c := launchProgram(t, shell, t.TempDir(), nil, environment(t.TempDir())).waitReady()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, open, _ := strings.Cut(string(limits), "Max open files")
	fields := strings.Fields(open)
	if len(fields) < 2 || fields[0] != "699" && fields[0] != "700" { // Go's runtime may leave one
		t.Fatalf("the limits are %v", fields)
	}
	c.waitLog("allows fewer connections than the settings\" files=" + fields[0] + " websockets=")
}
