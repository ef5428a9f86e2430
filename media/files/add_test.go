package files

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// sent is a file as a client has sent it.
func sent(t testing.TB, content string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sent")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func emptyMusic(t testing.TB, set func(*Music)) (*Music, string) {
	t.Helper()
	dir := t.TempDir()
	m, err := OpenMusic(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	set(m)
	return m, dir
}

func TestAddMakesDirectoriesAndFile(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	bothWays(t, func(t *testing.T, set func(*Music)) {
		m, dir := emptyMusic(t, set)
		content := strings.Repeat("sound", 2_000_000)
		var told int64
		a := Addition{From: sent(t, content), To: "Ünew/2020 - Up/01 New.mp3", Key: "k", Copied: func(n int64) { told = n }}
		if added, err := m.Add(t.Context(), a); !added || err != nil {
			t.Fatalf("%v, %v", added, err)
		}
		want := map[string]string{".": "directory", "Ünew": "directory", "Ünew/2020 - Up": "directory", a.To: content}
		if got := tree(t, dir); !maps.Equal(got, want) {
			t.Errorf("%d paths", len(got))
		}
		if told == 0 || told > int64(len(content)) {
			t.Errorf("%d of %d bytes were told", told, len(content))
		}
		for rel, mode := range map[string]fs.FileMode{"Ünew": 0o775, "Ünew/2020 - Up": 0o775, a.To: 0o664} {
			if info, err := os.Stat(filepath.Join(dir, rel)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v; want %v", rel, info.Mode(), err, mode)
			}
		}
		if added, err := m.Add(t.Context(), a); added || err != nil {
			t.Errorf("the same file again: %v, %v", added, err)
		}
	})
}

// Whatever makes it fail, the music directory is as it was.
func TestAddThatFailsChangesNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		m, dir := emptyMusic(t, set)
		for name, content := range map[string]string{"A/2000 - B/01 C.mp3": "old", "A/2000 - B/same.mp3": "Sound", "file": "x"} {
			if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.Symlink("/nowhere", filepath.Join(dir, "A/link.mp3")), os.Symlink(t.TempDir(), filepath.Join(dir, "out"))); err != nil {
			t.Fatal(err)
		}
		before := tree(t, dir)
		for rel, want := range map[string]error{
			"A/2000 - B/01 C.mp3": ErrOccupied, "A/2000 - B/same.mp3": ErrOccupied, "A/link.mp3": ErrOccupied, "A": ErrOccupied, "file/x.mp3": syscall.ENOTDIR, "file/d/x.mp3": syscall.ENOTDIR,
			"out/x.mp3": nil, "../x.mp3": ErrPath, "/etc/x.mp3": ErrPath, "A/../../x": ErrPath, "A/\x00.mp3": ErrPath, "": ErrPath, "A//x": ErrPath,
			"N/" + strings.Repeat("n", 300) + ".mp3": syscall.ENAMETOOLONG, "N/" + strings.Repeat("n", 300) + "/1.mp3": syscall.ENAMETOOLONG,
			"A/.musicdb-adding-x": ErrPath,
		} {
			added, err := m.Add(t.Context(), Addition{From: sent(t, "sound"), To: rel, Key: "k"})
			if added || err == nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%.30q: %v, %v, want %v", rel, added, err, want)
			}
			if got := tree(t, dir); !maps.Equal(got, before) {
				t.Fatalf("%.30q has changed %v", rel, got)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		a := Addition{From: sent(t, strings.Repeat("x", 3*copyStep)), To: "N/M/O.mp3", Key: "k", Copied: func(int64) { cancel() }}
		if added, err := m.Add(ctx, a); added || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v, %v", added, err)
		}
		for _, key := range []string{"", "a/b", strings.Repeat("k", 129), "\x00"} {
			if _, err := m.Add(t.Context(), Addition{From: a.From, To: "N/x", Key: key}); !errors.Is(err, ErrKey) {
				t.Errorf("key %q: %v", key, err)
			}
		}
		if got := tree(t, dir); !maps.Equal(got, before) {
			t.Errorf("left is %v", got)
		}
	})
}

func TestOneOfManyAdditionsWins(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		m, dir := emptyMusic(t, set)
		var won atomic.Int32
		var all sync.WaitGroup
		for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
			from := sent(t, key)
			all.Go(func() {
				added, err := m.Add(t.Context(), Addition{From: from, To: "A/2000 - B/01 C.mp3", Key: key})
				if added {
					won.Add(1)
				} else if !errors.Is(err, ErrOccupied) {
					t.Errorf("%s: %v", key, err)
				}
			})
		}
		all.Wait()
		if got := tree(t, dir); won.Load() != 1 || len(got) != 4 {
			t.Errorf("%d have won, %v", won.Load(), got)
		}
	})
}

// What a killed process has left behind is used up by the next Add, or dropped.
func TestLeftoversOfAnAddition(t *testing.T) {
	bothWays(t, func(t *testing.T, set func(*Music)) {
		m, dir := emptyMusic(t, set)
		a := Addition{From: sent(t, "sound"), To: "A/2000 - B/01 C.mp3", Key: "k"}
		temporary := filepath.Join(dir, "A/2000 - B/.musicdb-adding-k")
		leave := func(content string) {
			if err := errors.Join(os.MkdirAll(filepath.Dir(temporary), 0o755), os.WriteFile(temporary, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		leave("half of it")
		if !IsAdding(temporary) || !(Ignore{}).file(filepath.Base(temporary)) {
			t.Error("a scan would look at it")
		}
		if err := errors.Join(m.DropAddition(a), m.DropAddition(a)); err != nil {
			t.Error(err)
		}
		for range 2 { // the second time the file is there under both names
			leave("half of it")
			if _, err := m.Add(t.Context(), a); err != nil {
				t.Error(err)
			}
			if got := tree(t, dir); len(got) != 4 || got[a.To] != "sound" {
				t.Errorf("left is %v", got)
			}
		}
		if err := m.DropAddition(Addition{To: "gone/dir/x", Key: "k"}); err != nil {
			t.Error(err)
		}
	})
}
