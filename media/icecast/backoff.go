package icecast

import (
	"math/rand/v2"
	"time"
)

// backoff is the pause before an attempt: each twice as long as the one before,
// and shortened by chance, so that many sources do not come back at one moment.
type backoff struct {
	least, most time.Duration
	failures    int // in a row
}

// next returns the pause behind one more failure: from least to most.
func (b *backoff) next() time.Duration {
	longest := b.most
	if doubled := b.least << min(b.failures+1, 16); doubled < b.most {
		longest = doubled
	}
	b.failures++
	shortest := max(b.least, longest/2)
	return shortest + rand.N(longest-shortest+1)
}

func (b *backoff) reset() { b.failures = 0 }
