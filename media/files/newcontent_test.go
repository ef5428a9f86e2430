package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// asSomebody runs a function as a user whom permissions mean something. The
// identity belongs to the thread, which ends with the goroutine because it is
// never unlocked.
func asSomebody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := unix.Setfsuid(65534); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func TestFindNew(t *testing.T) {
	dir := t.TempDir()
	for _, rel := range []string{
		"A/2000 - New/01 a.MP3", "A/2000 - New/cover.jpg", "A/2001 - Known/01 a.mp3",
		"A/2002 - Nested/01 a.mp3", "A/2002 - Nested/inner/02 b.mp3", "A/2003 - No music/cover.jpg",
		"A/No Year - live/01 a.opus", "A/2004 - V. 1.5/a.mp4", "A/2005 - /01 a.flac", "A/ignored/01 a.mp3",
		"A/2006 - Locked/01 a.mp3", "A/2007 - Locked inside/01 a.mp3", "A/2007 - Locked inside/02 b.mp3",
		"A/2008 - Video.mp4", "A/My.Own Video.M4V", "A/2009 - Known.webm", "A/2010 - Locked.webm", "A/stray.mp3",
		"A/\xff/01 a.mp3", "A/2011 - Odd \xff inside/01 a.mp3", "A/2012 - Odd inside/01 \xff.mp3",
		"Quo'te \"%s\" \n <b>/2000 - New/01 a.mp3",
		"B\xfe/2000 - New/01 a.mp3", "Locked/2000 - New/01 a.mp3", "lost+found/2000 - New/01 a.mp3", "stray.mp4",
	} {
		write(t, dir, rel, nil)
	}
	if err := os.Symlink("../../..", filepath.Join(dir, "A/2013 - Out")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("2000 - New", filepath.Join(dir, "A/2014 - Linked")); err != nil {
		t.Fatal(err)
	}
	everybody(t, dir)
	for locked, mode := range map[string]os.FileMode{"A/2006 - Locked": 0o111, "Locked": 0o111, "A/2007 - Locked inside/02 b.mp3": 0o444, "A/2010 - Locked.webm": 0o444} {
		if err := os.Chmod(filepath.Join(dir, locked), mode); err != nil {
			t.Fatal(err)
		}
	}
	m := musicIn(t, dir)
	asSomebody(t, func() {
		var findings []string
		known := func(rel string) bool { return strings.Contains(rel, "Known") }
		found, err := m.FindNew(t.Context(), FindOptions{
			Ignore: Ignore{Albums: []string{"ignored"}}, KnownAlbum: known, KnownVideo: known,
			Found: func(f *Finding) { findings = append(findings, fmt.Sprintf("%q %s", f.Path, f.Problem)) },
		})
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, c := range slices.Concat(found.Albums, found.Videos) {
			text, err := json.Marshal(c)
			if err != nil {
				t.Error(err)
			}
			got = append(got, string(text))
		}
		wantLines(t, got, `
		{"Path":"A/2000 - New","Artist":"A","Name":"New","Release":2000,"Extension":""}
		{"Path":"A/2004 - V. 1.5","Artist":"A","Name":"V. 1.5","Release":2004,"Extension":""}
		{"Path":"A/2005 - ","Artist":"A","Name":"","Release":2005,"Extension":""}
		{"Path":"A/2012 - Odd inside","Artist":"A","Name":"Odd inside","Release":2012,"Extension":""}
		{"Path":"A/2014 - Linked","Artist":"A","Name":"Linked","Release":2014,"Extension":""}
		{"Path":"A/No Year - live","Artist":"A","Name":"No Year","Release":null,"Extension":""}
		{"Path":"Quo'te \"%s\" \n \u003cb\u003e/2000 - New","Artist":"Quo'te \"%s\" \n \u003cb\u003e","Name":"New","Release":2000,"Extension":""}
		{"Path":"A/2008 - Video.mp4","Artist":"A","Name":"Video","Release":2008,"Extension":"mp4"}
		{"Path":"A/My.Own Video.M4V","Artist":"A","Name":"MyOwn Video","Release":null,"Extension":"M4V"}
		`)
		wantLines(t, findings, `
		"A/2002 - Nested/inner" is at a place where nothing is searched
		"A/2003 - No music" contains no songs
		"A/2006 - Locked" cannot be read
		"A/2007 - Locked inside/02 b.mp3" cannot be read
		"A/2010 - Locked.webm" cannot be read
		"A/2011 - Odd \xff inside" has a name that is not valid UTF-8
		"A/2013 - Out" is a link that leads out of the music directory or nowhere
		"A/\xff" has a name that is not valid UTF-8
		"B\xfe" has a name that is not valid UTF-8
		"Locked" cannot be read
		`)
	})
}

func TestFindNewEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	for i := range 100 {
		write(t, dir, fmt.Sprintf("A/%d - New/01 a.mp3", 2000+i), nil)
	}
	m := musicIn(t, dir)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	asked := 0
	_, err := m.FindNew(ctx, FindOptions{KnownAlbum: func(string) bool {
		if asked++; asked == 3 {
			cancel(stopped)
		}
		return false
	}})
	if !errors.Is(err, stopped) || asked != 3 {
		t.Errorf("%v after %d albums", err, asked)
	}
}

func TestNewSongs(t *testing.T) {
	dir := t.TempDir()
	for _, rel := range []string{"A/2000 - B/02 b.MP3", "A/2000 - B/01 a.flac", "A/2000 - B/cover.jpg", "A/2000 - B/known.mp3",
		"A/2000 - B/\xff.mp3", "A/2000 - B/ignored.mp3", "A/2000 - B/a.mp3/not a song.mp3"} {
		write(t, dir, rel, nil)
	}
	everybody(t, dir)
	locked := filepath.Join(dir, "A/2000 - B/00 locked.mp3")
	if err := os.WriteFile(locked, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	m := musicIn(t, dir)
	asSomebody(t, func() {
		got, err := m.NewSongs("A/2000 - B", Ignore{Songs: []string{"ignored.mp3"}}, func(rel string) bool { return strings.Contains(rel, "known") })
		if err != nil || !slices.Equal(got, []string{"A/2000 - B/01 a.flac", "A/2000 - B/02 b.MP3"}) {
			t.Errorf("%q (%v)", got, err)
		}
		for _, rel := range append(hostile, "A/2000 - B/02 b.MP3", "nothing") {
			if songs, err := m.NewSongs(rel, Ignore{}, func(string) bool { return false }); err == nil || len(songs) > 0 {
				t.Errorf("%.40q: %q (%v)", rel, songs, err)
			}
		}
	})
}

// everybody lets all users read and write everything in a directory.
func everybody(t *testing.T, dir string) {
	t.Helper()
	for up := dir; up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.Mode()&os.ModeSymlink != 0 {
			return err
		}
		return os.Chmod(name, 0o777)
	})
	if err != nil {
		t.Fatal(err)
	}
}
