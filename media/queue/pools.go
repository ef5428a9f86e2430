package queue

import (
	"sync"

	"musicdb/media/library"
	"musicdb/media/state"
)

// pools keeps the pool of songs up to date. Any goroutine may ask it; who asks
// while a pool is being made waits for that, and gets one that fits the wishes.
type pools struct {
	library *library.Library

	mu     sync.Mutex
	latest *pool // guarded by mu
	built  int   // guarded by mu: how often all songs were judged
}

// get returns the pool of the newest snapshot for these wishes.
func (ps *pools) get(choice library.GenreChoice, c state.Constraints) *pool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	w := newWishes(ps.library.Catalogue(), choice, c)
	if ps.latest != nil {
		if next, followed := ps.latest.follow(w); followed {
			ps.latest = next
			return next
		}
	}
	ps.latest = build(w)
	ps.built++
	return ps.latest
}
