package main

import (
	"slices"
	"time"
)

// fault is one thing that goes wrong while the show goes on. Each kind of fault has
// a file and a list of its own.
type fault struct {
	name string
	// silence is how long those who listen at /stream may hear nothing because of
	// it, while their connection lasts.
	silence time.Duration
	// lost and again are how much of the song that is played may not be heard, and
	// how much may be heard twice.
	lost, again time.Duration
	// times is how often it happens in the long version; in the short one the times
	// are divided by a hundred, and at least one fault of each kind happens.
	times int
	// strike makes it happen and returns when it is over and things are as before.
	// It may call Fatal of the show's test.
	strike func(s *show)
}

// kinds are the faults that there are, by kind.
var kinds = []struct {
	name   string
	faults []fault
}{
	{"Icecast", icecastFaults},
	{"children", childFaults},
	{"hearing", hearingFaults},
	{"files", fileFaults},
	{"disk", diskFaults},
	{"listeners", crowdFaults},
	{"the server", killFaults},
}

const (
	// unheard is a silence at which nobody takes notice.
	unheard = 50 * time.Millisecond
	// bearable is the longest silence that a single failure may cause.
	bearable = 2 * time.Second
	// underway is what is under way to a listener when a server is killed, and what
	// the clock of the test is wrong by.
	underway = 500 * time.Millisecond
	// saved is how old the position in the song may be that survives a kill.
	saved = time.Second
)

// schedule is which faults happen, in random order.
func (s *show) schedule() (list []fault) {
	for _, kind := range kinds {
		before := len(list)
		for _, f := range kind.faults {
			n := f.times
			if !*soak {
				n /= 100
			}
			for range n {
				list = append(list, f)
			}
		}
		if len(list) == before {
			list = append(list, kind.faults[s.random.IntN(len(kind.faults))])
		}
	}
	s.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return slices.Clip(list)
}
