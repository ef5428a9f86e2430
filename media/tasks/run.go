package tasks

import (
	"context"
	"fmt"
	"time"

	"musicdb/fsm"
)

const (
	// maxAge is how long a task may wait for somebody (MusicDB protocol, section 8).
	maxAge = 24 * time.Hour
	// lookInterval is how often tasks are looked at for whether they are too old, or
	// their files have been deleted, or must be written again.
	lookInterval = time.Minute
)

// Run lets workers work until the context ends, and returns when the last one has.
// What they were busy with begins again after the next start.
func (m *Manager) Run(ctx context.Context) error {
	m.mu.Lock()
	m.ctx = ctx
	m.mu.Unlock()
	m.completeUploads(ctx)
	m.dispatch()
	look := time.NewTimer(lookInterval)
	look.Stop()
	defer look.Stop()
	armed := false
	for {
		select {
		case <-ctx.Done():
			m.mu.Lock() // who is about to begin another step has begun it, or will see the end
			m.mu.Unlock()
			m.workers.Wait()
			return nil
		case <-m.changed:
			if !armed {
				look.Reset(lookInterval)
				armed = true
			}
		case <-look.C:
			if armed = m.lookAtAll(); armed {
				look.Reset(lookInterval)
			}
		}
	}
}

// lookAtAll removes the tasks that are too old or whose files were deleted, and
// writes files that could not be written. It reports whether there are tasks.
func (m *Manager) lookAtAll() bool {
	m.mu.Lock()
	all := append([]*record{}, m.order...)
	m.mu.Unlock()
	for _, r := range all {
		r.mu.Lock()
		m.lookAt(r)
		r.mu.Unlock()
	}
	return len(all) > 0
}

func (m *Manager) lookAt(r *record) {
	if !r.live() || r.stop != nil || m.vanished(r) {
		return
	}
	if r.task.Unsaved != "" {
		if r.save(false); r.task.Unsaved == "" {
			m.tell(StateUpdate, r.shown.Load(), "")
		}
	}
	m.expire(r)
}

// expire removes a task with which nothing has happened for a day.
func (m *Manager) expire(r *record) bool {
	if _, may := definition.Next(r.task.State, Expire); !may || m.o.Now().Sub(r.touched) <= maxAge {
		return false
	}
	m.o.Log.Warn("a task is too old and was removed", "task", r.task.ID, "state", r.task.State)
	if err := r.fire(Expire, ""); err != nil {
		m.o.Log.Error("a task cannot be removed", "task", r.task.ID, "err", err)
	}
	m.finish(r)
	return true
}

// restore makes a task of a file. Work that was interrupted begins again, unless it
// was interrupted too often. A failure that nobody may have heard of stays for a day.
func (m *Manager) restore(s stored) {
	r := m.newRecord(s.task, s.file)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored = true
	r.touched = time.Unix(max(s.at, s.task.InitializationTime), 0)
	if s.task.UpdateTime != nil {
		r.touched = time.Unix(max(s.at, *s.task.UpdateTime), 0)
	}
	if err := m.ledger.Resume(&r.machine, r.number, s.task.State, fsm.Now()); err != nil {
		m.o.Log.Error("a task cannot be taken up", "task", s.task.ID, "err", err)
		return
	}
	m.register(r)
	if m.expire(r) {
		return
	}
	var err error
	if s.task.State == WaitForChunk {
		err = r.resume()
	}
	if isRunning(s.task.State) {
		if s.task.Attempts < maxAttempts {
			err = r.fire(Interrupted, "")
		} else {
			err = r.fail(&Failure{
				Message: "The server was ended by this work",
				Cause:   fmt.Sprintf("the server has ended %d times while it was %s", s.task.Attempts, s.task.State),
				Remedy:  "look into the log of the server for the reason, then try again",
			})
		}
	}
	if err != nil {
		m.o.Log.Error("a task cannot be taken up", "task", s.task.ID, "err", err)
	}
	if !isFailure(r.task.State) {
		m.look(r)
	}
	m.expectLook()
}
