package synth

import "math"

// wire describes a plucked string.
type wire struct {
	decay   float64 // seconds to −60 dB at middle c
	dark    float64 // cutoff of the pluck in Hz at full velocity
	damping float64 // 0 keeps the overtones ringing, .5 takes them away fastest
	place   float64 // where the string is plucked, as a share of its length
	release float64 // seconds to −60 dB once let go
	body    float64 // level of the wooden box
}

var (
	nylon = wire{decay: 3.4, dark: 3200, damping: .5, place: .21, release: .25, body: .5}
	steel = wire{decay: 2.8, dark: 4600, damping: .4, place: .14, release: .2, body: .35}
	silk  = wire{decay: 4.2, dark: 4200, damping: .42, place: .3, release: .5, body: .25}
	gut   = wire{decay: 2.6, dark: 1100, damping: .5, place: .27, release: .12, body: .6}
)

// pluck is the Karplus–Strong string: a shape runs round a delay line of one
// period and loses a little of its overtones with every turn. The rest of a
// sample that a period does not fill comes from an all-pass, else high notes
// would be out of tune.
func pluck(t tone, w wire, detune float64, seed uint64) []float64 {
	freq := t.freq * (1 + detune)
	length := t.held + w.release
	out := t.samples(length)
	period := t.rate / freq
	// The loop's averaging filter delays by the damping; the all-pass does the rest.
	whole := int(period - w.damping - .1)
	rest := period - w.damping - float64(whole)
	allpass := (1 - rest) / (1 + rest)
	line := excite(t, w, whole, seed)
	decay := w.decay * math.Pow(2, -float64(t.pitch-60)/30)
	keep := math.Pow(.001, period/t.rate/decay)
	let := math.Pow(.001, period/t.rate/w.release)
	var last, apIn, apOut float64
	end := int(t.held * t.rate)
	for i := range out {
		at := i % whole
		v := line[at]
		out[i] = v
		filtered := (1-w.damping)*v + w.damping*last
		last = v
		g := keep
		if i >= end {
			g = min(keep, let)
		}
		filtered *= g
		apOut = allpass*filtered + apIn - allpass*apOut
		apIn = filtered
		line[at] = apOut
	}
	box(out, w.body, t.rate)
	fadeEnd(out, t.rate)
	return out
}

// excite fills one period of the string with what the finger leaves on it:
// overtones that fall with their number, without those that rest where it is
// plucked. Their phases are scattered, as a sharp corner would only eat headroom.
func excite(t tone, w wire, n int, seed uint64) []float64 {
	t.seed += seed
	dice := t.noise()
	line := make([]float64, n)
	cutoff := w.dark * (.35 + .65*t.velocity)
	energy := 0.0
	for k := 1; k <= n/2 && float64(k)*t.freq < 11000; k++ {
		f := float64(k) * t.freq
		a := (.12 + math.Abs(math.Sin(math.Pi*float64(k)*w.place))) / math.Pow(float64(k), .9)
		a *= 1 / (1 + (f/cutoff)*(f/cutoff)) * (1 + .25*dice.next())
		energy += a * a / 2
		r := newRotor(float64(k), 2.4*float64(k*k), float64(n))
		for i := range line {
			line[i] += a * r.next()
		}
	}
	level := .3 * math.Pow(t.velocity, 1.3) / math.Sqrt(energy)
	for i := range line {
		line[i] *= level
	}
	return line
}

// box adds the resonances of a wooden body.
func box(out []float64, level, rate float64) {
	var air, top, back svf
	air.tune(105, 3, rate)
	top.tune(215, 3.5, rate)
	back.tune(410, 3, rate)
	for i, v := range out {
		_, a := air.next(v)
		_, b := top.next(v)
		_, c := back.next(v)
		out[i] = v + level*(a+.8*b+.6*c)
	}
}

func guitar(t tone) (left, right []float64) { return both(pluck(t, nylon, 0, 0)) }

// mandolin has pairs of strings, never quite together.
func mandolin(t tone) (left, right []float64) {
	a, b := pluck(t, steel, -.0012, 0), pluck(t, steel, .0013, 77)
	left, right = make([]float64, len(a)), make([]float64, len(a))
	late := int(.004 * t.rate)
	for i := range a {
		second := 0.0
		if i >= late {
			second = b[i-late]
		}
		left[i], right[i] = .8*a[i]+.35*second, .35*a[i]+.8*second
	}
	return left, right
}

func harp(t tone) (left, right []float64) {
	a, b := pluck(t, silk, -.0004, 0), pluck(t, silk, .0004, 31)
	for i := range a {
		a[i], b[i] = .75*a[i]+.4*b[i], .4*a[i]+.75*b[i]
	}
	return a, b
}

// upright is a gut string with a round fundamental below it.
func upright(t tone) (left, right []float64) {
	out := pluck(t, gut, 0, 0)
	r := newRotor(t.freq, 0, t.rate)
	e := adsr{attack: .012, decay: 1.1, sustain: .12, release: .1}
	for i := range out {
		at := float64(i) / t.rate
		out[i] += .34 * math.Pow(t.velocity, 1.2) * r.next() * e.at(at, t.held)
	}
	fadeEnd(out, t.rate)
	return both(out)
}
