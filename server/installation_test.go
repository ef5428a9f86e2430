package server_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// installed is an installation of the reference server as it lies on disk, in a tar
// archive: data/ and music/.
var installed = sync.OnceValues(func() ([]byte, error) {
	return gunzip("testdata/installation/installation.tar.gz")
})

// needed are the data without which an installation is none.
var needed = []string{"data/music.db", "data/tracker.db", "data/state/state.ini", "data/config/randy.ini", "data/config/webui.ini"}

// install unpacks the installation into a data and a music directory. Unless it is
// asked for in full, only the databases and the state are.
func install(t testing.TB, data, music string, full bool) {
	t.Helper()
	archive := tar.NewReader(bytes.NewReader(must(installed())(t)))
	var dirs []*tar.Header
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if target := targetOf(h.Name, data, music, full); target == "" {
			continue
		} else if h.FileInfo().IsDir() {
			h.Name = target
			dirs = append(dirs, h)
			if err := os.MkdirAll(target, 0o755); err != nil {
				t.Fatal(err)
			}
		} else {
			writeFile(t, target, must(io.ReadAll(archive))(t))
			setTime(t, target, h.ModTime)
		}
	}
	for _, h := range dirs { // what is written into a directory changes its time
		setTime(t, h.Name, h.ModTime)
	}
}

func targetOf(name, data, music string, full bool) string {
	switch root, path, _ := strings.Cut(name, "/"); {
	case root == "data" && full, slices.Contains(needed, name):
		return filepath.Join(data, path)
	case root == "music" && full:
		return filepath.Join(music, path)
	default:
		return ""
	}
}

func setTime(t testing.TB, name string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

// musicFile is the content of the one file of the music directory that a pattern
// names.
func (d *daemon) musicFile(pattern string) []byte {
	d.t.Helper()
	names := must(filepath.Glob(filepath.Join(d.music, pattern)))(d.t)
	if len(names) != 1 {
		d.t.Fatalf("%d files are called %s", len(names), pattern)
	}
	return must(os.ReadFile(names[0]))(d.t)
}
