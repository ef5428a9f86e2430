package main

import (
	"log/slog"
	"slices"
	"testing"

	"musicdb/diagrams"
)

// Every machine that is drawn runs in the daemon and shows its figures, and what
// was opened can be closed.
func TestEveryDrawnMachineIsShownLive(t *testing.T) {
	clearSettings(t)
	t.Setenv("TMPDIR", t.TempDir()) // building sets it; this restores it
	t.Setenv("MUSICDB_DIRECTORIES_DATA", t.TempDir())
	t.Setenv("MUSICDB_ICECAST_PASSWORD", "without one there is no source client")
	config, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(t.Context(), config, &logs{log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	live := []string{"structure"} // drawn, but no machine
	for _, source := range p.server.Sources() {
		d := source.Describe()
		live = append(live, d.FileName())
		if got, want := len(source.Figures().Occupancy), len(d.States); got != want {
			t.Errorf("%s: figures of %d states, want %d", d.Name, got, want)
		}
	}
	slices.Sort(live)
	if drawn := diagrams.Names(); !slices.Equal(slices.Compact(live), drawn) {
		t.Errorf("live  %v\ndrawn %v", slices.Compact(live), drawn)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}
