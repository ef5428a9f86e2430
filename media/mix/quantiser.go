package mix

import "math"

// knee is where [Guard] begins to act: half a decibel below full scale.
const knee = 0.95

// Guard keeps a sample within full scale. Up to the knee it is left as it is;
// what lies above comes nearer and nearer to 1 and never reaches it, so that two
// loud songs that sound together are bent, not cut off.
func Guard(x float32) float32 {
	if x <= knee && x >= -knee {
		return x
	}
	over := (math.Abs(float64(x)) - knee) / (1 - knee)
	return float32(math.Copysign(knee+(1-knee)*math.Tanh(over), float64(x)))
}

// Quantiser rounds to 16 bit. The zero value is ready.
type Quantiser struct {
	seed uint64
}

// Quantise writes frames as 16-bit little-endian samples to out, which has two
// bytes for each sample. A block that 16 bit can hold exactly, such as that of a
// compact disc, passes unchanged, bit by bit. Any other is guarded and dithered
// with triangular noise of one step, which turns the error of rounding into a
// noise that does not depend on the music.
func (q *Quantiser) Quantise(out []byte, frames []float32) {
	out = out[:2*len(frames)]
	if exact(frames) {
		for i, x := range frames {
			put(out[2*i:], int32(x*full))
		}
		return
	}
	for i, x := range frames {
		v := float64(Guard(x))*full + q.noise() + 0.5
		put(out[2*i:], int32(min(max(math.Floor(v), -full), full-1)))
	}
}

// full is full scale in steps of 16 bit.
const full = 1 << 15

func put(out []byte, v int32) {
	out[0], out[1] = byte(v), byte(v>>8)
}

// exact reports whether all samples are whole steps within 16 bit.
func exact(frames []float32) bool {
	for _, x := range frames {
		v := x * full
		if v < -full || v > full-1 || v != float32(int32(v)) {
			return false
		}
	}
	return true
}

// noise is triangular between -1 and 1 (xorshift64*; two numbers of one state).
func (q *Quantiser) noise() float64 {
	if q.seed == 0 {
		q.seed = 0x9E3779B97F4A7C15
	}
	q.seed ^= q.seed >> 12
	q.seed ^= q.seed << 25
	q.seed ^= q.seed >> 27
	r := q.seed * 0x2545F4914F6CDD1D
	return (float64(r>>40) - float64(r>>8&0xFFFFFF)) / (1 << 24)
}
