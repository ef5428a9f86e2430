package queue

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

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
	now    func() time.Time
	source source
	most   int // entries; 0: any number

	// commands is held by whoever changes the queue, from the first look at the
	// list until the last subscriber was called.
	commands sync.Mutex
	content  atomic.Pointer[list] // changed only with commands held
	turned   atomic.Pointer[turn] // the last one; nil: none since the start
	unkept   bool                 // the file is damaged and not kept beside yet; guarded by commands

	journal *Journal // may be nil
	noted   ticket   // of the change that is being made; guarded by commands

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
	q.most = o.MaxEntries
	q.store, q.log, q.now, q.journal, q.source, q.table = o.State, o.Log, o.Now, o.Journal, from, t
	if err := q.load(); err != nil {
		return err
	}
	q.journal.begin(t.kind, q.list(), q.whyGone)
	return nil
}

func (q *line) list() list { return *q.content.Load() }

// A change is what the queue is going to be, and the steps that lead there.
type change struct {
	list  list
	steps []step
}

// begin makes a goroutine the one that changes the queue, until finish.
func (q *line) begin() {
	q.commands.Lock()
	q.noted = 0
}

// finish lets others change the queue. A client is not told that its command was
// executed before the history has it, if that takes no longer than it should.
func (q *line) finish(who Actor) {
	noted := q.noted
	q.commands.Unlock()
	if !who.IsServer() {
		q.journal.wait(noted)
	}
}

// current returns the first item. Into an empty queue a random one is put first.
func (q *line) current(who Actor) (item, bool) {
	if l := q.list(); len(l) > 0 {
		return l[0], true
	}
	q.begin()
	defer q.finish(who)
	if l := q.list(); len(l) > 0 {
		return l[0], true
	}
	c := q.filled(change{}, 1)
	if len(c.list) == 0 {
		return item{}, false
	}
	q.carryOn(who, c, q.table.queueChanged)
	return c.list[0], true
}

// next takes the first item away, if it is the given one, and returns what is
// first then. An empty id stands for every item. Whoever plays the queue calls it, for a
// client too, and answers nobody: it does not wait for the history.
func (q *line) next(who Actor, from EntryID, why Change) (item, bool) {
	q.begin()
	defer q.commands.Unlock()
	l := q.list()
	switch {
	case len(l) == 0:
		return item{}, false
	case from != "" && l[0].id != from:
		return l[0], true
	}
	c := q.filled(change{l[1:], []step{{what: why, item: l[0]}}}, lookAhead)
	q.carryOn(who, c, q.table.currentChanged, q.table.queueChanged)
	if len(c.list) == 0 {
		return item{}, false
	}
	return c.list[0], true
}

// add puts media at a position, in their order.
func (q *line) add(who Actor, at Position, media ...int64) ([]EntryID, error) {
	if len(media) == 0 {
		return nil, nil
	}
	q.begin()
	defer q.finish(who)
	return q.insert(who, Added, at, media...)
}

// addRandom puts a random choice at a position, if there is one.
func (q *line) addRandom(who Actor, at Position, choose func() (int64, bool)) (found bool, err error) {
	q.begin()
	defer q.finish(who)
	media, found := choose()
	if !found {
		return false, nil
	}
	_, err = q.insert(who, Chosen, at, media)
	return err == nil, err
}

// insert is the common part of add and addRandom, which have begun.
func (q *line) insert(who Actor, what Change, at Position, media ...int64) ([]EntryID, error) {
	if n := len(q.list()) + len(media); q.most > 0 && n > q.most {
		return nil, &FullError{Would: n, Most: q.most}
	}
	items := make([]item, len(media))
	ids := make([]EntryID, len(media))
	for i, m := range media {
		if err := q.source.check(m); err != nil {
			return nil, err
		}
		ids[i] = newEntryID()
		items[i] = item{ids[i], m, what == Chosen}
		if what == Chosen {
			q.source.chosen(ids[i])
		}
	}
	c, err := q.list().inserted(what, at, items...)
	if err != nil {
		return nil, err
	}
	if err := q.commit(who, c, q.table.queueChanged); err != nil {
		return nil, err
	}
	return ids, nil
}

// remove takes an item away that is not the current one.
func (q *line) remove(who Actor, id EntryID) error {
	q.begin()
	defer q.finish(who)
	c, err := q.list().without(id)
	if err != nil {
		return err
	}
	return q.commit(who, q.filled(c, lookAhead), q.table.queueChanged)
}

// move puts an item behind another one and reports whether that made a
// difference.
func (q *line) move(who Actor, id, after EntryID) (bool, error) {
	q.begin()
	defer q.finish(who)
	c, err := q.list().moved(id, after)
	if err != nil || len(c.steps) == 0 {
		return false, err
	}
	err = q.commit(who, c, q.table.queueChanged)
	return err == nil, err
}

// forget takes all items of the given media away, the current one too.
func (q *line) forget(who Actor, media ...int64) (gone int) {
	return q.drop(who, func(i item) bool { return slices.Contains(media, i.media) })
}

// forgetRemoved takes all items away whose media are not in the library any more.
func (q *line) forgetRemoved(who Actor) (gone int) {
	return q.drop(who, func(i item) bool { return q.source.check(i.media) != nil })
}

func (q *line) drop(who Actor, which func(item) bool) (gone int) {
	q.begin()
	defer q.finish(who)
	before := q.list()
	c := change{list: make(list, 0, len(before))}
	for _, it := range before {
		if which(it) {
			c.steps = append(c.steps, step{what: Forgotten, item: it, at: len(c.list)})
		} else {
			c.list = append(c.list, it)
		}
	}
	if gone = len(c.steps); gone == 0 {
		return 0
	}
	events := []Event{q.table.queueChanged}
	if len(c.list) == 0 || c.list[0] != before[0] {
		events = []Event{q.table.currentChanged, q.table.queueChanged}
	}
	q.carryOn(who, q.filled(c, lookAhead), events...)
	return gone
}

// filled appends one random choice to a list that has fewer items than wanted.
func (q *line) filled(c change, wanted int) change {
	if len(c.list) >= wanted {
		return c
	}
	media, found := q.source.choose()
	if !found {
		return c
	}
	it := item{newEntryID(), media, true}
	q.source.chosen(it.id)
	c.steps = append(c.steps, step{what: Chosen, item: it, at: len(c.list), unasked: true})
	c.list = append(slices.Clip(c.list), it)
	return c
}

// commit makes a change that somebody asked for: on disk, in memory, known to
// all. A change that cannot be saved is not made.
func (q *line) commit(who Actor, c change, events ...Event) error {
	if err := q.save(c.list); err != nil {
		return &SaveError{err}
	}
	q.publish(who, c, events...)
	return nil
}

// carryOn makes a change that must happen for the music to go on, even if it
// cannot be saved. The next change that can be saved brings the file up to date.
func (q *line) carryOn(who Actor, c change, events ...Event) {
	if err := q.save(c.list); err != nil {
		q.log.Error("the queue goes on without being saved", "queue", q.table.file, "error", err)
	}
	q.publish(who, c, events...)
}

func (q *line) publish(who Actor, c change, events ...Event) {
	if len(events) > 0 && events[0] == q.table.currentChanged {
		q.turned.Store(&turn{q.now(), who})
	}
	q.content.Store(&c.list)
	q.noted = q.journal.note(q.table.kind, who, q.now(), c.steps, c.list)
	var added []int64
	for _, s := range c.steps {
		if s.what == Added || s.what == Chosen {
			added = append(added, s.item.media)
		}
	}
	if len(added) > 0 {
		q.source.queued(added...)
	}
	q.subscribers.fire(events...)
}

// note keeps in the history what a client did that changes no entry.
func (q *line) note(who Actor, what Change) {
	s := step{what: what}
	if l := q.list(); len(l) > 0 {
		s.item = l[0]
	}
	q.journal.remark(q.table.kind, who, q.now(), s)
}

// whyGone says why an item that the history knows is not in the queue.
func (q *line) whyGone(it item) Change {
	if q.source.check(it.media) != nil {
		return Forgotten
	}
	return Lost
}
