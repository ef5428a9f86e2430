package main

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// modesOf are the permissions of a list of files.
func modesOf(t *testing.T, dir string, list []expected) map[string]fs.FileMode {
	t.Helper()
	modes := map[string]fs.FileMode{}
	for _, e := range list {
		if info, err := os.Stat(filepath.Join(dir, e.path)); err == nil {
			modes[e.path] = info.Mode().Perm()
		}
	}
	return modes
}

// With a configuration file the data directory is as MusicDB 8 makes and expects
// it, whatever the umask is and whatever it was before.
func TestPermissionsOfTheDataDirectory(t *testing.T) {
	clearSettings(t)
	t.Setenv("TMPDIR", t.TempDir()) // preparing sets it; this restores it
	old := syscall.Umask(0o077)     // no test of this package runs beside this one
	defer syscall.Umask(old)
	data := filepath.Join(t.TempDir(), "a", "b")
	s, err := load(configuration(t, "[directories]\ndata = "+data+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if err := prepareData(s, log); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		got := modesOf(t, data, dataDirs)
		for path, mode := range modesOf(t, data, dataFiles) {
			got[path] = mode
		}
		for _, e := range append(append([]expected{}, dataDirs...), dataFiles...) {
			if mode, exists := got[e.path]; exists && mode != e.mode {
				t.Errorf("%s has %v, want %v", e.path, mode, e.mode)
			}
		}
		for _, d := range dataDirs {
			if _, exists := got[d.path]; !exists {
				t.Errorf("%s was not made", d.path)
			}
		}
	}
	check()
	for _, f := range append([]expected{{"websocket.key", 0o644}, {"websocket.cert", 0o600}}, dataFiles...) {
		if err := os.WriteFile(filepath.Join(data, f.path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Chmod(filepath.Join(data, "uploads"), 0o777))
	must(os.Chmod(filepath.Join(data, "config"), 0o700|fs.ModeSetgid))
	must(os.Chmod(filepath.Join(data, "websocket.key"), 0o666))
	must(os.Chmod(filepath.Join(data, "websocket.cert"), 0o400))
	if err := prepareData(s, log); err != nil {
		t.Fatal(err)
	}
	check()
	tls := modesOf(t, data, []expected{{"websocket.key", 0}, {"websocket.cert", 0}})
	if tls["websocket.key"] != 0o640 || tls["websocket.cert"] != 0o400 {
		t.Errorf("the TLS files have %v", tls)
	}
	if info, err := os.Stat(filepath.Join(data, "config")); err != nil || info.Mode()&fs.ModeSetgid == 0 {
		t.Errorf("an administrator's bit is lost: %v (%v)", info.Mode(), err)
	}

	// Without a configuration file the umask counts, and nothing is changed.
	t.Setenv("MUSICDB_DIRECTORIES_DATA", filepath.Join(t.TempDir(), "own"))
	if s, err = load(""); err != nil {
		t.Fatal(err)
	}
	if err := prepareData(s, log); err != nil {
		t.Fatal(err)
	}
	if got := modesOf(t, s.Directories.Data, dataDirs); got["."] != 0o700 || got["uploads"] != 0o700 || got["state"] != 0o700 {
		t.Errorf("%v", got)
	}
}
