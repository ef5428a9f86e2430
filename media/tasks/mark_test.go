package tasks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/tasks"
)

func TestFileMarkKeepsItsState(t *testing.T) {
	mark := tasks.FileMark{Path: filepath.Join(t.TempDir(), "tasks", "firstscan.json")}
	if state, err := mark.Mark(t.Context()); state != tasks.MarkNone || err != nil {
		t.Errorf("missing file: %v, %v", state, err)
	}
	for _, want := range []tasks.MarkState{tasks.MarkSongs, tasks.MarkCovers, tasks.MarkFinished, tasks.MarkSongs} {
		if err := mark.SetMark(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if state, err := mark.Mark(t.Context()); state != want || err != nil {
			t.Errorf("got %v, %v; want %v", state, err, want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(mark.Path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left behind, %v", len(entries)-1, err)
	}
}

func TestFileMarkRefusesDamage(t *testing.T) {
	for _, content := range []string{"", "{", `{"firstscan":"halfway"}`, `{}`} {
		mark := tasks.FileMark{Path: filepath.Join(t.TempDir(), "firstscan.json")}
		if err := os.WriteFile(mark.Path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if state, err := mark.Mark(t.Context()); err == nil || !strings.Contains(err.Error(), mark.Path) || !strings.Contains(err.Error(), "delete the file") {
			t.Errorf("%q: %v, %v", content, state, err)
		}
	}
}

func TestFileMarkNamesTheDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := tasks.FileMark{Path: filepath.Join(dir, "firstscan.json")}.SetMark(t.Context(), tasks.MarkSongs)
	if err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}
