package stream

import (
	"slices"
	"sync"

	"musicdb/media/queue"
)

// EventKind tells events apart.
type EventKind uint8

// The kinds of events.
const (
	// StatusChanged: the stream began or ended, or a play or pause was executed.
	StatusChanged EventKind = iota
	// TimeChanged comes about once per second, whatever the stream does, and at
	// the begin of a song. Seconds is how much of the song was sent.
	TimeChanged
	// SongUnplayable: a song was skipped, or ended early, because it could not be
	// decoded. It is not counted as played.
	SongUnplayable
)

func (k EventKind) String() string {
	return [...]string{"StatusChanged", "TimeChanged", "SongUnplayable"}[k]
}

// Event is something that clients are told.
type Event struct {
	Kind    EventKind
	Seconds float64     // of TimeChanged
	Entry   queue.Entry // of SongUnplayable
	Err     error       // of SongUnplayable
}

// events calls whoever subscribed, one event at a time.
type events[E any] struct {
	turn sync.Mutex // held while subscribers are called, so that all see one order
	mu   sync.Mutex // guards list
	list []*subscriber[E]
}

type subscriber[E any] struct{ call func(E) }

// Subscribe has call called for every event from now on, in order, one at a
// time: call must not wait for anything, or the whole stream waits with it. cancel ends that; a
// call that is under way is not waited for.
func (s *Stream) Subscribe(call func(Event)) (cancel func()) { return s.events.add(call) }

func (e *events[E]) add(call func(E)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one := &subscriber[E]{call}
	e.list = append(slices.Clone(e.list), one)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.list = slices.DeleteFunc(slices.Clone(e.list), func(s *subscriber[E]) bool { return s == one })
	}
}

func (e *events[E]) fire(event E) {
	e.turn.Lock()
	defer e.turn.Unlock()
	e.mu.Lock()
	list := e.list
	e.mu.Unlock()
	for _, s := range list {
		s.call(event)
	}
}
