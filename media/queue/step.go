package queue

import (
	"fmt"
	"slices"
)

// A Change is a kind of thing that happens to the entries of a queue, or to what is
// played of it. Its text is what the history has for it.
type Change string

// The changes. Those of the first group put an entry into the queue, those of the
// second take one out, and the last ones concern none.
const (
	Added    Change = "add"     // by a client
	Chosen   Change = "random"  // by the random selection, for a client or to keep the queue going
	Restored Change = "restore" // found in the file of the queue at a start, unknown to the history

	Removed    Change = "remove"     // by a client
	Skipped    Change = "skip"       // by a client, while it was the current one
	Played     Change = "next"       // played, or shown, to its end
	Unplayable Change = "unplayable" // the stream could not play it
	Forgotten  Change = "forget"     // what it stands for was removed from the library
	Lost       Change = "lost"       // known to the history, but not in the file of the queue at a start

	Moved Change = "move" // by a client, or found elsewhere at a start

	Began   Change = "start" // the server started
	Resumed Change = "play"  // by a client
	Paused  Change = "pause" // by a client
	Gap     Change = "gap"   // changes before this one could not be kept
)

func (c Change) adds() bool {
	switch c {
	case Added, Chosen, Restored:
		return true
	default:
		return false
	}
}

func (c Change) takes() bool {
	switch c {
	case Removed, Skipped, Played, Unplayable, Forgotten, Lost:
		return true
	default:
		return false
	}
}

// A step is one change of one item.
type step struct {
	what Change
	item item
	at   int // where it is put, was taken from, or is after a move; the current one is at 0
	from int // where it was before a move

	unasked bool // the queue's own doing, whoever has caused it
}

// A stepError says that a step does not fit a list.
type stepError struct {
	step step
	has  list
}

func (e *stepError) Error() string {
	return fmt.Sprintf("%s of entry %s at %d (from %d) does not fit a queue of %d entries", e.step.what, e.step.item.id, e.step.at, e.step.from, len(e.has))
}

// apply returns the list after a step.
func (l list) apply(s step) (list, error) {
	switch {
	case s.what.adds() && s.at >= 0 && s.at <= len(l) && l.find(s.item.id) < 0:
		return slices.Insert(slices.Clone(l), s.at, s.item), nil
	case s.what.takes() && l.has(s.item, s.at):
		return slices.Delete(slices.Clone(l), s.at, s.at+1), nil
	case s.what == Moved && l.has(s.item, s.from) && s.at >= 0 && s.at < len(l):
		return slices.Insert(slices.Delete(slices.Clone(l), s.from, s.from+1), s.at, s.item), nil
	case !s.what.adds() && !s.what.takes() && s.what != Moved:
		return l, nil
	}
	return nil, &stepError{s, l}
}

func (l list) has(it item, at int) bool { return at >= 0 && at < len(l) && l[at] == it }

// placed is the steps that put items into a queue, one behind the other.
func placed(what Change, at int, items ...item) []step {
	steps := make([]step, len(items))
	for i, it := range items {
		steps[i] = step{what: what, item: it, at: at + i}
	}
	return steps
}

// difference returns steps that lead from a list to another one. why says what
// became of an item that is not there any more.
func difference(from, to list, why func(item) Change) (steps []step) {
	wanted := make(map[EntryID]item, len(to))
	for _, it := range to {
		wanted[it.id] = it
	}
	now := slices.Clone(from)
	for i := len(now) - 1; i >= 0; i-- {
		if it := now[i]; wanted[it.id] != it {
			steps = append(steps, step{what: why(it), item: it, at: i})
			now = slices.Delete(now, i, i+1)
		}
	}
	known := make(map[EntryID]bool, len(now))
	for _, it := range now {
		known[it.id] = true
	}
	for i, it := range to {
		switch {
		case i < len(now) && now[i] == it:
		case known[it.id]:
			j := now.find(it.id)
			steps = append(steps, step{what: Moved, item: it, at: i, from: j})
			now = slices.Insert(slices.Delete(now, j, j+1), i, it)
		default:
			steps = append(steps, step{what: Restored, item: it, at: i})
			now = slices.Insert(now, i, it)
		}
	}
	return steps
}
