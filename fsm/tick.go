package fsm

import "time"

// Tick counts steps of 10 ms of the process' coarse clock. It wraps after 497 days, so ticks are compared only by Since.
type Tick uint32

// TickLength is the length of one Tick.
const TickLength = 10 * time.Millisecond

// epoch is where Now and the observers count from. Only differences of what is derived from it are used.
var epoch = time.Now()

// Now reads the coarse clock. A reading costs some 50 ns: a loop takes one per wake-up and hands it to every event.
func Now() Tick { return Tick(time.Since(epoch) / TickLength) }

// Since is the time from an earlier tick to this one, right as long as less than 497 days lie between them.
func (t Tick) Since(earlier Tick) time.Duration { return time.Duration(t-earlier) * TickLength }

// extended follows a Tick without wrapping: any tick less than 248 days away from the last one is placed right.
type extended int64

func (x extended) follow(now Tick) extended { return x + extended(int32(uint32(now)-uint32(x))) }
