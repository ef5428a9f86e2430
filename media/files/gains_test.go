package files

import (
	"math"
	"path/filepath"
	"testing"
)

func TestReadGains(t *testing.T) {
	dir := t.TempDir()
	tone := []string{"-f", "lavfi", "-i", "sine=997:d=0.3"}
	gain := []string{"-metadata", "REPLAYGAIN_TRACK_GAIN=-7.25 dB", "-metadata", "replaygain_track_peak=0.988553",
		"-metadata", "REPLAYGAIN_ALBUM_GAIN=+1.5 dB", "-metadata", "REPLAYGAIN_ALBUM_PEAK=1.02"}
	args := append([]string{}, tone...)
	for _, name := range []string{"a.mp3", "a.flac"} {
		args = append(append(args, gain...), filepath.Join(dir, name))
	}
	args = append(args, "-metadata", "R128_TRACK_GAIN=-512", "-c:a", "libopus", filepath.Join(dir, "a.opus"), filepath.Join(dir, "none.mp3"))
	ffmpeg(t, args...)
	m, nan := musicIn(t, dir), math.NaN()
	for name, want := range map[string]Gains{
		"a.mp3":    {-7.25, 0.988553, 1.5, 1.02},
		"a.flac":   {-7.25, 0.988553, 1.5, 1.02},
		"a.opus":   {3, nan, nan, nan},
		"none.mp3": {nan, nan, nan, nan},
	} {
		got, err := m.ReadGains(t.Context(), name)
		if err != nil || !sameGains(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
	}
	if _, err := m.ReadGains(t.Context(), "../a.mp3"); err == nil {
		t.Error("a path that leads outside was read")
	}
}

func sameGains(a, b Gains) bool {
	same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	return same(a.TrackGain, b.TrackGain) && same(a.TrackPeak, b.TrackPeak) && same(a.AlbumGain, b.AlbumGain) && same(a.AlbumPeak, b.AlbumPeak)
}

func FuzzGainsOf(f *testing.F) {
	for _, s := range []string{"-7.25 dB", "+1.5", "", "dB", "NaN", "1e400", "-Inf dB", "0x10p3 dB", " 3 DB "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g := gainsOf(map[string][]string{"REPLAYGAIN_TRACK_GAIN": {text}, "REPLAYGAIN_TRACK_PEAK": {text}, "R128_ALBUM_GAIN": {text}})
		for _, n := range []float64{g.TrackGain, g.TrackPeak, g.AlbumGain} {
			if math.Abs(n) > 200 {
				t.Errorf("%q becomes %v", text, n)
			}
		}
		if g.TrackPeak < 0 || !math.IsNaN(g.AlbumPeak) {
			t.Errorf("%q becomes %+v", text, g)
		}
	})
}
