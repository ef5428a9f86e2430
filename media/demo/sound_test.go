package demo

import (
	"encoding/binary"
	"math"
	"testing"

	"musicdb/media/demo/score"
	"musicdb/media/demo/synth"
)

const pcmRate = 16000

// decoded returns both channels of a file as ffmpeg hears it.
func decoded(t *testing.T, file string) (left, right []float64) {
	t.Helper()
	pcm := run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", file, "-map", "0:a", "-f", "s16le", "-ac", "2", "-ar", "16000", "-")
	for i := 0; i+4 <= len(pcm); i += 4 {
		left = append(left, float64(int16(binary.LittleEndian.Uint16(pcm[i:])))/32768)
		right = append(right, float64(int16(binary.LittleEndian.Uint16(pcm[i+2:])))/32768)
	}
	return left, right
}

// TestSounds decodes each file and compares it with its score: how long it
// lasts, how loud it is, and whether the notes of its leading voice are the
// ones that sound. Against a score that is a semitone too high the same test
// must fail.
func TestSounds(t *testing.T) {
	for _, p := range Pieces() {
		t.Run(p.Slug, func(t *testing.T) {
			left, right := decoded(t, "library/"+p.File())
			if got, want := float64(len(left))/pcmRate, p.Duration(); math.Abs(got-want) > .1 {
				t.Errorf("lasts %.3f s, the score says %.3f s", got, want)
			}
			if p.Duration() < 40 || p.Duration() > 60 {
				t.Errorf("lasts %.1f s, want 40 to 60 s", p.Duration())
			}
			if got := synth.Loudness(left, right, pcmRate); math.Abs(got+16) > 1 {
				t.Errorf("loudness %.1f LUFS, want −16", got)
			}
			mono := make([]float64, len(left))
			for i := range left {
				mono[i] = left[i] + right[i]
			}
			found, asked := heard(mono, &p, 0)
			if asked < 10 || float64(found) < .9*float64(asked) {
				t.Errorf("%d of %d notes of the %s were found", found, asked, p.Checked)
			}
			if found, asked := heard(mono, &p, 1); float64(found) > .5*float64(asked) {
				t.Errorf("the test would not notice a wrong key: %d of %d notes were found a semitone up", found, asked)
			}
		})
	}
}

// heard counts the notes of the checked voice whose frequency, moved by some
// semitones, is louder in the sound than both its neighbours.
func heard(sound []float64, p *score.Piece, semitones int) (found, asked int) {
	notes := p.Voice(p.Checked).Notes
	// Some 50 notes from all parts of the piece are enough.
	for i := 0; i < len(notes); i += 1 + len(notes)/50 {
		n := notes[i]
		from := p.Seconds(n.At)
		length := min(p.Seconds(n.At+n.Length)-from, .3)
		pitch := n.Pitch + semitones
		f := score.Frequency(pitch)
		// Neighbours are told apart when they lie two periods of the window apart.
		if length*f*(math.Pow(2, 1./12)-1) < 2 {
			continue
		}
		start, end := int((from+.015)*pcmRate), int((from+length)*pcmRate)
		if end > len(sound) {
			continue
		}
		window := sound[start:end]
		here := goertzel(window, f)
		loudest := true
		for _, other := range []int{pitch - 1, pitch + 1} {
			if semitones == 0 && sounding(p, other, n) {
				continue
			}
			loudest = loudest && here > goertzel(window, score.Frequency(other))
		}
		asked++
		if loudest {
			found++
		}
	}
	return found, asked
}

// sounding reports whether some voice makes a pitch, or has it as second or
// third overtone, while a note lasts or just before it.
func sounding(p *score.Piece, pitch int, n score.Note) bool {
	for _, v := range p.Voices {
		for _, o := range v.Notes {
			if o.At < n.At+n.Length && o.At+o.Length+1 > n.At && (o.Pitch == pitch || o.Pitch == pitch-12 || o.Pitch == pitch-19) {
				return true
			}
		}
	}
	return false
}

// goertzel is the power of one frequency in a Hann window.
func goertzel(window []float64, freq float64) float64 {
	w := 2 * math.Pi * freq / pcmRate
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for i, v := range window {
		hann := .5 - .5*math.Cos(2*math.Pi*float64(i)/float64(len(window)))
		s1, s2 = v*hann+c*s1-s2, s1
	}
	return s1*s1 + s2*s2 - c*s1*s2
}
