// Package mix is sound as samples: what a decoder delivers on its way to the
// 16 bit that the encoders take.
//
// It owns the arithmetic of that way, in floating point: reading a decoder's
// samples ([ReadWave]), bringing them to the stream's rate without a seam
// between two songs ([Resampler]), the curves of fades ([In], [Out]), keeping a
// sum of songs from clipping ([Guard]), and rounding to 16 bit with dither only
// where something would be lost ([Quantiser]). It refuses to know songs, queues,
// clocks and goroutines; it imports nothing of this module.
//
// Sound is a slice of float32, left and right in turn, full scale from -1 to 1;
// a frame is one sample of both. Nothing here may be used by two goroutines at
// once, and nothing waits or allocates once it is running.
//
// Start reading at resampler.go.
package mix

// Rate is the sample rate of everything behind a [Resampler], in Hz.
const Rate = 44_100
