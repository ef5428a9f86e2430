package synth

import "math"

// piano: two strings per note, a little apart in pitch and place. Overtones are
// slightly sharp as those of stiff wire are, decay the faster the higher, and
// lose their first half quickly and the rest slowly. A harder stroke is a
// brighter one.
func piano(t tone) (left, right []float64) {
	key := float64(t.pitch)
	decay := 14 * math.Pow(2, -(key-40)/16) // seconds, fundamental
	length := min(t.held+.45, decay*1.1)
	left, right = t.samples(length), t.samples(length)
	stiff := 2.2e-4 * math.Pow(2, (key-60)/11)
	bright := 900 + 3600*t.velocity*t.velocity + 2.2*t.freq
	level := .6 * math.Pow(t.velocity, 1.6)
	for n := 1.0; n <= 26; n++ {
		f := n * t.freq * math.Sqrt(1+stiff*n*n)
		if f > min(9500, t.rate*.42) {
			break
		}
		strike := .25 + math.Abs(math.Sin(math.Pi*n/7.6))
		a := level * strike / math.Pow(n, .85) * math.Exp(-f/bright)
		d := decay / (1 + .32*(n-1))
		for s, detune := range []float64{-.00024, .00027} {
			mine, other := left, right
			if s == 1 {
				mine, other = right, left
			}
			phase := 2.1*n + 1.3*float64(s)
			ring(mine, f*(1+detune), a*.62, d*.28, phase, t.rate)
			ring(mine, f*(1+detune), a*.38, d, phase, t.rate)
			ring(other, f*(1+detune*.8), a*.22, d*.5, phase, t.rate)
		}
	}
	hammer(left, right, t)
	damp(left, t.held, .22, t.rate)
	damp(right, t.held, .22, t.rate)
	fadeEnd(left, t.rate)
	fadeEnd(right, t.rate)
	return left, right
}

// hammer is the soft knock of felt on wire.
func hammer(left, right []float64, t tone) {
	hiss, soft := t.noise(), newLowpass(500+1200*t.velocity, t.rate)
	env, fall := .055*t.velocity*t.velocity, math.Exp(-1/(.012*t.rate))
	for i := range min(len(left), int(.08*t.rate)) {
		v := soft.next(hiss.next()) * env
		left[i] += v
		right[i] += v
		env *= fall
	}
}
