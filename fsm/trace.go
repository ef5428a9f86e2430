package fsm

import (
	"fmt"
	"strings"
	"time"
)

// Step is one event in the life of an instance: a move, or a refusal (To is From then).
type Step[S, E ~uint8] struct {
	At      time.Duration // on the process' coarse clock
	From    S
	On      E
	To      S
	Refused bool
}

// FormatTrace prints a trace for a failure report, one step per line, with the machine's own names.
func (d *Definition[S, E]) FormatTrace(steps []Step[S, E]) string {
	var b strings.Builder
	for _, s := range steps {
		if s.Refused {
			fmt.Fprintf(&b, "%12s  %s --%s--> refused\n", s.At, d.StateName(s.From), d.EventName(s.On))
		} else {
			fmt.Fprintf(&b, "%12s  %s --%s--> %s\n", s.At, d.StateName(s.From), d.EventName(s.On), d.StateName(s.To))
		}
	}
	return b.String()
}

// A mark is a step as a ring keeps it: twelve bytes. to is the row arrived at, 0 for a refusal.
type mark struct {
	id   uint32
	tick Tick
	from uint8
	on   uint8
	to   uint8
}
