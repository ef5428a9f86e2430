package queue

import (
	"sync/atomic"
	"time"
)

// A hand is the clock of a house, which its test sets. The journal reads it on a
// goroutine of its own.
type hand struct{ nanoseconds atomic.Int64 }

func newHand(at time.Time) *hand {
	c := &hand{}
	c.set(at)
	return c
}

func (c *hand) now() time.Time          { return time.Unix(0, c.nanoseconds.Load()) }
func (c *hand) set(at time.Time)        { c.nanoseconds.Store(at.UnixNano()) }
func (c *hand) advance(d time.Duration) { c.nanoseconds.Add(int64(d)) }
