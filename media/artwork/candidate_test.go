package artwork

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"musicdb/media/files"
)

// song is an MP3 file's tag with pictures of a type (ID3v2.3, 4.15), and nothing behind it
// but one frame of silence.
func song(pictures ...embedded) []byte {
	var frames []byte
	for _, p := range pictures {
		body := append([]byte("\x00image/jpeg\x00"), p.kind, 0)
		body = append(body, p.data...)
		n := len(body)
		frames = append(frames, 'A', 'P', 'I', 'C', byte(n>>24), byte(n>>16), byte(n>>8), byte(n), 0, 0)
		frames = append(frames, body...)
	}
	n := len(frames)
	out := append([]byte("ID3\x03\x00\x00"), byte(n>>21), byte(n>>14&0x7f), byte(n>>7&0x7f), byte(n&0x7f))
	out = append(out, frames...)
	frame := append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...)
	return append(append(out, frame...), frame...)
}

type embedded struct {
	kind byte // 3: front, 4: back
	data []byte
}

func musicOf(t *testing.T, content map[string][]byte) *files.Music {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir()) // for the compiled code of the tag library
	dir := t.TempDir()
	for name, data := range content {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	music, err := files.OpenMusic(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { music.Close() })
	return music
}

func TestCandidates(t *testing.T) {
	jpeg := func(edge int) []byte { return asJPEG(t, testPicture(edge, edge)) }
	music := musicOf(t, map[string][]byte{
		"A/2000 - B/01 X.mp3":      song(),
		"A/2000 - B/02 Y.mp3":      song(embedded{4, jpeg(40)}, embedded{3, jpeg(80)}),
		"A/2000 - B/03 Z.mp3":      song(embedded{3, jpeg(500)}),
		"A/2000 - B/FOLDER.PNG":    jpeg(300),
		"A/2000 - B/cover.jpg":     asPNG(t, testPicture(120, 90)),
		"A/2000 - B/Front.jpeg":    nil,
		"A/2000 - B/album.webp":    bomb(50_000, 50_000),
		"A/2000 - B/back.jpg":      jpeg(700),
		"A/2000 - B/cover.txt":     jpeg(700),
		"A/2001 - Empty/notes.txt": nil,
	})
	s := opened(t, t.TempDir(), Options{Scales: []int{100}})
	found, err := s.Candidates(t.Context(), music, "A/2000 - B")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found {
		got = append(got, fmt.Sprintf("%v %s %s %d×%d", c.Source, filepath.Base(c.Path), c.Format, c.Width, c.Height))
	}
	// 100 pixels are all that is needed.
	want := []string{
		"folder FOLDER.PNG JPEG 300×300", "folder cover.jpg PNG 120×90", "embedded 02 Y.mp3 JPEG 80×80",
		"folder Front.jpeg  0×0", "folder album.webp  0×0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("candidates %q\nwant %q", got, want)
	}
	if n := len(found); n < 5 || !errors.Is(found[n-2].Err, ErrFormat) || !errors.Is(found[n-1].Err, ErrTooLarge) {
		t.Errorf("reasons of %+v", found)
	}
	for _, c := range found[:3] {
		data, err := c.Read(t.Context(), music)
		if err != nil || len(data) != c.Bytes {
			t.Errorf("%s: %d bytes, want %d, error %v", c.Path, len(data), c.Bytes, err)
		}
		if _, err := s.SetCover(t.Context(), "A", "B", data); err != nil {
			t.Errorf("%s: %v", c.Path, err)
		}
	}
	if found, err := s.Candidates(t.Context(), music, "A/2001 - Empty"); err != nil || len(found) != 0 {
		t.Errorf("candidates %v, error %v", found, err)
	}
	if _, err := s.Candidates(t.Context(), music, "A/2002 - None"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
	if _, err := s.Candidates(t.Context(), music, "../B"); !errors.Is(err, files.ErrPath) {
		t.Errorf("outside: %v", err)
	}
	if _, err := (Candidate{Source: SourceEmbedded, Path: "A/2000 - B/01 X.mp3"}).Read(t.Context(), music); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a song without picture: %v", err)
	}
}

// Among pictures that are large enough, that of a song comes first.
func TestEmbeddedComesFirst(t *testing.T) {
	music := musicOf(t, map[string][]byte{
		"A/2000 - B/01 X.m4a":  []byte("no music"),
		"A/2000 - B/02 Y.mp3":  song(embedded{3, asJPEG(t, testPicture(150, 150))}),
		"A/2000 - B/cover.jpg": asJPEG(t, testPicture(200, 200)),
	})
	s := opened(t, t.TempDir(), Options{Scales: []int{100}})
	found, err := s.Candidates(t.Context(), music, "A/2000 - B")
	if err != nil || len(found) != 2 || found[0].Source != SourceEmbedded || found[1].Source != SourceFolder {
		t.Errorf("candidates %+v, error %v", found, err)
	}
}
