package mix

import (
	"math"
	"sync"
)

const (
	// reach is how far a kernel reaches to either side, in frames of the lower
	// rate.
	reach = 32
	// cutoff is the middle of the transition, as a part of half the lower rate;
	// with reach and kaiser it leaves everything up to 19.6 kHz of music at 48 kHz
	// as it is.
	cutoff = 0.98
	// kaiser is the shape of the window: what must not be heard is 90 dB down.
	kaiser = 9.0
	// maxUp bounds the size of a table.
	maxUp            = 441
	minRate, maxRate = 8_000, 192_000
)

// kernel is the table of a windowed sinc for one pair of rates: for each place
// between two input frames that an output can have, the weights of the frames
// around it.
type kernel struct {
	rate     int // of the input, in Hz
	up, down int // Rate and rate without their common divisor
	half     int // frames on either side; even
	table    []float32
}

var kernels = struct {
	sync.Mutex
	made map[int]*kernel
}{made: map[int]*kernel{}}

// kernelFor returns the kernel of a rate. Each is made once, in some
// milliseconds.
func kernelFor(rate int) *kernel {
	kernels.Lock()
	defer kernels.Unlock()
	k, ok := kernels.made[rate]
	if !ok {
		k = newKernel(rate)
		kernels.made[rate] = k
	}
	return k
}

// usable reports whether there is a table of moderate size for a rate.
func usable(rate int) bool {
	return rate >= minRate && rate <= maxRate && Rate/divisor(Rate, rate) <= maxUp
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// straight reports whether nothing is to be done.
func (k *kernel) straight() bool { return k.up == k.down }

// taps are the weights for a place between two frames, in 1/up.
func (k *kernel) taps(phase int) []float32 {
	n := 2 * k.half
	return k.table[phase*n : (phase+1)*n]
}

func newKernel(rate int) *kernel {
	d := divisor(Rate, rate)
	k := &kernel{rate: rate, up: Rate / d, down: rate / d}
	if k.straight() {
		return k
	}
	lower := min(rate, Rate)
	k.half = (reach*rate + lower - 1) / lower
	k.half += k.half % 2
	n := 2 * k.half
	k.table = make([]float32, k.up*n)
	width := cutoff * float64(lower) / float64(rate)
	weights := make([]float64, n)
	for phase := range k.up {
		var sum float64
		for i := range n {
			t := float64(i-k.half+1) - float64(phase)/float64(k.up)
			weights[i] = sinc(width*t) * window(t/float64(k.half))
			sum += weights[i]
		}
		for i, w := range weights {
			k.table[phase*n+i] = float32(w / sum) // constant sound stays as it is
		}
	}
	return k
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// window is Kaiser's, from -1 to 1.
func window(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(kaiser*math.Sqrt(1-x*x)) / bessel(kaiser)
}

// bessel is the modified Bessel function of the first kind and order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x / (2 * k) * x / (2 * k)
		sum += term
	}
	return sum
}
