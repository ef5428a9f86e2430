package synth

import "math"

// tone is one note as an instrument gets it.
type tone struct {
	freq     float64 // Hz
	pitch    int     // MIDI note number; percussion goes by it
	velocity float64 // 0–1
	held     float64 // seconds until the key is let go
	rate     float64 // samples per second
	seed     uint64  // different for each note, the same each time
}

// patch plays a tone. Both channels have the same length.
type patch func(tone) (left, right []float64)

// samples returns a buffer for a sound of some seconds.
func (t tone) samples(seconds float64) []float64 {
	return make([]float64, max(1, int(seconds*t.rate)))
}

func (t tone) noise() noise { return noise(t.seed*2654435761 + 88172645463325252) }

// both is a sound in the middle.
func both(mono []float64) (left, right []float64) { return mono, mono }

// partial is one sine of a struck body.
type partial struct {
	ratio float64 // of the fundamental
	level float64
	decay float64 // seconds to −60 dB, at middle c
}

// ring adds decaying sines, beginning with a rise of a millisecond. phase
// shifts them against those of the other channel.
func ring(out []float64, freq, level, decay, phase, rate float64) {
	r := newRotor(freq, phase, rate)
	fall := math.Pow(.001, 1/(decay*rate))
	rise := 1 - math.Exp(-1/(.0008*rate))
	env, up := level, 0.0
	for i := range out {
		up += rise * (1 - up)
		out[i] += r.next() * env * up
		env *= fall
	}
}

// damp lets a sound die away after the key is let go.
func damp(out []float64, held, release, rate float64) {
	start := int(held * rate)
	fall := math.Pow(.001, 1/(release*rate))
	env := 1.0
	for i := max(0, start); i < len(out); i++ {
		out[i] *= env
		env *= fall
	}
}

// fadeEnd takes the last milliseconds down to nothing, so that a sound that is
// cut off does not click.
func fadeEnd(out []float64, rate float64) {
	n := min(len(out), int(.01*rate))
	for i := range n {
		out[len(out)-1-i] *= float64(i) / float64(n)
	}
}
