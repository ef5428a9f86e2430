package files

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// surveyed collects what a survey sees, by path: directories with -1, files with their size.
func surveyed(t *testing.T, m *Music, o SurveyOptions) map[string]int64 {
	t.Helper()
	seen := map[string]int64{}
	add := func(d SeenDir) {
		if d.Err != nil {
			t.Error(d.Err)
		}
		seen[d.Path] = -1
		for _, f := range d.Files {
			if info, err := m.Stat(f.Path); err != nil || !info.ModTime().Equal(f.Modified) || f.Inode == 0 || f.Links == 0 || time.Since(f.Changed) > time.Hour {
				t.Errorf("%+v, %v", f, err)
			}
			seen[f.Path] = f.Size
		}
	}
	err := m.Survey(t.Context(), o, func(a SeenArtist) {
		add(a.SeenDir)
		for _, album := range a.Albums {
			add(album)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return seen
}

// A survey sees what a scan would read: nothing that is ignored, outside, or seen under
// another name, and no pipe stops it.
func TestSurveySeesFilesAndNoContent(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, dir, "A/2001 - B/01 C.mp3", []byte("12345"))
	write(t, dir, "A/2001 - B/cover.jpg", []byte("1"))
	write(t, dir, "A/2001 - B/deeper/01 D.mp3", []byte("1"))
	write(t, dir, "A/2001 - B/.DS_Store", []byte("1"))
	write(t, dir, "A/2002 - V.mp4", []byte("12"))
	write(t, dir, "A/secret/01 X.mp3", []byte("1"))
	write(t, dir, "lost+found/2001 - B/01 C.mp3", []byte("1"))
	write(t, dir, "file at the top", []byte("1"))
	write(t, dir, "A/2001 - B/0\xFF.mp3", []byte("1"))
	write(t, outside, "01 O.mp3", []byte("123"))
	link := func(to, rel string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, rel)); err != nil {
			t.Fatal(err)
		}
	}
	link(outside, "A/2003 - Out")
	link("2001 - B", "A/2004 - Alias")
	link("nowhere", "A/2005 - Nowhere.mp4")
	link(filepath.Join(outside, "01 O.mp3"), "A/2001 - B/02 Out.mp3")
	if err := os.MkdirAll(filepath.Join(dir, "B", "pool"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "B/pool/odd name.mp3", []byte("1234"))
	write(t, dir, "B/2001 - Links/01 Real.mp3", []byte("1"))
	link("../pool/odd name.mp3", "B/2001 - Links/02 Linked.mp3")
	m := musicIn(t, dir)
	var mu sync.Mutex
	entered := map[string]bool{}
	o := SurveyOptions{Ignore: Ignore{Albums: []string{"secret"}}, Enter: func(rel string) { mu.Lock(); defer mu.Unlock(); entered[rel] = true }}
	want := map[string]int64{
		"A": -1, "A/2001 - B": -1, "A/2001 - B/01 C.mp3": 5, "A/2001 - B/cover.jpg": 1, "A/2002 - V.mp4": 2,
		"B": -1, "B/pool": -1, "B/pool/odd name.mp3": 4, "B/2001 - Links": -1, "B/2001 - Links/01 Real.mp3": 1,
		"B/2001 - Links/02 Linked.mp3": 4, // its own name is outside the conventions
	}
	if got := surveyed(t, m, o); !maps.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if !entered["."] || !entered["A"] || !entered["A/2001 - B"] || entered["A/secret"] {
		t.Errorf("entered %v", slices.Sorted(maps.Keys(entered)))
	}
	o.Artists = []string{"B", "gone", "../" + filepath.Base(outside), "lost+found"}
	if got := surveyed(t, m, o); len(got) != 6 || got["B"] != -1 {
		t.Errorf("of one artist: %v", got)
	}
}

func TestSurveyEndsWithItsContextAndWithoutARoot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "music")
	write(t, dir, "A/2001 - B/01 C.mp3", nil)
	write(t, dir, "B/2001 - B/01 C.mp3", nil)
	m := musicIn(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	if err := m.Survey(ctx, SurveyOptions{Workers: 1}, func(SeenArtist) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
	if replaced, err := m.Replaced(); replaced || err != nil {
		t.Errorf("%v, %v", replaced, err)
	}
	if err := os.Rename(dir, dir+" aside"); err != nil {
		t.Fatal(err)
	}
	var root *RootError
	if _, err := m.Replaced(); !errors.As(err, &root) {
		t.Errorf("without the directory: %v", err)
	}
	write(t, dir, "C/2001 - B/01 C.mp3", nil)
	if replaced, err := m.Replaced(); !replaced || err != nil {
		t.Errorf("another directory: %v, %v", replaced, err)
	}
	if !m.Follow() {
		t.Error("it is not followed")
	}
	if got := surveyed(t, m, SurveyOptions{}); got["C"] != -1 {
		t.Errorf("%v", got)
	}
}
