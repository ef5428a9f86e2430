package files

import (
	"errors"
	"io/fs"
	"testing"
)

// Reading one song tells what a scan tells of it.
func TestReadIsWhatAScanReads(t *testing.T) {
	m := musicIn(t, "testdata/music")
	songs := 0
	for album, err := range m.Scan(t.Context(), ScanOptions{}) {
		if err != nil {
			continue // the broken file of the recorded library
		}
		for _, want := range album.Songs {
			songs++
			got, err := m.Read(t.Context(), want.Path)
			sum, sumErr := m.Checksum(t.Context(), want.Path)
			if !Playable(err) || sumErr != nil || got.Checksum != want.Checksum || sum != want.Checksum ||
				got.Tags.Playtime != want.Tags.Playtime || got.Tags.Bitrate != want.Tags.Bitrate || got.Tags.Origin != want.Tags.Origin {
				t.Errorf("%q: %+v (%v, %v), want %+v", want.Path, got, err, sumErr, want)
			}
		}
	}
	if songs < 10 {
		t.Errorf("only %d songs compared", songs)
	}
}

func TestReadRefusesWhatIsNoSong(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "A/text.mp3", []byte("This is no music at all, whatever its name says."))
	m := musicIn(t, dir)
	for rel, want := range map[string]error{"A/text.mp3": ErrNotAudio, "A/nothing.mp3": fs.ErrNotExist, "../A": ErrPath} {
		if _, err := m.Read(t.Context(), rel); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", rel, err, want)
		}
	}
	if _, err := m.Checksum(t.Context(), "A"); err == nil {
		t.Error("a directory has a checksum")
	}
}
