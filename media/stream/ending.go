package stream

import (
	"io"
	"math"
	"time"

	"musicdb/media/files"
	"musicdb/media/mix"
)

// This file cuts off the padding that a decoder leaves behind the end of a song.

// bytes is how much of a decoder's output is the song.
func (s *source) bytes(extent files.Extent, rate int) int64 {
	if extent.Ticks == 0 {
		return math.MaxInt64
	}
	// In floating point, because the product of both may be large; 53 bits hold
	// every sample of a year.
	end := math.Round(float64(extent.Ticks) * float64(rate) / float64(extent.Rate))
	begin := math.Round(float64(s.start) * float64(rate) / float64(time.Second))
	return int64(max(0, end-begin)) * mix.BytesPerFrame
}

// upTo reads r to its end and passes on so many bytes of it: a decoder whose last
// output nobody reads would not end well.
func upTo(r io.Reader, bytes int64) io.Reader { return &head{r, bytes} }

type head struct {
	r    io.Reader
	left int64
}

func (h *head) Read(p []byte) (int, error) {
	if h.left == 0 {
		if _, err := io.Copy(io.Discard, h.r); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := h.r.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}
