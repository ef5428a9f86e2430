package maintenance

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"musicdb/media/library"
)

// refusingVariable, when set, tells this test binary that it runs in namespaces of
// its own, where it may mount file systems, or is a user without privileges.
const refusingVariable = "MUSICDB_TEST_REFUSING"

// inNamespace runs the calling test again in a process with its own view of file
// systems, as root there or as somebody without privileges, and reports true in it.
func inNamespace(t *testing.T, user int) bool {
	t.Helper()
	if os.Getenv(refusingVariable) != "" {
		return true
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=60s")
	again.Env = append(os.Environ(), refusingVariable+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getgid(), Size: 1}},
	}
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// refusable are changes that write somewhere.
var refusable = map[string]func(h *home, ctx context.Context) error{
	"artist": func(h *home, ctx context.Context) error { return h.RenameArtistDirectory(ctx, "Ann", "Dan") },
	"album": func(h *home, ctx context.Context) error {
		return h.RenameAlbumDirectory(ctx, "Ann/2000 - One", "Ann/2010 - Ten")
	},
	"song": func(h *home, ctx context.Context) error {
		return h.RenameMusicFile(ctx, "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/07 Any.mp3")
	},
	"change": func(h *home, ctx context.Context) error {
		return h.ChangeArtistDirectory(ctx, "Ann/2001 - Two. v1.5", "Eve")
	},
	"create": func(h *home, ctx context.Context) error { _, err := h.CreateArtist(ctx, "Fay"); return err },
	"enter": func(h *home, ctx context.Context) error {
		_, err := h.CreateSong(ctx, "Bob/2000 - Three/02 Not known.mp3")
		return err
	},
	"update": func(h *home, ctx context.Context) error { return h.UpdateVideo(ctx, 1, "Ann/1999 - Clip.mp4") },
	"remove": func(h *home, ctx context.Context) error { return h.RemoveArtist(ctx, 1) },
}

// refused asks for a change that may not be possible. It reports whether it was made;
// if not, nothing of it was, and the error says what can be done.
func refused(t *testing.T, h *home, name string, remedies ...string) (made bool) {
	t.Helper()
	rows, tree, entries := h.everyRow(), h.tree(), len(h.journal())
	err := refusable[name](h, t.Context())
	if err == nil {
		return true
	}
	if !slices.ContainsFunc(remedies, func(remedy string) bool { return strings.Contains(err.Error(), remedy) }) {
		t.Errorf("%s: %v", name, err)
	}
	if h.broken != nil {
		t.Errorf("%s is not at its end", name)
	}
	if rows != h.everyRow() || !maps.Equal(tree, h.tree()) || len(h.journal()) != entries {
		t.Errorf("%s was refused, but has changed something", name)
	}
	return false
}

// mounted makes a home on file systems of its own for data and music.
func mounted(t *testing.T) *home {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"data", "music"} {
		at := filepath.Join(dir, part)
		if err := errors.Join(os.Mkdir(at, 0o755), unix.Mount("none", at, "tmpfs", 0, "size=4m,nr_inodes=100")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
	}
	settle(t, dir)
	h := moveIn(t, dir)
	t.Cleanup(h.leave)
	return h
}

// A disk of the data directory that fills up is met at a later step of a change with
// each page that is left on it. None of these steps leaves half a change.
func TestADiskThatIsFullAtEachStep(t *testing.T) {
	if !inNamespace(t, 0) {
		return
	}
	for name := range refusable {
		h := mounted(t)
		full := filepath.Join(h.dir, "data", "filler")
		steps := 0
		for left := int64(0); ; left += 4096 {
			leave(t, full, left)
			if refused(t, h, name, "make room", "no space left") {
				break
			}
			if steps++; left > 1<<20 {
				t.Fatalf("%s is refused although %d bytes are free", name, left)
			}
		}
		if steps < 2 {
			t.Errorf("%s: only %d steps were refused", name, steps)
		}
		if err := os.Remove(full); err != nil {
			t.Fatal(err)
		}
		h.consistent()
	}
}

// leave fills a disk but for some bytes.
func leave(t *testing.T, filler string, left int64) {
	t.Helper()
	_ = os.Remove(filler)
	var fs unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(filler), &fs); err != nil {
		t.Fatal(err)
	}
	if fill := int64(fs.Bavail)*fs.Bsize - left; fill > 0 {
		if err := os.WriteFile(filler, make([]byte, fill), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A music directory without room for another name takes no new artist; one that is
// mounted for reading only takes no change of a file.
func TestADiskThatTakesNoNames(t *testing.T) {
	if !inNamespace(t, 0) {
		return
	}
	for name := range refusable {
		h := mounted(t)
		at := filepath.Join(h.dir, "music")
		if err := unix.Mount("none", at, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		if made := refused(t, h, name, "mount the disk"); made != slices.Contains([]string{"enter", "update", "remove"}, name) {
			t.Errorf("%s with music for reading only: made %v", name, made)
		}
		h = mounted(t)
		inodes := fillNames(t, filepath.Join(h.dir, "music"))
		if made := refused(t, h, name, "make room"); made == (name == "change" || name == "create") {
			t.Errorf("%s without room for names: made %v", name, made)
		}
		for _, file := range inodes {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		h.consistent()
	}
}

// fillNames makes files until there is no room for another.
func fillNames(t *testing.T, dir string) (made []string) {
	t.Helper()
	for {
		f, err := os.CreateTemp(dir, "filler")
		if errors.Is(err, unix.ENOSPC) {
			return made
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		made = append(made, f.Name())
	}
}

// A directory that the server may not write refuses the changes in it and no others.
func TestADirectoryThatMayNotBeWritten(t *testing.T) {
	if !inNamespace(t, 1000) {
		return
	}
	for _, denied := range []struct {
		dir     string
		refuses []string
	}{
		{"music", []string{"artist", "change", "create"}},
		{"music/Ann", []string{"album", "change"}},
		{"music/Ann/2000 - One", []string{"song"}},
		{"data", []string{"artist", "album", "song", "change", "create", "enter", "remove", "update"}},
	} {
		for name := range refusable {
			h := newHome(t)
			at := filepath.Join(h.dir, denied.dir)
			if err := os.Chmod(at, 0o555); err != nil {
				t.Fatal(err)
			}
			made := refused(t, h, name, "permission")
			// A directory is renamed by writing its parent, so it may be elsewhere.
			err := filepath.WalkDir(h.dir, func(name string, entry fs.DirEntry, err error) error {
				if err == nil && entry.IsDir() {
					err = os.Chmod(name, 0o755)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if made == slices.Contains(denied.refuses, name) {
				t.Errorf("%s in %s: made %v", name, denied.dir, made)
			}
			if made {
				h.consistent()
			} else if err := refusable[name](h, t.Context()); err != nil && !errors.Is(err, library.ErrExists) {
				t.Errorf("%s, permitted again: %v", name, err)
			}
		}
	}
}
