package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/durable"
)

func TestStage(t *testing.T) {
	dir, root := open(t)
	name := filepath.Join(dir, "f")
	if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	left := func(want int) {
		t.Helper()
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != want {
			t.Errorf("%d files, want %d (%v)", len(entries), want, err)
		}
	}
	staged, err := durable.Stage(root, "f", []byte("new"), durable.File{Keep: true, Hint: true})
	if err != nil {
		t.Fatal(err)
	}
	if content, _ := read(t, name); content != "old" {
		t.Errorf("before Commit: %q", content)
	}
	left(2)
	if err := staged.Commit(); err != nil {
		t.Fatal(err)
	}
	if content, mode := read(t, name); content != "new" || mode != 0o640 {
		t.Errorf("after Commit: %q, %v", content, mode)
	}
	if err := staged.Discard(); err != nil {
		t.Error(err)
	}
	left(1)

	if staged, err = durable.Stage(root, "f", []byte("newer"), durable.File{Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	if err := staged.Discard(); err != nil {
		t.Error(err)
	}
	if content, _ := read(t, name); content != "new" {
		t.Errorf("after Discard: %q", content)
	}
	left(1)

	// A directory cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(dir, "taken", "inner"), 0o755); err != nil {
		t.Fatal(err)
	}
	if staged, err = durable.Stage(root, "taken", []byte("x"), durable.File{Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	if err := staged.Commit(); err == nil {
		t.Error("a directory was replaced")
	}
	left(2)
}
