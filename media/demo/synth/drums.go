package synth

import "math"

// drumKit plays percussion by General MIDI number.
func drumKit(t tone) (left, right []float64) {
	switch t.pitch {
	case 36: // bass drum
		return both(fallingTone(t, 110, 48, .03, .28, .8))
	case 37: // stick on the rim
		out := hissBand(t, 1900, 3, .03, .5, 0)
		for i, v := range fallingTone(t, 900, 820, .01, .025, .5) {
			if i < len(out) {
				out[i] += v
			}
		}
		return both(out)
	case 40: // brush on the snare
		return both(hissBand(t, 2600, .6, .16, .5, .018))
	case 42: // hi-hat with the foot
		return both(hissBand(t, 7800, .9, .05, .6, .001))
	case 51:
		return ride(t)
	case 64: // frame drum: the hand, then the skin
		out := fallingTone(t, 150, 92, .03, .26, .7)
		for i, v := range hissBand(t, 900, .8, .035, .35, .001) {
			out[i] += v
		}
		return both(out)
	}
	return both(hissBand(t, 6800, 1.2, .045, .55, .014)) // shaker
}

// hissBand is a burst of noise around a frequency.
func hissBand(t tone, centre, q, decay, level, attack float64) []float64 {
	out := t.samples(attack + decay*2)
	hiss := t.noise()
	var band svf
	band.tune(centre, q, t.rate)
	for i := range out {
		at := float64(i) / t.rate
		env := math.Exp(-3 * max(0, at-attack) / decay)
		if at < attack {
			env = at / attack
		}
		_, v := band.next(hiss.next())
		out[i] = level * math.Pow(t.velocity, 1.3) * v * env
	}
	fadeEnd(out, t.rate)
	return out
}

// ride is a cymbal: many partials that fit no scale, and a hiss that outlives
// the stick.
func ride(t tone) (left, right []float64) {
	left, right = t.samples(1.3), t.samples(1.3)
	ratios := []float64{1, 1.41, 1.83, 2.17, 2.63, 3.11, 3.74, 4.39, 5.03, 5.87}
	for i, r := range ratios {
		f := 640 * r
		a := .035 * math.Pow(t.velocity, 1.2)
		ring(left, f, a, 1.3/(1+.12*float64(i)), float64(i), t.rate)
		ring(right, f*1.002, a, 1.3/(1+.12*float64(i)), float64(i)*1.7, t.rate)
	}
	stick := hissBand(t, 6200, .8, .35, .22, .001)
	for i := range min(len(stick), len(left)) {
		left[i] += stick[i]
		right[i] += stick[i] * .8
	}
	fadeEnd(left, t.rate)
	fadeEnd(right, t.rate)
	return left, right
}
