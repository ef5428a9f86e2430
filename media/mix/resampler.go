package mix

import "slices"

// Resampler brings frames of one rate to [Rate]. Its input may be several songs
// one behind the other: it neither stops nor begins between them, so the joint
// is heard as if they had been one file. At [Rate] it passes frames unchanged.
//
// Write what was decoded, then Read what that makes. It looks ahead by about
// 0.7 ms (32 frames of the lower rate), which come out with the next input, or
// with Drain.
type Resampler struct {
	kernel *kernel
	buf    []float32 // frames from the leftmost one that the next output needs
	phase  int       // of the next output between two input frames, in 1/kernel.up
	primed bool      // what lies before the first frame was made up
	in     int64     // frames of input
	out    int64     // frames of output
	limit  int64     // of output; less than 0 before Drain
}

// NewResampler makes a resampler from a rate in Hz that [ReadWave] has returned.
func NewResampler(rate int) *Resampler {
	return &Resampler{kernel: kernelFor(rate), limit: -1}
}

// Rate is the rate of the input in Hz.
func (r *Resampler) Rate() int { return r.kernel.rate }

// Needs is how many more frames of input it takes to make n frames of output.
func (r *Resampler) Needs(n int) int {
	k := r.kernel
	if n <= 0 {
		return 0
	}
	if k.straight() {
		return max(0, n-len(r.buf)/2)
	}
	missing := (r.phase+(n-1)*k.down)/k.up + 2*k.half - len(r.buf)/2
	if !r.primed {
		missing -= k.half - 1
	}
	return max(0, missing)
}

// Write takes frames of input.
func (r *Resampler) Write(frames []float32) {
	r.in += int64(len(frames) / 2)
	r.buf = append(r.buf, frames...)
	if k := r.kernel; !k.straight() && !r.primed && len(r.buf)/2 >= k.half {
		r.prime()
	}
}

// prime makes up what lies before the first frame: the sound behind it, turned
// about that frame. Value and slope are then the same on both sides of it.
func (r *Resampler) prime() {
	before := r.kernel.half - 1
	real := r.buf
	r.buf = make([]float32, 2*before+len(real), 2*before+max(cap(real), 1<<13))
	copy(r.buf[2*before:], real)
	for i := 1; i <= before; i++ {
		for ch := range 2 {
			turned := float32(0)
			if 2*i < len(real) {
				turned = 2*real[ch] - real[2*i+ch]
			}
			r.buf[2*(before-i)+ch] = turned
		}
	}
	r.primed = true
}

// Drained reports whether Drain was called; no input may follow then.
func (r *Resampler) Drained() bool { return r.limit >= 0 }

// Empty reports whether everything has come out behind Drain.
func (r *Resampler) Empty() bool { return r.limit >= 0 && r.out >= r.limit }

// Drain says that nothing follows: what is still inside comes out with Read. The
// output ends with the last frame that lies wholly within the input, as encoders
// that change the rate pad to a whole frame of theirs. A second call does nothing.
func (r *Resampler) Drain() {
	if r.Drained() {
		return
	}
	k := r.kernel
	r.limit = r.in * int64(k.up) / int64(k.down)
	if k.straight() || r.in == 0 {
		return
	}
	if !r.primed {
		r.prime()
	}
	last := len(r.buf) - 2
	for i := 1; i <= k.half+1; i++ {
		for ch := range 2 {
			turned := float32(0)
			if from := last - 2*i + ch; from >= 0 {
				turned = 2*r.buf[last+ch] - r.buf[from]
			}
			r.buf = append(r.buf, turned)
		}
	}
}

// Read makes as many frames of output as there is input for, and returns their
// number. out has two places for each.
func (r *Resampler) Read(out []float32) (frames int) {
	n := len(out) / 2
	if r.limit >= 0 {
		n = int(min(int64(n), r.limit-r.out))
	}
	k, at := r.kernel, 0
	if k.straight() {
		frames = min(n, len(r.buf)/2)
		at = copy(out[:2*frames], r.buf) / 2
	} else if r.primed {
		taps, have := 2*k.half, len(r.buf)/2
		for ; frames < n && at+taps <= have; frames++ {
			out[2*frames], out[2*frames+1] = dot(k.taps(r.phase), r.buf[2*at:2*(at+taps)])
			r.phase += k.down
			at += r.phase / k.up
			r.phase %= k.up
		}
	}
	r.buf = slices.Delete(r.buf, 0, 2*at)
	r.out += int64(frames)
	return frames
}

// dot multiplies frames with the taps of a kernel.
func dot(taps, frames []float32) (left, right float32) {
	var left2, right2 float32
	for len(taps) >= 4 && len(frames) >= 8 {
		t, f := taps[:4:4], frames[:8:8]
		left += t[0] * f[0]
		right += t[0] * f[1]
		left2 += t[1] * f[2]
		right2 += t[1] * f[3]
		left += t[2] * f[4]
		right += t[2] * f[5]
		left2 += t[3] * f[6]
		right2 += t[3] * f[7]
		taps, frames = taps[4:], frames[8:]
	}
	return left + left2, right + right2
}
