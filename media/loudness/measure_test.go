package loudness

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/ffmpeg"
)

// The signals of EBU Tech 3341, table 1, that have two channels: loudness to
// within 0.1 LU, true peaks to within +0.2 and −0.4 dB.
func TestMeasuresAsEBUDemands(t *testing.T) {
	tool, dir := native(t), t.TempDir()
	quarter := func(level, divisor, degrees float64) []tone {
		return []tone{{seconds: 1, hertz: 48_000 / divisor, level: level, phase: degrees * math.Pi / 180, fade: true}}
	}
	half := 20 * math.Log10(0.5)
	for name, c := range map[string]struct {
		tones    []tone
		loudness float64 // 0: does not matter
		peak     float64 // dBTP; 0: does not matter
	}{
		"997 Hz":  {[]tone{sine(5, -23)}, -23, -23},
		"case 1":  {[]tone{{seconds: 20, hertz: 1000, level: -23}}, -23, 0},
		"case 4":  {[]tone{{seconds: 10, hertz: 1000, level: -72}, {seconds: 10, hertz: 1000, level: -36}, {seconds: 60, hertz: 1000, level: -23}, {seconds: 10, hertz: 1000, level: -36}, {seconds: 10, hertz: 1000, level: -72}}, -23, 0},
		"case 5":  {[]tone{{seconds: 20, hertz: 1000, level: -26}, {seconds: 20.1, hertz: 1000, level: -20}, {seconds: 20, hertz: 1000, level: -26}}, -23, 0},
		"case 15": {quarter(half, 4, 0), 0, -6},
		"case 16": {quarter(half, 4, 45), 0, -6},
		"case 17": {quarter(half, 6, 60), 0, -6},
		"case 18": {quarter(half, 8, 67.5), 0, -6},
		"case 19": {quarter(20*math.Log10(1.41), 4, 45), 0, 3},
	} {
		path := filepath.Join(dir, "tone.wav")
		wave(t, path, 48_000, c.tones...)
		m, err := Measure(t.Context(), tool, path)
		must(t, err)
		if c.loudness != 0 && !near(m.Loudness, c.loudness, 0.1) {
			t.Errorf("%s: %v LUFS, want %v", name, m.Loudness, c.loudness)
		}
		if l := m.Blocks.Loudness(); c.loudness != 0 && !near(l, m.Loudness, step/2+0.001) {
			t.Errorf("%s: the blocks say %v LUFS, ffmpeg says %v", name, l, m.Loudness)
		}
		if peak := 20 * math.Log10(m.Peak); c.peak != 0 && (peak > c.peak+0.2 || peak < c.peak-0.4) {
			t.Errorf("%s: peak at %v dBTP, want %v", name, peak, c.peak)
		}
	}
}

// What is measured is what the stream plays: all formats, rates and numbers of
// channels become two channels at 44.1 kHz.
func TestMeasuresWhatIsPlayed(t *testing.T) {
	tool, dir := native(t), t.TempDir()
	from := filepath.Join(dir, "tone.wav")
	wave(t, from, 96_000, sine(2, -20))
	for name, options := range map[string][]string{
		"a.mp3":   {"-b:a", "192k"},
		"a.flac":  nil,
		"a.opus":  {"-c:a", "libopus"},
		"a.m4a":   {"-c:a", "aac"},
		"8.wav":   {"-c:a", "pcm_u8"},
		"one.wav": {"-ac", "1"},
		"six.wav": {"-af", "pan=5.1|FL=c0|FR=c1"},
	} {
		path := filepath.Join(dir, name)
		transcode(t, from, append(options, path)...)
		m, err := Measure(t.Context(), tool, path)
		must(t, err)
		// What is lost by compression is a little, and the sum of six channels is
		// lowered so that it cannot be cut off.
		want := -20.0
		if name == "six.wav" {
			want = stereoOf(t, path)
		}
		if !near(m.Loudness, want, 0.3) {
			t.Errorf("%s: %v LUFS, want %v", name, m.Loudness, want)
		}
	}
}

// stereoOf is the loudness of a file that was made stereo before.
func stereoOf(t *testing.T, path string) float64 {
	stereo := filepath.Join(t.TempDir(), "stereo.wav")
	transcode(t, path, "-ac", "2", "-ar", "44100", "-c:a", "pcm_s16le", stereo)
	m, err := Measure(t.Context(), native(t), stereo)
	must(t, err)
	return m.Loudness
}

func TestFilesThatCannotBeMeasured(t *testing.T) {
	tool, dir := native(t), t.TempDir()
	for name, content := range map[string]string{"text.mp3": "no sound at all, only words", "empty.flac": ""} {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o644))
		if _, err := Measure(t.Context(), tool, path); !blames(err) {
			t.Errorf("%s: %v does not blame the file", name, err)
		}
	}
	silent := filepath.Join(dir, "silence.wav")
	wave(t, silent, 44_100, sine(1, -120))
	if m, err := Measure(t.Context(), tool, silent); err != nil || !math.IsInf(m.Loudness, -1) {
		t.Errorf("silence has %v LUFS, %v", m.Loudness, err)
	}
	brief := filepath.Join(dir, "brief.wav")
	wave(t, brief, 44_100, sine(0.05, -10))
	if m, err := Measure(t.Context(), tool, brief); err != nil || !math.IsInf(m.Loudness, -1) {
		t.Errorf("50 ms have %v LUFS, %v", m.Loudness, err)
	}
	killed := &ffmpeg.FailedError{Code: -1, Signal: 9}
	if blames(killed) || blames(errors.New("disk full")) {
		t.Error("a file is blamed for what it has not done")
	}
}

func BenchmarkMeasure(b *testing.B) {
	tool, dir := native(b), b.TempDir()
	from, path := filepath.Join(dir, "tone.wav"), filepath.Join(dir, "tone.mp3")
	wave(b, from, 44_100, sine(60, -20))
	transcode(b, from, "-b:a", "320k", path)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Measure(b.Context(), tool, path)
		if err != nil || !near(m.Loudness, -20, 0.2) {
			b.Fatal(m.Loudness, err)
		}
	}
	b.ReportMetric(60*float64(b.N)/b.Elapsed().Seconds(), "×realtime")
}
