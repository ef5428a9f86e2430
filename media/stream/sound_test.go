package stream

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/sound"
)

// wave is what a player would play: the left channel, from -1 to 1.
type wave []float64

// decode plays a recording. Every complaint of the player fails the test.
func decode(t testing.TB, mp3 []byte) wave {
	t.Helper()
	var s sound.Splitter
	var frames int
	s.Write(mp3, func(h sound.Header, _ []byte) {
		frames++
		if h.Version != sound.MPEG1 || h.Bitrate != sound.Bitrate || h.SampleRate != SampleRate || h.Mode != sound.JointStereo || h.Protected {
			t.Fatalf("frame %d has other parameters: %+v", frames, h)
		}
	})
	if s.Skipped() > 0 || s.Pending() > 0 {
		t.Fatalf("%d bytes belong to no frame, %d are left over", s.Skipped(), s.Pending())
	}
	pcm := ffmpegtest.Run(t, mp3, "-xerror", "-err_detect", "explode", "-flags2", "-skip_manual", "-f", "mp3", "-i", "pipe:0", "-f", "s16le", "pipe:1")
	s16 := make(wave, len(pcm)/4)
	for i := range s16 {
		s16[i] = float64(int16(binary.LittleEndian.Uint16(pcm[4*i:]))) / 32768
	}
	if want := frames * sound.SamplesPerFrame; len(s16) != want {
		t.Fatalf("%d frames decode to %d samples, want %d", frames, len(s16), want)
	}
	return s16
}

// level is the amplitude of a tone in a part of the sound (Goertzel).
func (s wave) level(hz float64) float64 {
	if len(s) == 0 {
		return 0
	}
	w := 2 * math.Pi * hz / SampleRate
	var a, b float64
	for _, x := range s {
		a, b = x+2*math.Cos(w)*a-b, a
	}
	power := a*a + b*b - 2*math.Cos(w)*a*b
	return 2 * math.Sqrt(max(0, power)) / float64(len(s))
}

// peak is the largest amplitude.
func (s wave) peak() (peak float64) {
	for _, x := range s {
		peak = max(peak, math.Abs(x))
	}
	return peak
}

// window is 10 ms.
const window = SampleRate / 100

// score says which of the tones sounds in each window; 0 is silence, -1
// something else.
func (s wave) score(tones ...float64) []float64 {
	var notes []float64
	for ; len(s) >= window; s = s[window:] {
		note := -1.0
		if s[:window].peak() < 0.01 {
			note = 0
		}
		for _, hz := range tones {
			if s[:window].level(hz) > 0.35 {
				note = hz
			}
		}
		notes = append(notes, note)
	}
	return notes
}

// spell compresses a score: each note with its length, for comparing and reading.
func spell(notes []float64) []note {
	var all []note
	for _, hz := range notes {
		if n := len(all); n > 0 && all[n-1].hz == hz {
			all[n-1].length += 10 * time.Millisecond
		} else {
			all = append(all, note{hz, 10 * time.Millisecond})
		}
	}
	return all
}

type note struct {
	hz     float64
	length time.Duration
}
