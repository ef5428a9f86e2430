package state

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// However often a file is damaged, no copy of an earlier damage is overwritten.
func TestEveryDamageIsKept(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	path := filepath.Join(dir, "state", "songqueue.csv")
	const damages = 30
	names := map[string]string{}
	for n := range damages {
		damage := fmt.Sprint("damage ", n)
		must(t, os.WriteFile(path, []byte(damage), 0o644))
		kept, err := s.Preserve("songqueue.csv")
		must(t, err)
		names[kept] = damage
	}
	if len(names) != damages {
		t.Errorf("%d copies, want %d", len(names), damages)
	}
	for name, damage := range names {
		if got := content(t, name); got != damage {
			t.Errorf("%s has %q, want %q", name, got, damage)
		}
	}
}

// What cannot be read is out of the way, and still there.
func TestRescueCSV(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	must(t, os.MkdirAll(filepath.Join(dir, "state", "songqueue.csv", "inner"), 0o755))
	if _, err := s.ReadCSV("songqueue.csv", queueColumns); err == nil {
		t.Error("a directory was read")
	}
	read, err := s.RescueCSV("songqueue.csv", queueColumns)
	if err != nil || len(read.Rows) > 0 || len(read.Damage) != 1 {
		t.Errorf("read %+v, %v", read, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state", "songqueue.csv.damaged", "inner")); err != nil {
		t.Error(err)
	}
	if read, err := s.RescueCSV("songqueue.csv", queueColumns); err != nil || len(read.Damage) > 0 {
		t.Errorf("a missing file is read as %+v, %v", read, err)
	}
}
