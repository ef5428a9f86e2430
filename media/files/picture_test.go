package files

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"testing"
)

func TestPictureSources(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"album.png", "Front.JPG", "cover.webp", "COVER.jpg", "folder.jpeg", "back.jpg", "cover", "cover.jpg.txt", "my cover.jpg", "02 Y.mp3", "01 X.FLAC", "3.txt", "cover-\xff.jpg", "\xff.mp3"} {
		write(t, dir, "A/2000 - B/"+name, []byte(name))
	}
	m := musicIn(t, dir)
	pictures, songs, err := m.PictureSources("A/2000 - B")
	wantPictures := []string{"A/2000 - B/COVER.jpg", "A/2000 - B/cover.webp", "A/2000 - B/folder.jpeg", "A/2000 - B/Front.JPG", "A/2000 - B/album.png"}
	if err != nil || !slices.Equal(pictures, wantPictures) || !slices.Equal(songs, []string{"A/2000 - B/01 X.FLAC", "A/2000 - B/02 Y.mp3"}) {
		t.Errorf("pictures %q, songs %q, error %v", pictures, songs, err)
	}
	if _, _, err := m.PictureSources("A/2001 - C"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
	if _, _, err := m.PictureSources("A/../B"); !errors.Is(err, ErrPath) {
		t.Errorf("outside: %v", err)
	}
}

func TestReadPicture(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "A/2000 - B/cover.jpg", []byte("0123456789"))
	m := musicIn(t, dir)
	if data, err := m.ReadPicture(t.Context(), "A/2000 - B/cover.jpg", 10); err != nil || string(data) != "0123456789" {
		t.Errorf("%q, error %v", data, err)
	}
	if _, err := m.ReadPicture(t.Context(), "A/2000 - B/cover.jpg", 9); !errors.Is(err, ErrTooMuch) {
		t.Errorf("a larger file: %v", err)
	}
	for name, want := range map[string]error{"A/2000 - B/none.jpg": fs.ErrNotExist, "../x": ErrPath, "A/2000 - B": ErrNotRegular} {
		if _, err := m.ReadPicture(t.Context(), name, 10); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A scan of the back that stands first is not the cover (ID3v2.3, 4.15).
func TestReadCoverPrefersTheFront(t *testing.T) {
	picture := func(kind byte, text string) string { return "APIC\x00image/png\x00" + string(kind) + "\x00" + text }
	m := func(frames ...string) []byte {
		dir := t.TempDir()
		write(t, dir, "x.mp3", append(id3(3, frames...), bareMP3(t)...))
		data, err := musicIn(t, dir).ReadCover(t.Context(), "x.mp3")
		if err != nil {
			t.Error(err)
		}
		return data
	}
	if got := m(picture(4, "back"), picture(3, "front")); !bytes.Equal(got, []byte("front")) {
		t.Errorf("of two: %q", got)
	}
	if got := m(picture(4, "back"), picture(5, "leaflet")); !bytes.Equal(got, []byte("back")) {
		t.Errorf("without front: %q", got)
	}
}
