package synth

import "math"

// biquad is a second-order filter in transposed direct form.
type biquad struct{ b0, b1, b2, a1, a2, z1, z2 float64 }

func (f *biquad) next(x float64) float64 {
	y := f.b0*x + f.z1
	f.z1 = f.b1*x - f.a1*y + f.z2
	f.z2 = f.b2*x - f.a2*y
	return y
}

// kWeighting returns the two filters of ITU-R BS.1770-4, annex 1, for any
// sampling rate: a shelf for the head, a high pass for the ear.
func kWeighting(rate float64) (shelf, high biquad) {
	k := math.Tan(math.Pi * 1681.974450955533 / rate)
	const q, gain = .7071752369554196, 3.999843853973347
	vh := math.Pow(10, gain/20)
	vb := math.Pow(vh, .4996667741545416)
	a0 := 1 + k/q + k*k
	shelf = biquad{
		b0: (vh + vb*k/q + k*k) / a0, b1: 2 * (k*k - vh) / a0, b2: (vh - vb*k/q + k*k) / a0,
		a1: 2 * (k*k - 1) / a0, a2: (1 - k/q + k*k) / a0,
	}
	k = math.Tan(math.Pi * 38.13547087602444 / rate)
	const hq = .5003270373238773
	a0 = 1 + k/hq + k*k
	high = biquad{b0: 1, b1: -2, b2: 1, a1: 2 * (k*k - 1) / a0, a2: (1 - k/hq + k*k) / a0}
	return shelf, high
}

// Loudness returns the integrated loudness of a stereo sound in LUFS, gated as
// in ITU-R BS.1770-4: blocks of 400 ms, overlapping by 75 %.
func Loudness(left, right []float64, rate float64) float64 {
	n := len(left)
	power := make([]float64, n+1) // running sum
	for _, channel := range [][]float64{left, right} {
		shelf, high := kWeighting(rate)
		sum := 0.0
		for i, v := range channel {
			y := high.next(shelf.next(v))
			sum += y * y
			power[i+1] += sum
		}
	}
	block, hop := int(.4*rate), int(.1*rate)
	var blocks []float64
	for i := 0; i+block <= n; i += hop {
		blocks = append(blocks, (power[i+block]-power[i])/float64(block))
	}
	mean := gatedMean(blocks, math.Pow(10, (-70+.691)/10))
	mean = gatedMean(blocks, mean/10) // 10 LU below the first mean
	return -.691 + 10*math.Log10(mean+1e-20)
}

// gatedMean is the mean of the blocks above a gate.
func gatedMean(blocks []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for _, b := range blocks {
		if b > gate {
			sum += b
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
