package server

import (
	"sync"
	"time"
)

// rateWindow is the least time between the two readings that a rate is made of.
const rateWindow = time.Second

// rates turns counts into rates. It keeps the last two readings that lie rateWindow
// apart, and nothing runs in the background: who looks once a second sees the last one
// or two seconds, however many others look as well; who looks for the first time after
// an hour sees the mean of the time since the last look. Any goroutine may call it.
type rates struct {
	mu           sync.Mutex // guards the readings
	older, newer reading
}

// reading is how often each edge was taken until a moment.
type reading struct {
	at    time.Time
	edges map[string][]uint64 // by machine, as in machineFigures
}

// begin says when every count was zero.
func (r *rates) begin(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.older, r.newer = reading{at: at}, reading{at: at}
}

// fill sets the rates of figures that were just read, and returns the time they stand for.
func (r *rates) fill(list []machineFigures, now time.Time) (over time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.newer.at) >= rateWindow {
		r.older, r.newer = r.newer, read(list, now)
	}
	if over = now.Sub(r.older.at); over <= 0 {
		return 0
	}
	for i := range list {
		before := r.older.edges[list[i].Name]
		for k := range list[i].Edges {
			e := &list[i].Edges[k]
			taken := e.Count
			if k < len(before) {
				taken -= min(taken, before[k]) // two readings may overtake each other
			}
			e.Rate = float64(taken) / over.Seconds()
		}
	}
	return over
}

func read(list []machineFigures, now time.Time) reading {
	r := reading{at: now, edges: make(map[string][]uint64, len(list))}
	for _, m := range list {
		counts := make([]uint64, len(m.Edges))
		for i, e := range m.Edges {
			counts[i] = e.Count
		}
		r.edges[m.Name] = counts
	}
	return r
}
