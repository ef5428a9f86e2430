package stream

import "time"

// clock turns the time since the start into samples that are due. A pace above
// 1 makes a second of sound pass in less than a second; tests use it.
//
// After a halt (a suspended machine, a debugger) the time that was missed is
// left out: a flood of sound would only fill the players' buffers.
type clock struct {
	start time.Time // carries the monotonic clock
	pace  float64
	left  time.Duration // stream time left out
	last  time.Duration // stream time at the last reading
	// still, if set, tells whether the time stands still. Tests that run faster
	// than real time wait with it for children that a busy machine delays.
	still func() bool
}

// haltLimit is the longest gap between two readings that is caught up with.
const haltLimit = 2 * time.Second

func newClock(pace float64) *clock { return &clock{start: time.Now(), pace: pace} }

// now is the stream time: it never goes back and never jumps by more than
// haltLimit.
func (c *clock) now() time.Duration {
	now := time.Duration(float64(time.Since(c.start))*c.pace) - c.left
	limit := haltLimit
	if c.still != nil && c.still() {
		limit = 0
	}
	if jump := now - c.last; jump > limit {
		c.left += jump - limit
		now = c.last + limit
	}
	c.last = max(c.last, now)
	return c.last
}

// samplesIn is the number of samples in a stream time.
func samplesIn(d time.Duration) int64 {
	return int64(d/time.Second)*SampleRate + int64(d%time.Second)*SampleRate/int64(time.Second)
}

// timeOf is the inverse of samplesIn.
func timeOf(samples int64) time.Duration {
	return time.Duration(samples/SampleRate)*time.Second + time.Duration(samples%SampleRate)*time.Second/SampleRate
}
