package tasks

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/fsm"
)

// record is a live task. Whoever holds its lock may take that of the Manager, never
// the other way round.
type record struct {
	m      *Manager
	number uint32 // in the ledger
	file   string // name in the directory of the tasks

	shown atomic.Pointer[Task] // as everybody sees it; never nil

	mu      sync.Mutex // guards what follows
	task    Task
	machine fsm.Instance[State]
	touched time.Time               // when something happened to the task that keeps it from being too old
	stored  bool                    // its file was written, or read
	stop    context.CancelCauseFunc // ends the running step; nil: there is none
	stopped chan struct{}           // closed when that has ended
	upload  *upload                 // receives the chunks; nil before the first after a start
}

// errCancelled is why the context of a step ends when its task is not wanted any more.
var errCancelled = errors.New("tasks: the task was cancelled")

// fire moves the task and tells everybody its new state, with a message as
// InternalError.
func (r *record) fire(on Event, message string) error {
	from := r.task.State
	if err := r.move(on); err != nil || r.task.State == from {
		return err
	}
	switch {
	case on == Announce:
		r.m.tell(ChunkRequest, r.shown.Load(), "")
	case message != "":
		r.m.tell(InternalError, r.shown.Load(), message)
	default:
		r.m.tell(StateUpdate, r.shown.Load(), "")
	}
	return nil
}

// move moves the task along the table and saves it; nothing else does. An event that
// the table does not have is a *StateError.
func (r *record) move(on Event) error {
	from := r.task.State
	to, err := r.m.ledger.Fire(&r.machine, r.number, on, fsm.Now())
	if err != nil {
		return &StateError{Task: r.task.ID, State: from, Event: on, Err: err}
	}
	r.touched = r.m.o.Now()
	if to == from {
		return nil
	}
	t := r.task.clone()
	t.State, t.Progress = to, nil
	if from != New {
		t.UpdateTime = new(r.touched.Unix())
	}
	switch on {
	case Begin:
		t.Attempts++
	case Interrupted:
	default:
		t.Attempts = 0
	}
	r.task = t
	// What a worker does is done again after the system has ended, and a file of which
	// nothing is there yet is announced again; what else a client has asked for must
	// not be lost.
	r.save(on == Announce || on == Begin || on == Settle || isRunning(from))
	return nil
}

// fail ends the present work of the task, or its upload, with a failure.
func (r *record) fail(err error) error {
	f := failureOf(err)
	t := r.task.clone()
	t.Failure = f
	r.task = t
	r.m.o.Log.Warn("a task has failed", "task", t.ID, "type", t.ContentType, "state", t.State, "message", f.Message, "cause", f.Cause, "remedy", f.Remedy)
	switch {
	case f.Unsupported:
		return r.fire(Unsupported, cmp.Or(f.Message, MessageUnsupported))
	case isRunning(t.State) && f.Message != "":
		r.show()
		r.m.tell(InternalError, r.shown.Load(), f.Message)
		return r.fire(Failed, "")
	default:
		return r.fire(Failed, f.Message)
	}
}

// save writes the file of the task. Where that fails the task goes on in memory and
// says so; it is written with the next change, or within a minute.
func (r *record) save(hint bool) {
	err := r.m.store.save(r.file, r.task, hint)
	was := r.task.Unsaved
	if err == nil {
		r.stored, r.task.Unsaved = true, ""
		if was != "" {
			r.m.o.Log.Info("the file of a task is written again", "task", r.task.ID)
		}
	} else {
		r.task.Unsaved = err.Error() + "; make room in the data directory and let the server write there: until then a restart loses what has happened to this task"
		if was == "" {
			r.m.o.Log.Error("the file of a task cannot be written; the task goes on", "task", r.task.ID, "err", err)
		}
	}
	r.show()
}

// show makes the task visible as it is now.
func (r *record) show() {
	t := r.task.clone()
	if data, err := json.Marshal(t); err == nil {
		t.encoded = data
	}
	r.shown.Store(&t)
}

// annotate merges values into the annotations.
func (r *record) annotate(values map[string]json.RawMessage) {
	t := r.task.clone()
	maps.Copy(t.Annotations, values)
	r.task = t
}

// live says whether the task still exists.
func (r *record) live() bool { return r.machine.Live() }
