package synth

import "math"

// chipPulse is the voice of an old console: a pulse of fixed width, a short
// envelope, and a vibrato on long notes.
func chipPulse(width float64, e adsr) patch {
	return func(t tone) (left, right []float64) {
		out := t.samples(e.length(t.held))
		// Chords of pulses that all start together would be one sharp peak.
		osc := pulse{phase: float64(t.seed%997) / 997}
		for i := range out {
			at := float64(i) / t.rate
			bend := 1.0
			if at > .22 {
				bend += .0045 * math.Sin(2*math.Pi*6*(at-.22))
			}
			out[i] = .2 * t.velocity * osc.next(t.freq*bend/t.rate, width) * e.at(at, t.held)
		}
		return both(out)
	}
}

// chipTriangle climbs in sixteen steps, as the console's bass channel did.
func chipTriangle(t tone) (left, right []float64) {
	e := adsr{attack: .002, decay: 1, sustain: 1, release: .03}
	out := t.samples(e.length(t.held))
	phase := 0.0
	soft := newLowpass(5000, t.rate)
	for i := range out {
		v := 4*math.Abs(phase-.5) - 1
		stepped := math.Round(v*7.5) / 7.5
		out[i] = .36 * t.velocity * soft.next(stepped) * e.at(float64(i)/t.rate, t.held)
		phase += t.freq / t.rate
		phase -= math.Floor(phase)
	}
	return both(out)
}

// chipKit makes all percussion from a shift register and one falling tone.
func chipKit(t tone) (left, right []float64) {
	switch t.pitch {
	case 36:
		return both(fallingTone(t, 190, 46, .035, .16, .55))
	case 38:
		out := registerNoise(t, 9000, .13, .34)
		for i, v := range fallingTone(t, 240, 150, .02, .07, .3) {
			out[i] += v
		}
		return both(out)
	}
	return both(registerNoise(t, 15000, .035, .17))
}

// registerNoise is a shift register clocked at some Hz.
func registerNoise(t tone, clock, decay, level float64) []float64 {
	out := t.samples(decay * 1.6)
	register := uint16(0x5a5a) ^ uint16(t.seed*40503)
	if register == 0 {
		register = 1
	}
	due, v := 0.0, 1.0
	fall := math.Exp(-3 / (decay * t.rate))
	env := level * t.velocity
	for i := range out {
		for due += clock / t.rate; due >= 1; due-- {
			bit := (register ^ register>>1) & 1
			register = register>>1 | bit<<14
			v = 2*float64(register&1) - 1
		}
		out[i] = v * env
		env *= fall
	}
	fadeEnd(out, t.rate)
	return out
}

// fallingTone is a sine that falls from one frequency to another.
func fallingTone(t tone, from, to, fallTime, decay, level float64) []float64 {
	out := t.samples(decay * 1.6)
	phase := 0.0
	for i := range out {
		at := float64(i) / t.rate
		f := to + (from-to)*math.Exp(-at/fallTime)
		out[i] = level * t.velocity * math.Sin(2*math.Pi*phase) * math.Exp(-3*at/decay) * min(1, at/.001)
		phase += f / t.rate
	}
	fadeEnd(out, t.rate)
	return out
}
