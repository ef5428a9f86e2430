package server

import (
	"sync"
	"sync/atomic"
	"time"

	"musicdb/media/queue"
)

// glanceLimit is how long a probe waits for what the random selection has to offer,
// which is known in microseconds where nothing is wrong.
const glanceLimit = 100 * time.Millisecond

// A glance is a look at what the random selection has to offer, for those who must be
// answered also while the disk of the queue hangs. Any goroutine may use it.
type glance struct {
	mu    sync.Mutex
	asked chan struct{} // closed when the question that is under way is answered; nil: none is
	last  atomic.Pointer[queue.Outlook]
}

// outlook returns what ask returns or, where that takes too long, what it has returned
// last; nil if it never has. It is asked once at a time, however many want to know.
func (g *glance) outlook(ask func() queue.Outlook) *queue.Outlook {
	g.mu.Lock()
	asked := g.asked
	if asked == nil {
		asked = make(chan struct{})
		g.asked = asked
		go func() {
			o := ask()
			g.last.Store(&o)
			g.mu.Lock()
			g.asked = nil
			g.mu.Unlock()
			close(asked)
		}()
	}
	g.mu.Unlock()
	limit := time.NewTimer(glanceLimit)
	defer limit.Stop()
	select {
	case <-asked:
	case <-limit.C:
	}
	return g.last.Load()
}
