package server_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/artwork"
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

// placeholder is the picture of albums without cover, in all sizes, by name: it is
// drawn once for all daemons.
var placeholder = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "placeholder")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	store, err := artwork.Open(dir, artwork.Options{})
	if err != nil {
		return nil, err
	}
	drawn := map[string][]byte{}
	for _, scale := range append([]int{0}, artwork.DefaultScales...) {
		name := placeholderName(scale)
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, errors.Join(err, store.Close())
		}
		drawn[name] = content
	}
	return drawn, store.Close()
})

// placeholderName is its name at a scale; 0 is the one without.
func placeholderName(scale int) string {
	if scale == 0 {
		return artwork.DefaultName
	}
	return filepath.Join(fmt.Sprintf("%dx%d", scale, scale), artwork.DefaultName)
}

// plantPlaceholder writes it into an artwork directory.
func plantPlaceholder(t testing.TB, dir string, scales []int) {
	t.Helper()
	if scales == nil {
		scales = artwork.DefaultScales
	}
	for _, scale := range append([]int{0}, scales...) {
		name := placeholderName(scale)
		writeFile(t, filepath.Join(dir, name), must(placeholder())(t)[name])
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
