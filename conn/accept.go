package conn

import (
	"errors"
	"syscall"
	"time"
)

// Pauses of an accept loop that cannot accept.
const (
	minPause = 5 * time.Millisecond
	maxPause = time.Second
)

// backoff keeps an accept loop from spinning while the process or the system is
// out of descriptors or memory: accept fails at once then, over and over, and only
// connections that end make it succeed again.
type backoff struct{ pause time.Duration }

// recovers reports whether accept may succeed later, and lengthens the pause.
func (b *backoff) recovers(err error) bool {
	for _, passing := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ENOSPC, // of epoll: the user watches too many
		syscall.ECONNABORTED, syscall.ECONNRESET, syscall.EPROTO, syscall.EINTR,
	} {
		if errors.Is(err, passing) {
			b.pause = min(max(2*b.pause, minPause), maxPause)
			return true
		}
	}
	return false
}

func (b *backoff) reset() { b.pause = 0 }

// wait pauses, but not longer than until stop.
func (b *backoff) wait(stop <-chan struct{}) {
	timer := time.NewTimer(b.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stop:
	}
}
