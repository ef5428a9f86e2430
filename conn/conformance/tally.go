package conformance

import (
	"strings"
	"sync"
)

// Tally is the result of running the table on one server.
type Tally struct {
	Name string // of the server

	mu     sync.Mutex     // guards passed
	passed map[string]int // ways in which a case has passed, by its ID
}

// A light case waits for the network most of the time; a heavy one keeps a processor
// busy and holds the message a few times.
const (
	lightAtOnce = 8
	heavyAtOnce = 2
)

// Run runs every case whose ID begins with the prefix, in all of its ways, many at the
// same time, and reports each failure to failed, which is called by many goroutines.
func (y *Tally) Run(p Peer, prefix string, failed func(c Case, w Way, err error)) {
	y.passed = make(map[string]int)
	var wait sync.WaitGroup
	light, heavy := make(chan struct{}, lightAtOnce), make(chan struct{}, heavyAtOnce)
	start := func(c Case, w Way) {
		room := light
		if c.Heavy() {
			room = heavy
		}
		wait.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			if err := c.Run(p, w); err != nil {
				failed(c, w, err)
				return
			}
			y.mu.Lock()
			defer y.mu.Unlock()
			y.passed[c.ID]++
		})
	}
	for _, s := range Sections() {
		for _, g := range s.Groups {
			for _, c := range g.Cases {
				if !strings.HasPrefix(c.ID, prefix) {
					continue
				}
				for _, w := range c.Ways() {
					start(c, w)
				}
			}
		}
	}
	wait.Wait()
}

// Passed tells in how many of its ways a case has passed.
func (y *Tally) Passed(id string) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.passed[id]
}
