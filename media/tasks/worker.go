package tasks

import (
	"context"
	"fmt"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxAttempts is how often a step may be interrupted by the end of the process before
// the task is given up: it may be the step that ends it.
const maxAttempts = 3

// look does what the state of a task asks for. The caller holds the record's lock.
func (m *Manager) look(r *record) {
	switch s := r.task.State; {
	case s == Remove:
		m.finish(r)
		return
	case isResult(s):
		m.settle(r)
		return
	case begun[s] != New:
		m.mu.Lock()
		m.waiting = append(m.waiting, r)
		m.mu.Unlock()
		m.dispatch()
	}
	m.expectLook()
}

// expectLook has Run look at all tasks within a minute.
func (m *Manager) expectLook() {
	select {
	case m.changed <- struct{}{}:
	default: // it will anyway
	}
}

// settle ends a task whose result everybody was told.
func (m *Manager) settle(r *record) {
	if r.task.State == ImportComplete {
		m.tell(Refresh, nil, "")
	}
	if err := r.fire(Settle, ""); err != nil {
		m.o.Log.Error("a task cannot be settled", "task", r.task.ID, "err", err)
	}
	m.finish(r)
}

// dispatch gives waiting tasks to workers, in their order, as long as there are
// workers. Of the tasks of one album only one is worked on.
func (m *Manager) dispatch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ctx == nil || m.ctx.Err() != nil {
		return
	}
	for i := 0; i < len(m.waiting) && m.running < m.o.Workers; {
		r := m.waiting[i]
		lane := laneOf(r.shown.Load())
		if m.busy[lane] {
			i++
			continue
		}
		m.waiting = slices.Delete(m.waiting, i, i+1)
		m.busy[lane] = true
		m.running++
		m.workers.Go(func() {
			defer m.release(lane)
			m.work(r)
		})
	}
}

func (m *Manager) release(lane string) {
	m.mu.Lock()
	delete(m.busy, lane)
	m.running--
	m.mu.Unlock()
	m.dispatch()
}

// laneOf names what a task works on, so that tasks of one album, or of one artist's
// videos, follow each other. Names that a file system may take for one are one.
func laneOf(t *Task) string {
	at := "\x00" + t.ID
	switch {
	case t.ContentType == Any:
		at = "\x00scan"
	case t.AlbumFilePath != nil:
		at = path.Dir(*t.AlbumFilePath)
	case t.AlbumPath != nil:
		at = path.Clean(*t.AlbumPath)
	case t.VideoFile != nil:
		at = path.Dir(*t.VideoFile)
	case t.VideoPath != nil:
		at = path.Dir(*t.VideoPath)
	}
	return strings.ToLower(norm.NFC.String(at))
}

// work does the work of a task's state.
func (m *Manager) work(r *record) {
	r.mu.Lock()
	running := begun[r.task.State]
	if !r.live() || running == New || m.vanished(r) {
		r.mu.Unlock()
		return
	}
	ctx, stop := context.WithCancelCause(m.ctx)
	defer stop(nil)
	stopped := make(chan struct{})
	defer close(stopped)
	r.stop, r.stopped = stop, stopped
	err := r.fire(Begin, "")
	r.mu.Unlock()

	if err == nil {
		err = m.run(ctx, r, m.steps[running])
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop, r.stopped = nil, nil
	m.conclude(r, running, err)
}

// run calls a step. A panic is a failure of the task and of nothing else.
func (m *Manager) run(ctx context.Context, r *record, step Step) (err error) {
	defer func() {
		if p := recover(); p != nil {
			m.o.Log.Error("the step of a task has panicked", "task", r.number, "panic", p, "stack", string(debug.Stack()))
			err = Fail("The server has made a mistake", fmt.Errorf("panic: %v", p), "try again; if it fails again, report it together with the log of the server")
		}
	}()
	if step == nil {
		return &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	return step(ctx, &Work{m: m, r: r, began: m.o.Now()})
}

// conclude moves a task on behind the step of a state.
func (m *Manager) conclude(r *record, running State, err error) {
	switch {
	case r.task.State == Remove || m.vanished(r): // cancelled meanwhile
		if result, _ := definition.Next(running, Done); err == nil && result == ImportComplete {
			m.tell(Refresh, nil, "") // it was too late for that
		}
		m.finish(r)
		return
	case err == nil:
		err = r.fire(Done, "")
	case m.ctx.Err() != nil:
		// Whatever the step says: the programs and files that it used have ended, too.
		t := r.task.clone()
		t.Attempts-- // this was no fault of the step
		r.task = t
		err = r.fire(Interrupted, "")
	default:
		err = r.fail(err)
	}
	if err != nil {
		m.o.Log.Error("a task cannot go on", "task", r.task.ID, "err", err)
	}
	m.look(r)
}

// vanished removes a task whose file was deleted by hand. One that could not be
// written is missing for another reason.
func (m *Manager) vanished(r *record) bool {
	if !r.stored || r.task.Unsaved != "" || m.store.exists(r.file) {
		return false
	}
	m.o.Log.Info("a task was removed, because its file was deleted", "task", r.task.ID)
	if err := r.fire(Vanish, ""); err != nil {
		m.o.Log.Error("a task cannot be removed", "task", r.task.ID, "err", err)
	}
	m.finish(r)
	return true
}

// finish deletes a task that is to be removed: its uploaded files, its own file, and
// its record. While a step still works on it, that does so when it ends.
func (m *Manager) finish(r *record) {
	if r.stop != nil || !r.live() {
		return
	}
	// As long as the task is known nobody else gets the names of its files.
	m.deleteUploads(r)
	m.dropAddition(&r.task)
	m.forget(r)
	if err := m.store.remove(r.file); err != nil {
		m.o.Log.Error("the file of a task cannot be deleted; the task is removed again after the next start", "task", r.task.ID, "err", err)
	}
	if err := m.ledger.End(&r.machine, r.number); err != nil {
		m.o.Log.Error("a task was dropped before its end", "task", r.task.ID, "state", r.task.State, "err", err)
	}
}
