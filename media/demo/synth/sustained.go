package synth

import "math"

// pad is a slow surface of seven saws, each a little out of tune, behind a
// filter that opens and closes again.
func pad(t tone) (left, right []float64) {
	e := adsr{attack: .9, decay: 4, sustain: .8, release: 2.2}
	length := e.length(t.held)
	left, right = t.samples(length), t.samples(length)
	hiss := t.noise()
	detune := []float64{-.0062, -.0041, -.0017, 0, .0019, .0043, .0058}
	voices := make([]saw, len(detune))
	for i := range voices {
		voices[i].phase = .5 + .5*hiss.next()
	}
	var fl, fr svf
	for i := range left {
		at := float64(i) / t.rate
		if i%32 == 0 {
			sweep := 420 + 1.2*t.freq + 1500*t.velocity*(.55+.45*math.Sin(2*math.Pi*.11*at-.8+float64(t.pitch)))
			fl.tune(sweep, .75, t.rate)
			fr.tune(sweep*1.07, .75, t.rate)
		}
		var l, r float64
		for v := range voices {
			s := voices[v].next(t.freq * (1 + detune[v]) / t.rate)
			place := float64(v) / float64(len(voices)-1)
			l += s * (1 - .8*place)
			r += s * (.2 + .8*place)
		}
		level := .075 * t.velocity * e.at(at, t.held)
		l, _ = fl.next(l)
		r, _ = fr.next(r)
		left[i], right[i] = l*level, r*level
	}
	return left, right
}

// bowed is a small section of strings: three players with a vibrato each.
func bowed(t tone) (left, right []float64) {
	e := adsr{attack: .11, decay: 1.5, sustain: .82, release: .35}
	length := e.length(t.held)
	left, right = t.samples(length), t.samples(length)
	hiss := t.noise()
	const players = 3
	var voices [players]saw
	var start [players]float64
	for i := range voices {
		voices[i].phase = .5 + .5*hiss.next()
		start[i] = math.Pi * hiss.next()
	}
	var fl, fr svf
	fl.tune(1500+1.6*t.freq+900*t.velocity, .7, t.rate)
	fr.tune(1500+1.6*t.freq+900*t.velocity, .7, t.rate)
	for i := range left {
		at := float64(i) / t.rate
		depth := .0042 * min(1, at/.5)
		var l, r float64
		for v := range voices {
			bend := 1 + (float64(v)-1)*.0022 + depth*math.Sin(2*math.Pi*(5.1+.35*float64(v))*at+start[v])
			s := voices[v].next(t.freq * bend / t.rate)
			place := float64(v) / (players - 1)
			l += s * (1 - .6*place)
			r += s * (.4 + .6*place)
		}
		level := .13 * t.velocity * e.at(at, t.held)
		l, _ = fl.next(l)
		r, _ = fr.next(r)
		left[i], right[i] = l*level, r*level
	}
	return left, right
}

// flute is few overtones, breath, and a vibrato that begins late.
func flute(t tone) (left, right []float64) {
	e := adsr{attack: .055, decay: .6, sustain: .86, release: .16}
	out := t.samples(e.length(t.held))
	hiss := t.noise()
	var breath svf
	breath.tune(t.freq*1.5, 1.1, t.rate)
	overtones := []float64{1, .34 * t.velocity, .20 * t.velocity, .05, .03}
	phase := 0.0
	for i := range out {
		at := float64(i) / t.rate
		sway := math.Sin(2 * math.Pi * 4.9 * at)
		depth := min(1, max(0, at-.18)/.4)
		phase += t.freq * (1 + .0034*depth*sway - .004*math.Exp(-at/.03)) / t.rate
		phase -= math.Floor(phase)
		v := 0.0
		for n, a := range overtones {
			v += a * math.Sin(2*math.Pi*float64(n+1)*phase)
		}
		_, air := breath.next(hiss.next())
		blow := .05 + .16*math.Exp(-at/.045)
		level := .3 * math.Pow(t.velocity, 1.1) * e.at(at, t.held) * (1 + .09*depth*sway)
		out[i] = level * (v + blow*air)
	}
	return both(out)
}

// sub is a bass more felt than heard, with enough second harmonic to be found
// on small speakers.
func sub(t tone) (left, right []float64) {
	e := adsr{attack: .18, decay: 3, sustain: .75, release: .6}
	out := t.samples(e.length(t.held))
	one, two, three := newRotor(t.freq, 0, t.rate), newRotor(2*t.freq, .4, t.rate), newRotor(3*t.freq, .9, t.rate)
	for i := range out {
		v := one.next() + .28*two.next() + .07*three.next()
		out[i] = .34 * t.velocity * v * e.at(float64(i)/t.rate, t.held)
	}
	return both(out)
}
