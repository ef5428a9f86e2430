package queue

import (
	"context"
	"time"

	"musicdb/media/library"
)

const (
	// retryFirst is the pause after a write that failed; it doubles with each
	// further one.
	retryFirst = time.Second
	retryLimit = time.Minute
	// writeLimit is how long one write may wait for its turn.
	writeLimit = 30 * time.Second
)

// write is the goroutine that writes, until Close.
func (j *Journal) write() {
	trim := time.NewTicker(trimEvery)
	defer trim.Stop()
	retry := time.NewTimer(0)
	retry.Stop()
	pause := retryFirst
	j.trim()
	for ending, again := false, false; ; {
		switch saved := j.save(); {
		case saved:
			pause = retryFirst
		case again:
			pause = min(2*pause, retryLimit)
			retry.Reset(pause)
		default: // a new change has led to this attempt, which says nothing of the disk's recovery
			retry.Reset(pause)
		}
		again = false
		if ending {
			j.end()
			return
		}
		select {
		case <-j.wake:
		case <-retry.C:
			again = true
		case <-trim.C:
			j.mu.Lock()
			for _, k := range j.queues {
				k.due = k.due || k.since > 0
			}
			j.mu.Unlock()
			if j.save() {
				j.trim()
			}
		case <-j.done:
			ending = true
		}
	}
}

// save writes everything that waits. It reports false when that failed; then it
// waits again.
func (j *Journal) save() bool {
	j.mu.Lock()
	batch, newest := j.pending, j.last
	j.pending = nil
	checkpoints := j.checkpoints()
	j.mu.Unlock()
	if len(batch) == 0 && len(checkpoints) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	err := j.o.Library.SaveQueueChanges(ctx, batch, checkpoints...)
	cancel()

	j.mu.Lock()
	failures, lost := j.failures, j.lost
	if err == nil {
		j.saved, j.failures = ticket(newest), 0
	} else {
		j.failures++
		j.pending = append(batch, j.pending...)
		for _, c := range checkpoints {
			j.queues[c.Queue].due = true
		}
	}
	close(j.settled)
	j.settled = make(chan struct{})
	j.mu.Unlock()
	switch {
	case err != nil && failures == 0:
		j.log.Error("the history of the queues cannot be written; the queues go on without it", "error", err)
	case err == nil && failures > 0:
		j.log.Info("the history of the queues is written again", "lost", lost)
	}
	return err == nil
}

// end gives up what could not be written.
func (j *Journal) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.pending) > 0 {
		j.losePending()
		j.log.Error("the end of the history of the queues is lost", "lost", j.lost)
	}
}

// trim removes what is too old, or too much.
func (j *Journal) trim() {
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	now := j.o.Now()
	if err := j.o.Library.TrimQueueChanges(ctx, now.AddDate(0, 0, -j.o.Days), now, j.o.Rows); err != nil {
		j.log.Error("old parts of the history of the queues cannot be removed", "error", err)
	}
}

// replay returns what a queue is according to its history: the last checkpoint and
// what was changed since then. Without a checkpoint nothing is known.
func replay(ctx context.Context, from *library.Library, of library.QueueKind) (now list, found bool, err error) {
	base, found, err := from.QueueCheckpoint(ctx, of)
	if err != nil || !found {
		return nil, false, err
	}
	now = make(list, len(base.Entries))
	for i, e := range base.Entries {
		now[i] = item{EntryID(e.EntryID), e.MediaID, e.Random}
	}
	changes, err := from.QueueChangesAfter(ctx, of, base.Change)
	if err != nil {
		return nil, false, err
	}
	for _, c := range changes {
		if now, err = now.apply(stepOf(c)); err != nil {
			return nil, false, err
		}
	}
	return now, true, nil
}

// stepOf is the step that a row of the history is about.
func stepOf(c library.QueueChange) step {
	return step{what: Change(c.What), item: item{EntryID(c.EntryID), c.MediaID, c.Random}, at: c.Position, from: c.From}
}
