package stream

import "sync"

// order is a command of a client.
type order uint8

const (
	orderPlay order = iota
	orderPause
	orderSkip
	orderReopen // of the ears
)

// orderLimit bounds the commands that wait. They are executed within
// milliseconds, so only somebody who floods the stream meets it.
const orderLimit = 1024

// orders are the commands that wait, in order. Any goroutine may use it.
type orders[O any] struct {
	mu   sync.Mutex
	list []O
}

func (o *orders[O]) put(one O) (taken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) >= orderLimit {
		return false
	}
	o.list = append(o.list, one)
	return true
}

func (o *orders[O]) take() []O {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.list
	o.list = nil
	return list
}

// Play starts or pauses the music. The command is taken in every state and
// executed at once, in the order of the calls; a StatusChanged event follows,
// also when nothing changes. With the stream switched off nothing happens.
func (s *Stream) Play(on bool) {
	if on {
		s.order(orderPlay)
	} else {
		s.order(orderPause)
	}
}

// Toggle inverts what is wanted at the moment of the call.
func (s *Stream) Toggle() { s.Play(!s.State().Playing) }

// Skip goes on with the next song. The current one is not counted as played;
// paused stays paused.
func (s *Stream) Skip() { s.order(orderSkip) }

func (s *Stream) order(one order) {
	if s.o.Disabled {
		return
	}
	if !s.orders.put(one) {
		s.log.Warn("a command was refused, too many are waiting", "limit", orderLimit)
		return
	}
	s.look()
}
