package queue

import (
	"slices"
	"sync"
)

// Event tells subscribers what has changed. It carries nothing else: who wants to
// know more asks the queue.
type Event uint8

const (
	// SongChanged: the current song was replaced, possibly by none. Not raised when
	// the first song enters an empty queue.
	SongChanged Event = iota + 1
	// SongQueueChanged: entries were added, removed or moved.
	SongQueueChanged
	// VideoChanged is SongChanged of the video queue.
	VideoChanged
	// VideoQueueChanged is SongQueueChanged of the video queue.
	VideoQueueChanged
)

func (e Event) String() string {
	switch e {
	case SongChanged:
		return "SongChanged"
	case SongQueueChanged:
		return "SongQueueChanged"
	case VideoChanged:
		return "VideoChanged"
	case VideoQueueChanged:
		return "VideoQueueChanged"
	}
	return "unknown event"
}

// subscribers is a list of functions that are called for each event.
type subscribers struct {
	mu   sync.Mutex
	list []*subscriber // guarded by mu; replaced, never modified
}

type subscriber struct{ call func(Event) }

func (s *subscribers) add(call func(Event)) (cancel func()) {
	added := &subscriber{call}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(slices.Clip(s.list), added)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list = slices.DeleteFunc(slices.Clone(s.list), func(one *subscriber) bool { return one == added })
	}
}

func (s *subscribers) fire(events ...Event) {
	for _, event := range events {
		s.mu.Lock() // for each event, because who was called for the last one may have cancelled
		list := s.list
		s.mu.Unlock()
		for _, one := range list {
			one.call(event)
		}
	}
}
