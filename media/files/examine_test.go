package files

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sounding are 40 s of noise in every format, in the music directory.
func sounding(t testing.TB, dir string) []string {
	t.Helper()
	names := []string{"01 a.mp3", "02 a.flac", "03 a.m4a", "04 a.aac", "05 a.ogg", "06 a.opus"}
	args := []string{"-f", "lavfi", "-i", "anoisesrc=d=40:c=pink:r=48000:seed=7,aformat=channel_layouts=stereo", "-metadata", "title=a"}
	for i, name := range names {
		codec := []string{"libmp3lame", "flac", "aac", "aac", "libvorbis", "libopus"}[i]
		args = append(args, "-c:a", codec, "-b:a", "256k", filepath.Join(dir, name))
	}
	ffmpeg(t, args...)
	return names
}

func TestDamageInsideIsFound(t *testing.T) {
	dir := t.TempDir()
	names := sounding(t, dir)
	m := musicIn(t, dir)
	noise := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	for _, name := range names {
		x, err := m.Examine(t.Context(), name)
		if err != nil || x.Damage != nil || x.Content != "" || x.Tags.Seconds < 39 {
			t.Errorf("%s is healthy: %+v, %v", name, x, err)
		}
		extension := filepath.Ext(name)[1:]
		if !slices.Contains(x.Tags.Format.Extensions(), extension) {
			t.Errorf("%s has the extensions %v", name, x.Tags.Format.Extensions())
		}
		healthy := mustRead(t, filepath.Join(dir, name))
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || x.Size != int64(len(healthy)) || !x.Modified.Equal(info.ModTime()) {
			t.Errorf("%s: %d bytes of %v (%v)", name, x.Size, x.Modified, err)
		}
		from, to := len(healthy)*35/100, len(healthy)*75/100
		for what, filling := range map[string][]byte{"zeros": make([]byte, to-from), "noise": noise[:min(len(noise), to-from)]} {
			damaged := slices.Clone(healthy)
			copy(damaged[from:to], filling)
			write(t, dir, "damaged."+extension, damaged)
			x, err := m.Examine(t.Context(), "damaged."+extension)
			switch {
			case x.Tags.Format == FormatMP4 && what == "noise":
				// Nothing in the sound of MPEG-4 can be recognised without decoding it.
			case err != nil || x.Damage == nil || x.Damage.Offset >= int64(from) && x.Damage.Zeros != (what == "zeros") || x.Damage.Offset < int64(from)-x.Tags.Format.window() || x.Damage.Offset > int64(to):
				t.Errorf("%s with %s from %d to %d: %v, %v", name, what, from, to, x.Damage, err)
			}
		}
	}
}

func TestForeignFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	for content, want := range map[string]string{
		"":                                      "an empty file",
		"PK\x03\x04" + string(make([]byte, 99)): "a ZIP archive",
		"RIFF\x00\x00\x00\x00WAVEfmt ":          "a WAV file",
		"\xFF\xD8\xFF\xE0 and more of it":       "a JPEG picture",
		"  <!DOCTYPE html><html>not found":      "a web page",
		"Grüße, nur Text":                       "a text",
		string(make([]byte, 2000)):              "a file that begins with nothing but zeros",
		"\x01\x02\x03\xFE\xFD what is it":       "",
	} {
		write(t, dir, "x.mp3", []byte(content))
		x, err := m.Examine(t.Context(), "x.mp3")
		if !errors.Is(err, ErrNotAudio) || x.Content != want || x.Size != int64(len(content)) {
			t.Errorf("%.12q: %q of %d bytes, %v; want %q", content, x.Content, x.Size, err, want)
		}
	}
}

func TestListIsConfined(t *testing.T) {
	dir := t.TempDir()
	m := musicIn(t, dir)
	write(t, dir, "B/2.txt", nil)
	write(t, dir, "A/1.txt", nil)
	if entries, err := m.List("."); err != nil || len(entries) != 2 || entries[0].Name() != "A" {
		t.Errorf("%v, %v", entries, err)
	}
	for _, rel := range []string{"", "..", "A/../..", "/", "A/1.txt", "C"} {
		if entries, err := m.List(rel); err == nil {
			t.Errorf("%q lists %v", rel, entries)
		}
	}
	if _, err := m.List("C"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is missing: %v", err)
	}
}

func FuzzSampleSound(f *testing.F) {
	f.Add([]byte("OggS\x00\x04"), uint8(FormatOpus), uint32(300_000))
	f.Add([]byte("\xFF\xFB\x90\x44"), uint8(FormatMPEG), uint32(200_000))
	f.Add([]byte("\xFF\xF8\x69\x18\x00\x00"), uint8(FormatFLAC), uint32(400_000))
	f.Add([]byte("\x00\x00\x00\x08mdat"), uint8(FormatMP4), uint32(1000))
	f.Add([]byte("\xFF\xF1\x50\x80\x02\x1F\xFC"), uint8(FormatADTS), uint32(500_000))
	f.Fuzz(func(t *testing.T, pattern []byte, format uint8, size uint32) {
		if len(pattern) == 0 || size > 1<<20 {
			return
		}
		content := bytes.Repeat(pattern, int(size)/len(pattern)+1)[:size]
		s := source{bytes.NewReader(content), int64(size)}
		if d := sampleSound(s, Format(format)); d != nil && (d.Offset < 0 || d.Offset >= s.size) {
			t.Errorf("damage at %d of %d bytes", d.Offset, s.size)
		}
		foreign(s)
	})
}
