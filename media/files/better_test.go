package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What the reference server gets wrong about names and files, and what must be true
// here instead (MusicDB 8: path analysis, metadata, extensions, permissions).

func TestAVideoMayHaveADashInItsName(t *testing.T) {
	at, err := Analyse("A/1999 - Live - at home - 2.mp4", KindVideo)
	if err != nil || at.Name != "Live - at home - 2" || at.Extension != "mp4" || at.Release != 1999 {
		t.Errorf("%+v %v", at, err)
	}
}

func TestADirectoryIsNotCutAtADot(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "A. B./1999 - V. 2/01 a.b.mp3", sample(t, sampleMP3))
	write(t, dir, "A/2000 - Cover.jpg/01 a.mp3", sample(t, sampleMP3))
	at, err := m.Locate("A. B./1999 - V. 2/01 a.b.mp3")
	if err != nil || at.Artist != "A. B." || at.Album != "V. 2" || at.Name != "a.b" || at.Extension != "mp3" {
		t.Errorf("%+v %v", at, err)
	}
	if at, err = m.Locate("A/2000 - Cover.jpg"); err != nil || at.Kind != KindAlbum || at.Album != "Cover.jpg" {
		t.Errorf("%+v %v", at, err)
	}
	found, err := m.FindNew(t.Context(), FindOptions{Ignore: Ignore{Albums: []string{"1999 - V"}}})
	if err != nil || len(found.Albums) != 2 {
		t.Errorf("an album is ignored whose name is cut: %+v %v", found, err)
	}
	if err := m.Rename("A. B./1999 - V. 2", "A/1999 - V. 2"); err != nil {
		t.Error(err)
	}
}

func TestExtensionsAreFoundInAnyCase(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	for _, rel := range []string{"A/1999 - B/01 a.MP3", "A/1999 - B/02 b.Flac", "A/1999 - B/03 c.m4A"} {
		from := map[string]string{".mp3": sampleMP3, ".flac": sampleFLAC, ".m4a": sampleM4A}[strings.ToLower(filepath.Ext(rel))]
		write(t, dir, rel, sample(t, from))
		tags, err := m.ReadTags(t.Context(), rel)
		if err != nil || tags.Title == nil || tags.Playtime != 3 {
			t.Errorf("%q: %+v %v", rel, tags, err)
		}
	}
	write(t, dir, "A/1999 - D.MP4", []byte("video"))
	found, err := m.FindNew(t.Context(), FindOptions{})
	if err != nil || len(found.Albums) != 1 || len(found.Videos) != 1 || found.Videos[0].Extension != "MP4" {
		t.Errorf("%+v %v", found, err)
	}
	songs := 0
	for album, err := range m.Scan(t.Context(), ScanOptions{}) {
		var finding *Finding
		if err != nil && !errors.As(err, &finding) {
			t.Fatal(err)
		}
		songs += len(album.Songs)
	}
	if songs != 3 {
		t.Errorf("the scan has found %d songs", songs)
	}
}

func TestWhatAFlacDoesNotSayIsMissing(t *testing.T) {
	data := sample(t, sampleFLAC)
	// The comments and pictures become padding, which leaves the sound as it is.
	for at, last := 4, false; !last; {
		kind, length := data[at]&0x7f, int(data[at+1])<<16|int(data[at+2])<<8|int(data[at+3])
		last = data[at]&0x80 != 0
		if kind == 4 || kind == 6 {
			data[at] = data[at]&0x80 | 1
		}
		at += 4 + length
	}
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "A/1999 - B/01 a.flac", data)
	tags, err := m.ReadTags(t.Context(), "A/1999 - B/01 a.flac")
	if err != nil || tags.Album != nil || tags.Title != nil || tags.Origin != OriginCD || tags.Playtime != 3 {
		t.Errorf("%+v %v", tags, err)
	}
	if cover, err := m.ReadCover(t.Context(), "A/1999 - B/01 a.flac"); err != nil || cover != nil {
		t.Errorf("%d bytes of cover, %v", len(cover), err)
	}
}

func TestATildeIsAnOrdinaryCharacter(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "~/1999 - B/01 a.mp3", []byte("in the music directory"))
	if _, err := m.Stat("~/1999 - B/01 a.mp3"); err != nil {
		t.Error(err)
	}
	if actual, err := m.Actual("~"); actual != "~" || err != nil {
		t.Errorf("%q %v, not %q", actual, err, home)
	}
	for _, rel := range []string{"~/../../etc/passwd", "/etc/passwd", home, "A/../../x"} {
		if _, err := m.Stat(rel); !errors.Is(err, ErrPath) {
			t.Errorf("%q: %v", rel, err)
		}
	}
}

// Whether the server may write is asked of the system, which knows of groups and
// read-only mounts; here, of a directory that only root may write.
func TestWhatMayBeWrittenIsAskedOfTheSystem(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "A/1999 - B/01 a.mp3", sample(t, sampleMP3))
	file := filepath.Join(dir, "A/1999 - B/01 a.mp3")
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	f, opened := os.OpenFile(file, os.O_RDWR, 0) // root may
	if opened == nil {
		f.Close()
	} else if !errors.Is(opened, fs.ErrPermission) {
		t.Fatal(opened)
	}
	songs, err := m.NewSongs("A/1999 - B", Ignore{}, func(string) bool { return false })
	if err != nil || slices.Contains(songs, "A/1999 - B/01 a.mp3") != (opened == nil) {
		t.Errorf("%q %v, opened for writing: %v", songs, err, opened)
	}
}
