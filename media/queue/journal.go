package queue

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"musicdb/media/library"
)

// JournalOptions say where a journal is kept, and how much of it.
type JournalOptions struct {
	Library *library.Library
	Days    int              // how long a change is kept; 0: nothing is kept
	Rows    int              // how many changes are kept at most
	Log     *slog.Logger     // nil discards
	Now     func() time.Time // nil: time.Now
}

// Journal is the history of the evening: who has changed the queues, when and how.
// The queues write into it, one after the other for each queue; every change is one
// of one entry, so that undoing the newest ones one by one, beginning with the queue
// as it is, leads to the queue as it was at any time.
//
// One goroutine writes what has come together while it wrote the last time. A client
// is answered when its change is on the disk, but waits no longer than a moment; a
// disk that is full or does not answer never keeps a queue from changing. What cannot
// be written is kept in memory, up to a bound, then lost; that is counted, logged
// once, and noted in the history itself.
//
// Any goroutine may call its methods. A nil Journal keeps nothing.
type Journal struct {
	o   JournalOptions
	log *slog.Logger

	wake chan struct{} // one token: something is to be written
	done chan struct{} // closed by Close
	over sync.WaitGroup

	mu       sync.Mutex // guards all below
	last     int64      // the ID given last
	saved    ticket     // everything up to this ID is on the disk, or lost
	late     ticket     // the newest one for which a client has waited in vain
	pending  []library.QueueChange
	queues   map[library.QueueKind]*kept
	failures int           // writes that have failed since the last one that has not
	lost     int64         // changes in all
	settled  chan struct{} // closed and replaced after each write
	closed   bool
}

// A ticket is the ID of a change that somebody wants on the disk; 0 is none.
type ticket int64

// kept is what the journal knows of one queue.
type kept struct {
	list  list // after the last change that was noted
	since int  // changes noted since the last checkpoint
	gap   int  // changes lost since the last one that was noted
	due   bool // a checkpoint must be written with the next changes
}

const (
	// pendingLimit is how many changes wait in memory for a disk that fails.
	pendingLimit = 10_000
	// checkpointEvery is how many changes of a queue are read at most at a start.
	checkpointEvery = 1000
	// waitLimit is how long a client waits for the history. A write takes a few
	// milliseconds where nothing is wrong.
	waitLimit = 200 * time.Millisecond
	// readLimit is how long somebody waits who wants to read the history: as long as
	// a large change of the library may keep it from being written.
	readLimit = 5 * time.Second
	// trimEvery is how often changes that are too old are removed.
	trimEvery = time.Hour
)

// OpenJournal begins to keep a history, or, with no days to keep it, removes what is
// there; what cannot be removed is left, and logged. Errors: those of the library.
func OpenJournal(ctx context.Context, o JournalOptions) (*Journal, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	last, err := o.Library.LastQueueChange(ctx)
	if err != nil {
		return nil, err
	}
	j := &Journal{
		o: o, log: o.Log, wake: make(chan struct{}, 1), done: make(chan struct{}), settled: make(chan struct{}),
		last: last, saved: ticket(last), queues: map[library.QueueKind]*kept{},
	}
	if o.Days <= 0 || o.Rows <= 0 {
		j.closed = true
		if err := o.Library.ForgetQueueChanges(ctx); err != nil {
			j.log.Error("the history of the queues that was kept before cannot be removed; it is tried again at the next start", "error", err)
		}
		return j, nil
	}
	j.over.Go(j.write)
	return j, nil
}

// Close writes what waits to be written and ends the journal. Later changes are not
// kept.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	closed := j.closed
	j.closed = true
	j.mu.Unlock()
	if !closed {
		close(j.done)
		j.over.Wait()
	}
	return nil
}

// Lost returns how many changes could not be kept since the start.
func (j *Journal) Lost() int64 {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lost
}

// Before returns the newest changes of a queue with a lower ID, the newest one first,
// at most as many as limit says; 0 stands for an ID above all. What was done before
// the call is among them unless it could not be written; a slow disk is waited for.
// Errors: those of the library.
func (j *Journal) Before(ctx context.Context, of library.QueueKind, id int64, limit int) ([]library.QueueChange, error) {
	if j == nil {
		return nil, nil
	}
	j.mu.Lock()
	newest := ticket(j.last)
	j.mu.Unlock()
	j.await(newest, readLimit)
	return j.o.Library.QueueChangesBefore(ctx, of, id, limit)
}

// begin notes what a queue is at the start: what the history says it should be, and
// steps that explain the difference.
func (j *Journal) begin(of library.QueueKind, now list, why func(item) Change) {
	if j == nil {
		return
	}
	steps := []step{{what: Began}}
	before, found, err := replay(context.Background(), j.o.Library, of)
	switch {
	case err != nil:
		j.log.Error("the history of a queue cannot be continued; it begins anew", "error", err)
		steps = append(steps, step{what: Gap})
	case found:
		steps = append(steps, difference(before, now, why)...)
	}
	at := j.o.Now()
	// In one: a checkpoint taken in between would be one of a queue that was never so.
	j.mu.Lock()
	defer j.mu.Unlock()
	j.queues[of] = &kept{list: now, due: true}
	j.keep(of, Actor{}, at, steps...)
}

// remark keeps a step that changes no entry.
func (j *Journal) remark(of library.QueueKind, who Actor, at time.Time, s step) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keep(of, who, at, s)
}

// note keeps the steps of one command, and the list to which they have led. It waits
// for nothing.
func (j *Journal) note(of library.QueueKind, who Actor, at time.Time, steps []step, after list) ticket {
	if j == nil || len(steps) == 0 {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keep(of, who, at, steps...)
	j.queues[of].list = after
	return ticket(j.last)
}

// keep has steps written; mu is held.
func (j *Journal) keep(of library.QueueKind, who Actor, at time.Time, steps ...step) {
	if j.closed {
		return
	}
	if len(j.pending)+len(steps) > pendingLimit {
		j.losePending()
	}
	k := j.queues[of]
	if k.gap > 0 {
		steps = append([]step{{what: Gap, at: k.gap, unasked: true}}, steps...)
		k.gap, k.due = 0, true
	}
	command := j.last + 1
	for _, s := range steps {
		j.last++
		by := who
		if s.unasked {
			by = Actor{}
		}
		j.pending = append(j.pending, library.QueueChange{
			ID: j.last, Command: command, At: at, Queue: of, What: string(s.what), Connection: by.Connection, Client: by.Client,
			EntryID: string(s.item.id), MediaID: s.item.media, Random: s.item.random, Position: s.at, From: s.from,
		})
	}
	k.since += len(steps)
	k.due = k.due || k.since >= checkpointEvery
	j.look()
}

// losePending gives up the changes that wait; mu is held.
func (j *Journal) losePending() {
	for _, c := range j.pending {
		k := j.queues[c.Queue]
		if c.What == string(Gap) {
			k.gap += c.Position
			continue
		}
		k.gap++
		j.lost++
	}
	j.pending = nil
}

// wait returns when everything up to a change is on the disk, or when that takes
// longer than a client shall wait for its answer. One waits so long in vain, and
// nobody again until what it has waited for is written.
func (j *Journal) wait(until ticket) {
	if j == nil || until == 0 {
		return
	}
	j.mu.Lock()
	late := j.late > j.saved
	j.mu.Unlock()
	if late || j.await(until, waitLimit) {
		return
	}
	j.mu.Lock()
	j.late = max(j.late, until)
	j.mu.Unlock()
}

// await returns when everything up to a change is on the disk, or cannot be written.
// It reports false when that takes longer than the limit.
func (j *Journal) await(until ticket, limit time.Duration) bool {
	var timer *time.Timer
	for {
		j.mu.Lock()
		ready, settled := j.saved >= until || j.failures > 0 || j.closed, j.settled
		j.mu.Unlock()
		if ready {
			return true
		}
		if timer == nil {
			timer = time.NewTimer(limit)
			defer timer.Stop()
		}
		select {
		case <-settled:
		case <-timer.C:
			return false
		}
	}
}

func (j *Journal) look() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// checkpoints are those that are due now; mu is held.
func (j *Journal) checkpoints() (due []library.QueueCheckpoint) {
	for kind, k := range j.queues {
		if !k.due {
			continue
		}
		entries := make([]library.QueueEntry, len(k.list))
		for i, it := range k.list {
			entries[i] = library.QueueEntry{EntryID: string(it.id), MediaID: it.media, Random: it.random}
		}
		due = append(due, library.QueueCheckpoint{Queue: kind, Change: j.last, Entries: entries})
		k.due, k.since = false, 0
	}
	slices.SortFunc(due, func(a, b library.QueueCheckpoint) int { return int(a.Queue) - int(b.Queue) })
	return due
}
