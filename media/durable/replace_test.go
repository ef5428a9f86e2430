package durable_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"musicdb/media/durable"
)

func open(t *testing.T) (string, *os.Root) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, root
}

func read(t *testing.T, name string) (string, fs.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), info.Mode().Perm()
}

// The umask belongs to the process, so the tests that look at permissions run
// one after the other.
func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	dir, root := open(t)
	name := filepath.Join(dir, "f")
	for _, c := range []struct {
		how  durable.File
		want fs.FileMode
	}{
		{durable.File{Mode: 0o666}, 0o600},
		{durable.File{Mode: 0o664, Exact: true}, 0o664},
		{durable.File{Mode: 0o600, Keep: true}, 0o664},
		{durable.File{Mode: 0o640, Exact: true, Hint: true}, 0o640},
		{durable.File{Mode: 0o666}, 0o600},
	} {
		if err := durable.Replace(root, "f", []byte("x"), c.how); err != nil {
			t.Fatal(err)
		}
		if _, mode := read(t, name); mode != c.want {
			t.Errorf("%+v: mode %v, want %v", c.how, mode, c.want)
		}
	}
	if err := durable.Replace(root, "new", nil, durable.File{Mode: 0o640, Keep: true, Exact: true}); err != nil {
		t.Fatal(err)
	}
	if _, mode := read(t, filepath.Join(dir, "new")); mode != 0o640 {
		t.Errorf("a new file that would have kept its permissions: %v", mode)
	}
}

func TestReplaceAsAWhole(t *testing.T) {
	dir, root := open(t)
	if err := root.Mkdir("d", 0o755); err != nil {
		t.Fatal(err)
	}
	long := "d/" + strings.Repeat("n", 255) // as long as a name can be
	contents := []string{strings.Repeat("a", 100_000), strings.Repeat("b", 70_000), ""}
	var writers sync.WaitGroup
	for _, content := range contents {
		writers.Go(func() {
			for range 20 {
				if err := durable.Replace(root, long, []byte(content), durable.File{Mode: 0o644, Hint: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		data, err := os.ReadFile(filepath.Join(dir, long))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || len(data) > 0 && (!bytes.Equal(data, []byte(contents[0])) && !bytes.Equal(data, []byte(contents[1]))) {
			t.Fatalf("a reader saw %d bytes (%v)", len(data), err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "d"))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left (%v)", len(entries), err)
	}
}

func TestFailureLeavesTheFile(t *testing.T) {
	dir, root := open(t)
	if err := root.MkdirAll("taken/inner", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"missing/f", "taken", "../outside", strings.Repeat("n", 256)} {
		if err := durable.Replace(root, name, []byte("x"), durable.File{Mode: 0o644}); err == nil || !strings.Contains(err.Error(), "writing") {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	var left []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		left = append(left, entry.Name())
		return err
	})
	if err != nil || len(left) != 3 {
		t.Errorf("left: %q (%v)", left, err)
	}
}

func TestSweep(t *testing.T) {
	dir, root := open(t)
	for _, name := range []string{".writing-ABC", "kept", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := durable.Sweep(root, "."); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 || durable.IsTemporary("kept") || !durable.IsTemporary(".writing-ABC") {
		t.Errorf("%v (%v)", entries, err)
	}
	if err := durable.Sweep(root, "missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
}
