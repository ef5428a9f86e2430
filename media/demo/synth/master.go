package synth

import "math"

const (
	// targetLoudness in LUFS is a common value for music that is streamed.
	targetLoudness = -16.0

	// ceiling in dB of full scale leaves room for what lossy formats add to
	// the peaks.
	ceiling = -2.2
)

// master takes away what is below hearing, brings the sound to the target
// loudness and keeps its peaks below the ceiling.
func master(left, right []float64, rate float64) {
	for _, channel := range [][]float64{left, right} {
		var rumble svf
		rumble.tune(28, .707, rate)
		for i, v := range channel {
			low, band := rumble.next(v)
			channel[i] = v - low - band
		}
	}
	// Limiting makes a sound a little softer again, so approach the target.
	dryLeft, dryRight := append([]float64(nil), left...), append([]float64(nil), right...)
	gain := 1.0
	for range 4 {
		for i := range left {
			left[i], right[i] = dryLeft[i]*gain, dryRight[i]*gain
		}
		limit(left, right, decibels(ceiling), rate)
		gain *= decibels(targetLoudness - Loudness(left, right, rate))
	}
}

// limit lowers the level smoothly around each peak: the gain that a peak needs
// is held over a window before and after it and then averaged over that window,
// so it is down in time and never jumps.
func limit(left, right []float64, ceiling, rate float64) {
	n, window := len(left), int(.006*rate)
	need := make([]float64, n)
	for i := range need {
		need[i] = 1
		if peak := max(math.Abs(left[i]), math.Abs(right[i])); peak > ceiling {
			need[i] = ceiling / peak
		}
	}
	held := slidingMin(need, window)
	release := 1 - math.Exp(-1/(.12*rate))
	g := 1.0
	for i, v := range held { // quick down, slow up
		if v < g {
			g = v
		} else {
			g += release * (v - g)
		}
		held[i] = g
	}
	sum := make([]float64, n+1)
	for i, v := range held {
		sum[i+1] = sum[i] + v
	}
	for i := range n {
		from, to := max(0, i-window), min(n, i+window+1)
		g := (sum[to] - sum[from]) / float64(to-from)
		left[i] *= g
		right[i] *= g
	}
}

// slidingMin returns for each element the least one at most w places away.
func slidingMin(in []float64, w int) []float64 {
	out := make([]float64, len(in))
	var queue []int // indices of rising values
	for i := range len(in) + w {
		if i < len(in) {
			for len(queue) > 0 && in[queue[len(queue)-1]] >= in[i] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - w; at >= 0 {
			for queue[0] < at-w {
				queue = queue[1:]
			}
			out[at] = in[queue[0]]
		}
	}
	return out
}
