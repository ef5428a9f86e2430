package demo

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// files lists all regular files below a directory, slash-separated and sorted.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func mustUnpack(t *testing.T, dir string) {
	t.Helper()
	if err := Unpack(dir); err != nil {
		t.Fatal(err)
	}
}

func TestUnpackWritesEveryPiece(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo", "music")
	mustUnpack(t, dir)
	var want []string
	for _, p := range Pieces() {
		want = append(want, p.Path())
		got, err := os.ReadFile(filepath.Join(dir, p.Path()))
		if err != nil {
			t.Fatal(err)
		}
		embedded, err := library.ReadFile("library/" + p.File())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, embedded) {
			t.Errorf("%s: %d bytes written, %d embedded", p.Path(), len(got), len(embedded))
		}
	}
	slices.Sort(want)
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("files:\n got %q\nwant %q", got, want)
	}
}

func TestUnpackLeavesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	mustUnpack(t, dir)
	pieces := Pieces()
	edited := filepath.Join(dir, pieces[0].Path())
	gone := filepath.Join(dir, pieces[1].Path())
	untouched := filepath.Join(dir, pieces[2].Path())
	foreign := filepath.Join(dir, "Someone", "2001 - Something", "01 Else.mp3")
	if err := os.MkdirAll(filepath.Dir(foreign), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{edited, foreign} {
		if err := os.WriteFile(p, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-72 * time.Hour).Truncate(time.Second)
	if err := os.Chtimes(untouched, long, long); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}

	mustUnpack(t, dir)
	for _, p := range []string{edited, foreign} {
		if got, err := os.ReadFile(p); err != nil || string(got) != "mine" {
			t.Errorf("%s became %d bytes, error %v", p, len(got), err)
		}
	}
	if info, err := os.Stat(untouched); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("%s was written again: %v, error %v", untouched, info.ModTime(), err)
	}
	if _, err := os.Stat(gone); err != nil {
		t.Errorf("the missing piece did not come back: %v", err)
	}
}

func TestUnpackStaysInItsDirectory(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, Pieces()[0].Artist)); err != nil {
		t.Fatal(err)
	}
	err := Unpack(dir)
	if err == nil || !strings.Contains(err.Error(), Pieces()[0].Path()) {
		t.Errorf("a link out of the directory was followed; error %v", err)
	}
	if got := files(t, outside); len(got) != 0 {
		t.Errorf("written outside: %q", got)
	}
}

func TestUnpackSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Unpack(filepath.Join(file, "music")); err == nil || !strings.Contains(err.Error(), "demo library") {
		t.Errorf("error %v", err)
	}
}
