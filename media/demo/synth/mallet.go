package synth

import "math"

// bar is a struck body: the ratios are those of the tuned bar it imitates.
type bar struct {
	partials []partial
	knock    float64 // level of the mallet's noise
	shorten  float64 // octaves up over which the decay halves
	release  float64 // seconds to −60 dB once let go; 0 rings on
	spread   float64 // difference between the channels, in radians
}

var (
	rosewood = bar{
		partials: []partial{{1, 1, 1.5}, {3.93, .22, .45}, {9.2, .07, .16}, {2, .03, .6}},
		knock:    .12, shorten: 1.1, spread: .5,
	}
	aluminium = bar{
		partials: []partial{{1, 1, 5}, {3.98, .16, 1.6}, {10.1, .045, .5}},
		knock:    .04, shorten: 2, release: .5, spread: .7,
	}
	tine = bar{
		partials: []partial{{1, 1, 1.9}, {2, .10, .9}, {5.4, .11, .30}, {8.9, .05, .14}},
		knock:    .05, shorten: 1.6, spread: .4,
	}
	comb = bar{
		partials: []partial{{1, 1, 2.6}, {2.003, .16, 1.5}, {3.01, .10, .8}, {6.27, .11, .35}, {11.2, .04, .12}},
		knock:    .03, shorten: 1.7, spread: .9,
	}
	glass = bar{
		partials: []partial{{.5, .14, 5}, {1, 1, 6.5}, {2.005, .30, 4}, {2.99, .16, 2.6}, {4.22, .12, 1.7}, {5.43, .07, 1.1}, {8.2, .03, .5}},
		knock:    .01, shorten: 3, spread: 1.4,
	}
)

func (b bar) play(t tone) (left, right []float64) {
	octaves := float64(t.pitch-60) / 12
	scale := math.Pow(2, -octaves/b.shorten)
	length := 0.0
	for _, p := range b.partials {
		length = max(length, p.decay*scale)
	}
	if b.release > 0 {
		length = min(length, t.held+b.release)
	}
	left, right = t.samples(length), t.samples(length)
	for i, p := range b.partials {
		f := p.ratio * t.freq
		if f > t.rate*.42 {
			continue
		}
		// A soft stroke wakes fewer overtones.
		a := .5 * p.level * math.Pow(t.velocity, 1.2+.7*math.Log2(max(1, p.ratio)))
		ring(left, f, a, p.decay*scale, 0, t.rate)
		ring(right, f, a, p.decay*scale, b.spread*float64(i), t.rate)
	}
	hiss, soft := t.noise(), newLowpass(1400+3000*t.velocity, t.rate)
	env, fall := b.knock*t.velocity*t.velocity, math.Exp(-1/(.006*t.rate))
	for i := range min(len(left), int(.05*t.rate)) {
		v := soft.next(hiss.next()) * env
		left[i], right[i] = left[i]+v, right[i]+v
		env *= fall
	}
	if b.release > 0 {
		damp(left, t.held, b.release, t.rate)
		damp(right, t.held, b.release, t.rate)
	}
	fadeEnd(left, t.rate)
	fadeEnd(right, t.rate)
	return left, right
}

// vibraphone has a fan over each resonator: the sound comes and goes five times
// a second, first on one side, then on the other.
func vibraphone(t tone) (left, right []float64) {
	left, right = aluminium.play(t)
	for i := range left {
		turn := 2 * math.Pi * 5.1 * float64(i) / t.rate
		left[i] *= 1 - .22*(1-math.Cos(turn))
		right[i] *= 1 - .22*(1-math.Cos(turn+1.6))
	}
	return left, right
}
