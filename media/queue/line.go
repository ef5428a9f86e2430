package queue

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"musicdb/media/state"
)

// lookAhead is the number of entries below which a queue is filled up with one
// random choice whenever something is taken from it.
const lookAhead = 2

// A line is the part of a queue that does not depend on the kind of media: the
// list, its file, its events and their order.
type line struct {
	table  table
	store  *state.Store
	log    *slog.Logger
	source source

	// commands is held by whoever changes the queue, from the first look at the
	// list until the last subscriber was called.
	commands sync.Mutex
	content  atomic.Pointer[list] // changed only with commands held

	subscribers subscribers
}

// A source knows the media of a queue. It is called with the commands held.
type source interface {
	// check says why the media cannot be queued, or returns nil.
	check(media int64) error
	// choose makes the random choice that keeps the queue from running dry.
	choose() (media int64, found bool)
	// chosen notes the id of the entry that the last choice becomes. It comes before
	// the entry is saved, so that no entry is without explanation.
	chosen(id EntryID)
	// queued notes that media were added, in this order.
	queued(media ...int64)
}

// open restores the line from its file.
func (q *line) open(o Options, from source, t table) error {
	q.store, q.log, q.source, q.table = o.State, o.Log, from, t
	return q.load()
}

func (q *line) list() list { return *q.content.Load() }

// A change is what the queue is going to be, and what was put into it.
type change struct {
	list  list
	added []int64
}

// current returns the first item. Into an empty queue a random one is put first.
func (q *line) current() (item, bool) {
	if l := q.list(); len(l) > 0 {
		return l[0], true
	}
	q.commands.Lock()
	defer q.commands.Unlock()
	if l := q.list(); len(l) > 0 {
		return l[0], true
	}
	c := q.filled(nil, 1)
	if len(c.list) == 0 {
		return item{}, false
	}
	q.carryOn(c, q.table.queueChanged)
	return c.list[0], true
}

// next takes the first item away and returns what is first then.
func (q *line) next() (item, bool) {
	q.commands.Lock()
	defer q.commands.Unlock()
	l := q.list()
	if len(l) == 0 {
		return item{}, false
	}
	c := q.filled(l[1:], lookAhead)
	q.carryOn(c, q.table.currentChanged, q.table.queueChanged)
	if len(c.list) == 0 {
		return item{}, false
	}
	return c.list[0], true
}

// add puts media at a position, in their order.
func (q *line) add(at Position, media ...int64) ([]EntryID, error) {
	if len(media) == 0 {
		return nil, nil
	}
	q.commands.Lock()
	defer q.commands.Unlock()
	return q.insert(at, false, media...)
}

// addRandom puts a random choice at a position, if there is one.
func (q *line) addRandom(at Position, choose func() (int64, bool)) (found bool, err error) {
	q.commands.Lock()
	defer q.commands.Unlock()
	media, found := choose()
	if !found {
		return false, nil
	}
	_, err = q.insert(at, true, media)
	return err == nil, err
}

// insert is the common part of add and addRandom, which hold the commands.
func (q *line) insert(at Position, random bool, media ...int64) ([]EntryID, error) {
	items := make([]item, len(media))
	ids := make([]EntryID, len(media))
	for i, m := range media {
		if err := q.source.check(m); err != nil {
			return nil, err
		}
		ids[i] = newEntryID()
		items[i] = item{ids[i], m, random}
		if random {
			q.source.chosen(ids[i])
		}
	}
	l, err := q.list().insert(at, items...)
	if err != nil {
		return nil, err
	}
	if err := q.commit(change{l, media}, q.table.queueChanged); err != nil {
		return nil, err
	}
	return ids, nil
}

// remove takes an item away that is not the current one.
func (q *line) remove(id EntryID) error {
	q.commands.Lock()
	defer q.commands.Unlock()
	l, err := q.list().without(id)
	if err != nil {
		return err
	}
	return q.commit(q.filled(l, lookAhead), q.table.queueChanged)
}

// move puts an item behind another one and reports whether that made a
// difference.
func (q *line) move(id, after EntryID) (bool, error) {
	q.commands.Lock()
	defer q.commands.Unlock()
	before := q.list()
	l, err := before.move(id, after)
	if err != nil || slices.Equal(l, before) {
		return false, err
	}
	err = q.commit(change{list: l}, q.table.queueChanged)
	return err == nil, err
}

// forget takes all items of the given media away, the current one too.
func (q *line) forget(media ...int64) (gone int) {
	return q.drop(func(i item) bool { return slices.Contains(media, i.media) })
}

// forgetRemoved takes all items away whose media are not in the library any more.
func (q *line) forgetRemoved() (gone int) {
	return q.drop(func(i item) bool { return q.source.check(i.media) != nil })
}

func (q *line) drop(which func(item) bool) (gone int) {
	q.commands.Lock()
	defer q.commands.Unlock()
	before := q.list()
	l := slices.DeleteFunc(slices.Clone(before), which)
	if gone = len(before) - len(l); gone == 0 {
		return 0
	}
	events := []Event{q.table.queueChanged}
	if len(l) == 0 || l[0] != before[0] {
		events = []Event{q.table.currentChanged, q.table.queueChanged}
	}
	q.carryOn(q.filled(l, lookAhead), events...)
	return gone
}

// filled appends one random choice to a list that has fewer items than wanted.
func (q *line) filled(l list, wanted int) change {
	if len(l) >= wanted {
		return change{list: l}
	}
	media, found := q.source.choose()
	if !found {
		return change{list: l}
	}
	id := newEntryID()
	q.source.chosen(id)
	return change{append(slices.Clip(l), item{id, media, true}), []int64{media}}
}

// commit makes a change that somebody asked for: on disk, in memory, known to
// all. A change that cannot be saved is not made.
func (q *line) commit(c change, events ...Event) error {
	if err := q.save(c.list); err != nil {
		return &SaveError{err}
	}
	q.publish(c, events...)
	return nil
}

// carryOn makes a change that must happen for the music to go on, even if it
// cannot be saved. The next change that can be saved brings the file up to date.
func (q *line) carryOn(c change, events ...Event) {
	if err := q.save(c.list); err != nil {
		q.log.Error("the queue goes on without being saved", "queue", q.table.file, "error", err)
	}
	q.publish(c, events...)
}

func (q *line) publish(c change, events ...Event) {
	q.content.Store(&c.list)
	if len(c.added) > 0 {
		q.source.queued(c.added...)
	}
	q.subscribers.fire(events...)
}
