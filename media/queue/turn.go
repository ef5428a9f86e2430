package queue

import (
	"errors"
	"time"
)

// A turn is the moment at which the current entry took the place of another one.
type turn struct {
	at time.Time
	by Actor
}

// reaction is how long somebody needs to see that the current entry has changed:
// the way of the notification, the drawing of a page, and the eye and the hand of a
// person. Whoever presses skip earlier than that means the entry before.
const reaction = 500 * time.Millisecond

// ErrOvertaken says that the entry that was meant has made way for another one.
var ErrOvertaken = errors.New("another entry became the current one a moment ago")

// meant returns the current item if it is the one that somebody means who wants
// another one. Two people who press skip at the same moment mean the same song:
// what one of them has just skipped, or what has just ended by itself, is not taken
// for the next one by the other. The own skips of a client follow each other at any
// pace.
func (q *line) meant(who Actor, entry EntryID, asked time.Time) (item, error) {
	l := q.list()
	switch {
	case len(l) == 0:
		return item{}, ErrEmpty
	case entry != "" && l[0].id != entry:
		return item{}, &UnknownEntryError{entry}
	case entry != "" || who.IsServer():
		return l[0], nil
	}
	if last := q.turned.Load(); last != nil && last.by != who && asked.Sub(last.at) < reaction {
		return item{}, ErrOvertaken
	}
	return l[0], nil
}
