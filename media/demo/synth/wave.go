package synth

import "math"

// rotor is a sine generator that costs four multiplications per sample.
type rotor struct{ re, im, dre, dim float64 }

func newRotor(freq, phase, rate float64) rotor {
	step := 2 * math.Pi * freq / rate
	return rotor{math.Cos(phase), math.Sin(phase), math.Cos(step), math.Sin(step)}
}

// next returns the sine and goes on by one sample.
func (r *rotor) next() float64 {
	out := r.im
	r.re, r.im = r.re*r.dre-r.im*r.dim, r.re*r.dim+r.im*r.dre
	return out
}

// saw and pulse are waves with sharp edges; the edges are rounded over two
// samples (PolyBLEP), or their overtones would come back as false notes.
type saw struct{ phase float64 }

func (s *saw) next(step float64) float64 {
	out := 2*s.phase - 1 - edge(s.phase, step)
	s.phase += step
	s.phase -= math.Floor(s.phase)
	return out
}

type pulse struct{ phase float64 }

func (p *pulse) next(step, width float64) float64 {
	out := -1.0
	if p.phase < width {
		out = 1
	}
	fall := p.phase - width
	fall -= math.Floor(fall)
	out += edge(p.phase, step) - edge(fall, step)
	p.phase += step
	p.phase -= math.Floor(p.phase)
	// Without this a narrow pulse would carry a constant.
	return out - (2*width - 1)
}

// edge is the difference between a step of height 2 at phase 0 and its
// band-limited form.
func edge(phase, step float64) float64 {
	switch {
	case phase < step:
		t := phase / step
		return t + t - t*t - 1
	case phase > 1-step:
		t := (phase - 1) / step
		return t*t + t + t + 1
	}
	return 0
}

// noise is a linear congruential generator, good enough for hiss.
type noise uint64

func (n *noise) next() float64 {
	*n = *n*6364136223846793005 + 1442695040888963407
	return float64(int64(*n)>>11) / (1 << 52)
}

// adsr is an envelope with a linear attack and exponential decay and release.
type adsr struct{ attack, decay, sustain, release float64 } // seconds, seconds, 0–1, seconds

// at returns the level at a time after the start of a note that is held for
// some time.
func (e adsr) at(t, held float64) float64 {
	level := func(t float64) float64 {
		if t < e.attack {
			return t / e.attack
		}
		return e.sustain + (1-e.sustain)*math.Exp(-(t-e.attack)*3/e.decay)
	}
	if t < held {
		return level(t)
	}
	return level(held) * math.Exp(-(t-held)*6.9/e.release)
}

// length of the sound of a note, in seconds.
func (e adsr) length(held float64) float64 { return held + e.release }

// lowpass is a one-pole low pass.
type lowpass struct{ a, y float64 }

func newLowpass(cutoff, rate float64) lowpass {
	return lowpass{a: 1 - math.Exp(-2*math.Pi*min(cutoff, rate*.45)/rate)}
}

func (f *lowpass) next(x float64) float64 {
	f.y += f.a * (x - f.y)
	return f.y
}

// svf is a state variable filter in its trapezoidal form; it stays stable while
// its cutoff moves.
type svf struct{ g, k, s1, s2 float64 }

func (f *svf) tune(cutoff, q, rate float64) {
	f.g = math.Tan(math.Pi * min(cutoff, rate*.45) / rate)
	f.k = 1 / q
}

// next returns the low-passed and the band-passed signal.
func (f *svf) next(x float64) (low, band float64) {
	h := (x - (f.g+f.k)*f.s1 - f.s2) / (1 + f.g*(f.g+f.k))
	v1 := f.g * h
	band = v1 + f.s1
	f.s1 = band + v1
	v2 := f.g * band
	low = v2 + f.s2
	f.s2 = low + v2
	return low, band * f.k
}

// decibels converts a level to a factor.
func decibels(db float64) float64 { return math.Pow(10, db/20) }
