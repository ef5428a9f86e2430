package load

import (
	"math/bits"
	"time"
)

// fine is the number of buckets per power of two: a value is known to 1/fine.
const fine = 32

// histogram counts durations without allocating.
type histogram struct {
	count   uint64
	buckets [64 * fine]uint32
}

func (h *histogram) add(d time.Duration) {
	h.count++
	h.buckets[bucketOf(uint64(max(d, 0)))]++
}

func bucketOf(v uint64) int {
	if v < fine {
		return int(v)
	}
	shift := bits.Len64(v) - bits.Len64(fine)
	return shift*fine + int(v>>shift)
}

// lowest is the smallest value of a bucket.
func lowest(bucket int) uint64 {
	if bucket < 2*fine {
		return uint64(bucket)
	}
	shift := bucket/fine - 1
	return uint64(bucket%fine+fine) << shift
}

// quantile is in µs, 0 of nothing.
func (h *histogram) quantile(q float64) float64 {
	left := uint64(q * float64(h.count))
	for b, n := range h.buckets {
		if uint64(n) > left {
			return float64(lowest(b)) / 1000
		}
		left -= uint64(n)
	}
	return 0
}
