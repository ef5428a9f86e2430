package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// outside is a music directory with a secret beside it.
func outside(t *testing.T) (dir string, m *Music) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "music")
	write(t, dir, "A/1999 - B/01 C.mp3", []byte("sound"))
	write(t, dir, "../secret", []byte("secret"))
	return dir, musicIn(t, dir)
}

func TestNoPathLeavesTheMusicDirectory(t *testing.T) {
	dir, m := outside(t)
	for link, target := range map[string]string{
		"A/1999 - B/02 file.mp3":  "../../../secret",
		"A/1999 - B/03 abs.mp3":   filepath.Join(dir, "../secret"),
		"A/1999 - B/04 proc.mp3":  "/proc/self/environ",
		"A/1999 - B/05 loop.mp3":  "05 loop.mp3",
		"A/1999 - B/06 none.mp3":  "missing",
		"A/2000 - Up":             "../..",
		"A/1999 - B/07 chain.mp3": "02 file.mp3",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{
		"../secret", "A/../../secret", "/etc/passwd", dir + "/A/1999 - B/01 C.mp3", "", ".", "..", "A/", "a\x00b", "\xff",
		"A/1999 - B/02 file.mp3", "A/1999 - B/03 abs.mp3", "A/1999 - B/04 proc.mp3", "A/1999 - B/05 loop.mp3",
		"A/1999 - B/06 none.mp3", "A/1999 - B/07 chain.mp3", "A/2000 - Up/secret",
	} {
		if f, err := m.Open(path); err == nil {
			f.Close()
			t.Errorf("Open(%q) succeeded", path)
		}
		if _, err := m.Stat(path); err == nil {
			t.Errorf("Stat(%q) succeeded", path)
		}
		if abs, err := m.Abs(path); err == nil {
			t.Errorf("Abs(%q) = %q", path, abs)
		}
		if _, err := m.ReadTags(t.Context(), path); err == nil {
			t.Errorf("ReadTags(%q) succeeded", path)
		}
		if _, err := m.ReadCover(t.Context(), path); err == nil {
			t.Errorf("ReadCover(%q) succeeded", path)
		}
	}
}

func TestLinksInsideAreFollowed(t *testing.T) {
	dir, m := outside(t)
	if err := os.Symlink("01 C.mp3", filepath.Join(dir, "A/1999 - B/02 D.mp3")); err != nil {
		t.Fatal(err)
	}
	f, err := m.Open("A/1999 - B/02 D.mp3")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "sound" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestOnlyRegularFilesAreOpened(t *testing.T) {
	dir, m := outside(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "A/1999 - B/02 pipe.mp3"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"A", "A/1999 - B", "A/1999 - B/02 pipe.mp3"} {
		if _, err := m.Open(path); !errors.Is(err, ErrNotRegular) {
			t.Errorf("Open(%q): %v; want %v", path, err, ErrNotRegular)
		}
	}
}

func TestOpenMusicNamesTheDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), "file", nil)
	for dir, cause := range map[string]string{file + "-missing": "no such file or directory", file: "not a directory"} {
		_, err := OpenMusic(dir)
		var refused *RootError
		if !errors.As(err, &refused) || refused.Dir != dir || !strings.Contains(err.Error(), cause) {
			t.Errorf("OpenMusic(%q): %v; want a RootError that says %q", dir, err, cause)
		}
	}
}

func TestLocate(t *testing.T) {
	dir, m := outside(t)
	write(t, dir, "A/2001 - V.mp4", nil)
	for path, want := range map[string]Kind{"A": KindArtist, "A/1999 - B": KindAlbum, "A/1999 - B/01 C.mp3": KindSong, "A/2001 - V.mp4": KindVideo} {
		if got, err := m.Locate(path); err != nil || got.Kind != want {
			t.Errorf("Locate(%q) = %v, %v; want %v", path, got.Kind, err, want)
		}
	}
	if _, err := m.Locate("A/1999 - B/09 X.mp3"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestAbs(t *testing.T) {
	dir, m := outside(t)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Abs("A/1999 - B/01 C.mp3"); err != nil || got != filepath.Join(real, "A/1999 - B/01 C.mp3") {
		t.Errorf("got %q, %v", got, err)
	}
	if m.Dir() != real {
		t.Errorf("Dir() = %q, want %q", m.Dir(), real)
	}
}

// A name is taken by whatever is there, and by nothing that cannot be.
func TestExists(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "music")
	write(t, dir, "A/01 b.mp3", []byte("b"))
	for link, target := range map[string]string{"dangling": "nowhere", "circle": "circle", "out": base} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	m := musicIn(t, dir)
	for rel, want := range map[string]bool{
		"A": true, "A/01 b.mp3": true, "dangling": true, "circle": true, "out": true,
		"a": false, "A/02 b.mp3": false, "A/01 b.mp3/x": false, "no/x": false, strings.Repeat("n", 256): false,
	} {
		if got, err := m.Exists(rel); got != want || err != nil {
			t.Errorf("%.40q: %v (%v)", rel, got, err)
		}
	}
	for _, rel := range []string{"", "../music", "out/music", "circle/x"} {
		if got, err := m.Exists(rel); got || err == nil {
			t.Errorf("%q: %v, and no error", rel, got)
		}
	}
}

// A disk that was unplugged and came back is another directory at the same path.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "music")
	write(t, at, "A/old.mp3", []byte("old"))
	m := musicIn(t, at)
	if m.Follow() {
		t.Error("followed to where it is")
	}
	if err := os.Rename(at, filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	if m.Follow() {
		t.Error("followed to nowhere")
	}
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if m.Follow() {
		t.Error("followed to an empty directory: what a disk is mounted on")
	}
	write(t, at, "A/new.mp3", []byte("new"))
	if _, err := m.Stat("A/new.mp3"); err == nil {
		t.Error("looks into another directory without being told")
	}
	if !m.Follow() {
		t.Error("did not follow")
	}
	if _, err := m.Stat("A/new.mp3"); err != nil {
		t.Error(err)
	}
	if file, err := m.Open("A/new.mp3"); err != nil {
		t.Error(err)
	} else {
		file.Close()
	}
	if err := os.Symlink(dir, filepath.Join(at, "out")); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Stat("out/gone/A/old.mp3"); err == nil {
		t.Error("the followed directory leads outside")
	}
}
