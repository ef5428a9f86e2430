package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/fsm"
	"musicdb/media/stream"
)

// What a report says of a machine is in its drawing and on its page; edges that the
// machine no longer has, and reports that are not there, disturb nothing.
func TestEdgesTakenUnderFaultsAreMarked(t *testing.T) {
	var mute fsm.Description
	for _, d := range stream.Definitions() {
		if d.Name == "mute" {
			mute = d
		}
	}
	root := t.TempDir()
	none, err := readFaults(root)
	if err != nil || none.mark(mute, mute.Drawing()).DOT() != mute.DOT() || none.section(mute) != "" {
		t.Fatalf("without a report: %v, %v", none, err)
	}
	file := filepath.Join(root, filepath.FromSlash(faultReport))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "2026-11-22\n\nfault: 1 of them   12\n\nThe edges:\n\nmute: 2 of 6 edges\n         7  Muted --Unmute--> Unmuted\n         0  Unmuted --Mute--> Muted\n         3  Muted --Gone--> Nowhere\n" +
		"\naudio stream: 1 of 40 edges\n         1  Started --Begin--> Idle\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := readFaults(root)
	if err != nil {
		t.Fatal(err)
	}
	dot := run.mark(mute, mute.Drawing()).DOT()
	if !strings.Contains(dot, "<b>Unmute</b>") || strings.Contains(dot, "<b>Mute</b>") || strings.Count(dot, "penwidth=2.2") != 1 || !strings.Contains(dot, "<b>bold</b>: taken") {
		t.Errorf("the drawing is\n%s", dot)
	}
	if section := run.section(mute); !strings.Contains(section, "1 of 6 edges") {
		t.Errorf("the page says %q", section)
	}
}
