package stream

import (
	"sync"
	"time"

	"musicdb/media/queue"
)

// order is a kind of command.
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

// command is what somebody has ordered.
type command struct {
	order order
	who   queue.Actor
	at    time.Time
	entry queue.EntryID // of orderSkip: only this one is skipped; empty: the one that who could see
}

// Remote gives commands to a stream on behalf of somebody, whom the history of the
// queue names. Commands are taken in every state and executed in the order of the
// calls. With the stream switched off nothing happens.
type Remote struct {
	s   *Stream
	who queue.Actor
}

// By returns what gives commands on behalf of somebody.
func (s *Stream) By(who queue.Actor) Remote { return Remote{s, who} }

// Play starts or pauses the music at once; a StatusChanged event follows, also when
// nothing changes.
func (r Remote) Play(on bool) {
	order := orderPause
	if on {
		order = orderPlay
	}
	r.s.order(command{order: order, who: r.who})
}

// Toggle inverts what is wanted at the moment of the call: two people who do it at
// the same moment want the same.
func (r Remote) Toggle() { r.Play(!r.s.State().Playing) }

// Skip goes on with the next song. The current one is not counted as played;
// paused stays paused. Which song is meant is for the queue to know, see
// [queue.Songs.Meant].
func (r Remote) Skip() { r.SkipEntry("") }

// SkipEntry is Skip if an entry is still the current one when the command is
// executed; else nothing happens.
func (r Remote) SkipEntry(entry queue.EntryID) {
	r.s.order(command{order: orderSkip, who: r.who, entry: entry})
}

// Play is [Remote.Play] of the server itself.
func (s *Stream) Play(on bool) { s.By(queue.Actor{}).Play(on) }

// Toggle is [Remote.Toggle] of the server itself.
func (s *Stream) Toggle() { s.By(queue.Actor{}).Toggle() }

// Skip is [Remote.Skip] of the server itself: it means whatever song is the current
// one.
func (s *Stream) Skip() { s.By(queue.Actor{}).Skip() }

func (s *Stream) order(one command) {
	if s.o.Disabled {
		return
	}
	one.at = s.o.Now()
	if !s.orders.put(one) {
		s.log.Warn("a command was refused, too many are waiting", "limit", orderLimit)
		return
	}
	s.look()
}
