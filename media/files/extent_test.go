package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// encoded makes a tone of n samples at 44.1 kHz in a format of ffmpeg.
func encoded(t testing.TB, n int, format string, args ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tone."+format)
	source := fmt.Sprintf("sine=frequency=331:sample_rate=44100,atrim=end_sample=%d", n)
	args = append(append([]string{"-v", "error", "-f", "lavfi", "-i", source}, args...), file)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// atom is a box of MPEG-4.
func atom(name string, content ...[]byte) []byte {
	c := bytes.Join(content, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(c)))
	return append(append(b, name...), c...)
}

// tagged adds a tag iTunSMPB to a file that ends with its index, inside the boxes
// moov, udta, meta and ilst, each of which is the last one of its parent.
func tagged(t testing.TB, file []byte, value string) []byte {
	t.Helper()
	tag := atom("----", atom("mean", []byte("\x00\x00\x00\x00com.apple.iTunes")),
		atom("name", []byte("\x00\x00\x00\x00iTunSMPB")), atom("data", []byte("\x00\x00\x00\x01\x00\x00\x00\x00"+value)))
	out := append(bytes.Clone(file), tag...)
	for _, name := range []string{"moov", "udta", "meta", "ilst"} {
		at := bytes.LastIndex(file, []byte(name)) - 4
		if at < 0 {
			t.Fatalf("no box %q", name)
		}
		binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])+uint32(len(tag)))
	}
	return out
}

// Where the song ends is told to the sample by encoders that know, whichever way
// they tell it, and nothing is made up for those that do not.
func TestExtent(t *testing.T) {
	const n = 38023
	aac := encoded(t, n, "m4a", "-c:a", "aac")
	bare := encoded(t, n, "m4a", "-c:a", "aac", "-use_editlist", "0")
	smpb := func(delay, padding, length int) string {
		return fmt.Sprintf(" 00000000 %08X %08X %016X 00000000 00000000", delay, padding, length)
	}
	for name, c := range map[string]struct {
		file  []byte
		ticks int64
	}{
		"AAC with an edit list":      {aac, n},
		"AAC with neither":           {bare, 0},
		"AAC with iTunSMPB":          {tagged(t, bare, smpb(1024, 889, n)), n},
		"iTunSMPB goes before":       {tagged(t, aac, smpb(1024, 900, n-11)), n - 11},
		"iTunSMPB of another file":   {tagged(t, bare, smpb(1024, 889, 10*n)), 0},
		"iTunSMPB with a long delay": {tagged(t, bare, smpb(30000, 0, n-30000)), 0},
		"iTunSMPB that is no number": {tagged(t, bare, " 0 zzz 1 2"), 0},
		"iTunSMPB that is empty":     {tagged(t, bare, ""), 0},
		"ALAC":                       {encoded(t, n, "m4a", "-c:a", "alac"), n},
		"MP3":                        {encoded(t, n, "mp3"), 0},
		"FLAC":                       {encoded(t, n, "flac"), 0},
		"text":                       {[]byte(strings.Repeat("no music ", 50)), 0},
		"nothing":                    {nil, 0},
	} {
		got, err := readExtent(source{bytes.NewReader(c.file), int64(len(c.file))})
		if err != nil || got.Ticks != c.ticks || got.Ticks > 0 && got.Rate != 44100 {
			t.Errorf("%s: %+v, %v, want %d ticks", name, got, err, c.ticks)
		}
	}
}

// An encrypted file is told from others by the description of its samples.
func TestProtectedFile(t *testing.T) {
	aac := encoded(t, 5000, "m4a", "-c:a", "aac")
	for _, kind := range []string{"drms", "enca"} {
		file := bytes.Clone(aac)
		copy(file[bytes.LastIndex(file, []byte("mp4a")):], kind)
		m := musicIn(t, t.TempDir())
		if err := os.WriteFile(filepath.Join(m.Dir(), "song.m4p"), file, 0o600); err != nil {
			t.Fatal(err)
		}
		if e, err := m.Extent("song.m4p"); !errors.Is(err, ErrProtected) {
			t.Errorf("%s: %+v, %v, want ErrProtected", kind, e, err)
		}
	}
}

func FuzzExtent(f *testing.F) {
	aac := encoded(f, 5000, "m4a", "-c:a", "aac")
	f.Add(aac)
	f.Add(tagged(f, encoded(f, 5000, "m4a", "-c:a", "aac", "-use_editlist", "0"), " 0 400 378 1388"))
	f.Add(encoded(f, 5000, "mp3"))
	f.Add([]byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x00moov"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := readExtent(source{bytes.NewReader(data), int64(len(data))})
		switch {
		case errors.Is(err, ErrProtected):
		case err != nil:
			t.Fatalf("%v, for a file in memory", err)
		case e.Ticks < 0 || (e.Ticks > 0) != (e.Rate > 0) || float64(e.Ticks) > maxSeconds*float64(max(e.Rate, 1)):
			t.Fatalf("%+v", e)
		}
	})
}
