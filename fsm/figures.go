package fsm

import (
	"errors"
	"fmt"
	"time"
)

// Figures are what a machine's instances did so far, as far as their owner has published it. Slices are indexed like the
// Description of the same machine.
type Figures struct {
	Machine    string
	Started    uint64          // instances ever started
	Ended      uint64          // instances that have ended
	Unfinished uint64          // of those, ended in a state that is not terminal
	Occupancy  []int64         // instances now in each state
	Edges      []uint64        // moves over each edge
	TimeIn     []time.Duration // time spent in each state by all instances, those now in it included
	Refused    uint64          // events refused in all
	RefusedBy  []Refusals      // where, in the order of states and events, only what has happened
}

// Refusals counts how often an event was refused in a state.
type Refusals struct {
	State, Event string
	Count        uint64
}

// Source is a machine with its figures: what metrics, the live drawings and tests consume. Any goroutine may call it.
type Source interface {
	Describe() Description
	Figures() Figures
}

// ErrOtherMachine is returned by Join for sources that do not describe one machine.
var ErrOtherMachine = errors.New("fsm: sources belong to different machines")

// Join makes one Source out of several of the same machine, for example the ledgers of several loops. Its figures are the sums.
func Join(first Source, more ...Source) (Source, error) {
	name := first.Describe().Name
	for _, s := range more {
		if other := s.Describe().Name; other != name {
			return nil, fmt.Errorf("%w: %q and %q", ErrOtherMachine, name, other)
		}
	}
	return joined{first, more}, nil
}

type joined struct {
	first Source
	more  []Source
}

func (j joined) Describe() Description { return j.first.Describe() }

func (j joined) Figures() Figures {
	sum := j.first.Figures()
	for _, s := range j.more {
		sum.add(s.Figures())
	}
	return sum
}

func (f *Figures) add(g Figures) {
	f.Started += g.Started
	f.Ended += g.Ended
	f.Unfinished += g.Unfinished
	f.Refused += g.Refused
	for i := range f.Occupancy {
		f.Occupancy[i] += g.Occupancy[i]
		f.TimeIn[i] += g.TimeIn[i]
	}
	for i := range f.Edges {
		f.Edges[i] += g.Edges[i]
	}
	for _, r := range g.RefusedBy {
		f.refuse(r)
	}
}

func (f *Figures) refuse(r Refusals) {
	for i := range f.RefusedBy {
		if have := &f.RefusedBy[i]; have.State == r.State && have.Event == r.Event {
			have.Count += r.Count
			return
		}
	}
	f.RefusedBy = append(f.RefusedBy, r)
}
