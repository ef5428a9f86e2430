package loudness

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

func TestMain(m *testing.M) {
	if dir, isChild := strings.CutPrefix(os.Args[len(os.Args)-1], measuringDir); isChild {
		os.Exit(measureUntilKilled(dir))
	}
	dir, err := os.MkdirTemp("", "musicdb-loudness-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code, and for no other test's
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func native(t testing.TB) *ffmpeg.Tool {
	t.Helper()
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, tool.Close()) })
	return tool
}

// A tone is a stereo sine.
type tone struct {
	seconds, hertz float64
	level          float64 // dBFS of its peak
	phase          float64 // radians
	fade           bool    // 50 ms at both ends, without which a filter overshoots
}

// sine is a tone whose loudness in LUFS is its level: 997 Hz in both channels.
func sine(seconds, level float64) tone { return tone{seconds: seconds, hertz: 997, level: level} }

// wave writes tones one after the other into a WAV file of 32 bit floats.
func wave(t testing.TB, path string, rate int, tones ...tone) {
	t.Helper()
	const channels, sampleSize, float = 2, 4, 3
	var sound []float32
	for _, one := range tones {
		amplitude := math.Pow(10, one.level/20)
		for i := range int(one.seconds * float64(rate)) {
			swing := amplitude
			if end := min(i, int(one.seconds*float64(rate))-1-i); one.fade {
				swing *= min(1, float64(end)/float64(rate)/0.05)
			}
			s := float32(swing * math.Sin(one.phase+2*math.Pi*one.hertz*float64(i)/float64(rate)))
			sound = append(sound, s, s)
		}
	}
	var out bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			must(t, binary.Write(&out, binary.LittleEndian, v))
		}
	}
	size := uint32(len(sound) * sampleSize)
	put([]byte("RIFF"), 36+size, []byte("WAVEfmt "), uint32(16), uint16(float), uint16(channels), uint32(rate),
		uint32(rate*channels*sampleSize), uint16(channels*sampleSize), uint16(8*sampleSize), []byte("data"), size, sound)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, out.Bytes(), 0o644))
}

// transcode makes another file of a file.
func transcode(t testing.TB, from string, to ...string) {
	t.Helper()
	args := append([]string{"-v", "error", "-nostdin", "-y", "-i", from}, to...)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}

// house is a library with its music.
type house struct {
	t     testing.TB
	dir   string // music
	data  string
	lib   *library.Library
	music *files.Music
	tool  *ffmpeg.Tool
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), data: t.TempDir(), tool: native(t)}
	var err error
	h.lib, err = library.Open(t.Context(), library.Options{Dir: h.data})
	must(t, err)
	t.Cleanup(func() { must(t, h.lib.Close()) })
	h.music, err = files.OpenMusic(h.dir)
	must(t, err)
	t.Cleanup(func() { must(t, h.music.Close()) })
	return h
}

// album enters an album whose songs are tones of one second at these levels.
func (h *house) album(name string, levels ...float64) []library.Song {
	h.t.Helper()
	n := library.NewAlbum{ArtistName: "A", ArtistPath: "A", Name: name, Path: "A/2000 - " + name}
	for i, level := range levels {
		path := fmt.Sprintf("%s/%02d song.wav", n.Path, i+1)
		wave(h.t, h.file(path), 44_100, sine(1, level))
		n.Songs = append(n.Songs, library.NewSong{Name: "song", Path: path, Number: int64(i + 1), Playtime: 1, Checksum: fmt.Sprintf("%s-%d", name, i)})
	}
	a, err := h.lib.AddAlbum(h.t.Context(), n)
	must(h.t, err)
	return h.lib.Catalogue().SongsOf(a.ID)
}

func (h *house) file(path string) string { return filepath.Join(h.dir, path) }

func (h *house) meter(o Options) *Meter {
	h.t.Helper()
	o.Library, o.Music, o.Tool, o.Measure = h.lib, h.music, h.tool, true
	m, err := New(o)
	must(h.t, err)
	m.busy = func() bool { return false }
	m.pauses.least, m.pauses.most, m.pauses.hold, m.pauses.away = 0, 0, 0, 0
	return m
}

// complete runs a Meter until nothing is left.
func (h *house) complete(m *Meter) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	defer cancel()
	m.log = slog.New(&messages{at: "nothing is left to be measured", then: cancel})
	must(h.t, m.Run(ctx))
}

// messages is a log that does something at a message.
type messages struct {
	slog.Handler
	at   string
	then func()
}

func (*messages) Enabled(context.Context, slog.Level) bool { return true }

func (m *messages) Handle(_ context.Context, r slog.Record) error {
	if r.Message == m.at {
		m.then()
	}
	return nil
}

// loudness is what is known about a song.
func (h *house) loudness(s library.Song) library.Loudness {
	h.t.Helper()
	n, known, err := h.lib.Loudness(h.t.Context(), s.ID)
	must(h.t, err)
	if !known {
		h.t.Fatalf("nothing is known about %s", s.Path)
	}
	return n
}

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }
