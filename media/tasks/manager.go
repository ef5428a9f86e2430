package tasks

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
)

// Options are what a Manager needs.
type Options struct {
	Dir     string // the data directory, which has the directories tasks and uploads
	Library *library.Library
	Music   *files.Music
	Ignore  files.Ignore
	Covers  Covers
	Frames  Frames          // nil: there are no videos
	Planner *intake.Planner // nil: no music can be imported
	Plans   *plans.Keeper   // "

	// Uploads are the content types that may be uploaded.
	Uploads []ContentType

	Workers int              // steps at once; 0: one per processor, at least two
	Log     *slog.Logger     // nil discards
	Now     func() time.Time // nil: time.Now
}

// Manager holds all tasks. Its methods may be called from any goroutine.
type Manager struct {
	o       Options
	store   *store
	uploads *os.Root
	ledger  *fsm.SharedLedger[State, Event]
	steps   map[State]Step

	workers    sync.WaitGroup
	changed    chan struct{} // there may be something for the minute's look
	telling    sync.Mutex    // notifications leave one after the other
	announcing sync.Mutex    // no two uploads get the same name
	offering   sync.Mutex    // no two offers are of the same path
	mu         sync.Mutex    // guards what follows
	byID       map[string]*record
	order      []*record // in the order in which they were made
	numbers    uint32
	waiting    []*record
	busy       map[string]bool // lanes in which a step runs
	running    int
	ctx        context.Context //nolint:containedctx // that of Run, for the steps
	listener   map[int]func(Notification)
	listened   int
}

// Open reads the tasks of the data directory. Steps begin with Run.
func Open(o Options) (*Manager, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Workers = cmp.Or(o.Workers, max(2, runtime.GOMAXPROCS(0)))
	tasks, err := openDir(o.Dir, tasksDir)
	if err != nil {
		return nil, err
	}
	uploads, err := openDir(o.Dir, uploadsDir)
	if err != nil {
		return nil, errors.Join(err, tasks.Close())
	}
	m := &Manager{
		o: o, store: &store{tasks, o.Log}, uploads: uploads, ledger: fsm.NewSharedLedger(definition), steps: steps,
		changed: make(chan struct{}, 1), byID: map[string]*record{}, busy: map[string]bool{}, listener: map[int]func(Notification){},
	}
	found, err := m.store.load()
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	for _, s := range found {
		m.restore(s)
	}
	m.sweepUploads()
	return m, nil
}

// Close releases the directories. Run must have ended.
func (m *Manager) Close() error { return errors.Join(m.store.root.Close(), m.uploads.Close()) }

// Source gives the figures of all tasks.
func (m *Manager) Source() fsm.Source { return m.ledger }

// Subscribe calls f with every notification, in their order, on the goroutine that
// causes it. f must not call the Manager and must not wait. cancel ends that.
func (m *Manager) Subscribe(f func(Notification)) (cancel func()) {
	m.telling.Lock()
	defer m.telling.Unlock()
	m.listened++
	number := m.listened
	m.listener[number] = f
	return func() {
		m.telling.Lock()
		defer m.telling.Unlock()
		delete(m.listener, number)
	}
}

// tell calls the subscribers. t is nil where there is no task.
func (m *Manager) tell(kind Kind, t *Task, message string) {
	m.telling.Lock()
	defer m.telling.Unlock()
	if len(m.listener) == 0 {
		return
	}
	n := Notification{Kind: kind, Task: t, Message: message}
	if kind == StateUpdate || kind == InternalError {
		n.Lists = newLists(m.all())
	}
	for _, f := range m.listener {
		f(n)
	}
}

// Tasks are all tasks but those whose removal everybody was told.
func (m *Manager) Tasks() *Lists { return newLists(m.All()) }

// Task returns one task.
func (m *Manager) Task(id string) (Task, error) {
	r, err := m.find(id)
	if err != nil {
		return Task{}, err
	}
	return *r.shown.Load(), nil
}

// All are the same in the order in which they were made.
func (m *Manager) All() []Task {
	return slices.DeleteFunc(m.all(), func(t Task) bool { return t.State == Remove })
}

func (m *Manager) all() []Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Task, len(m.order))
	for i, r := range m.order {
		all[i] = *r.shown.Load()
	}
	return all
}

// find returns the record of a task, or ErrNoTask.
func (m *Manager) find(id string) (*record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.byID[id]
	if r == nil {
		return nil, ErrNoTask
	}
	return r, nil
}

// with calls f with the locked record of a task.
func (m *Manager) with(id string, f func(*record) error) error {
	r, err := m.lock(id)
	if err != nil {
		return err
	}
	defer r.mu.Unlock()
	return f(r)
}

// lock returns the locked record of a task. An id that no task has is told to
// everybody, as the reference server does, and gives ErrNoTask.
func (m *Manager) lock(id string) (*record, error) {
	r, err := m.find(id)
	if err == nil {
		r.mu.Lock()
		// While a step works on it, it is the step's end that looks for its file.
		if r.live() && (r.stop != nil || !m.vanished(r)) {
			return r, nil
		}
		r.mu.Unlock()
	}
	m.tell(InternalError, nil, MessageInvalidTask)
	return nil, ErrNoTask
}

// add makes a task: the event leads from New to its first state. A task with the
// same id is dropped without a word, as the protocol has it.
func (m *Manager) add(t Task, on Event) (*record, error) {
	if err := CheckID(t.ID); err != nil {
		return nil, err
	}
	m.drop(t.ID)
	t = t.clone()
	t.State, t.InitializationTime = New, m.o.Now().Unix()
	if t.Annotations == nil {
		t.Annotations = map[string]json.RawMessage{}
	}
	r := m.newRecord(t, t.ID+".json")
	r.mu.Lock()
	defer r.mu.Unlock()
	m.ledger.Start(&r.machine, r.number, fsm.Now())
	m.register(r)
	if err := r.fire(on, ""); err != nil {
		return nil, err
	}
	m.look(r)
	return r, nil
}

// drop ends a task without a word, and waits until nobody works on it.
func (m *Manager) drop(id string) {
	r, err := m.find(id)
	if err != nil {
		return
	}
	r.mu.Lock()
	if r.live() && r.task.State != Remove {
		if err := r.move(Cancel); err != nil {
			m.o.Log.Error("a task cannot be replaced", "task", id, "err", err)
		}
	}
	stopped := r.stopped
	if r.stop != nil {
		r.stop(errCancelled)
	}
	m.finish(r)
	r.mu.Unlock()
	if stopped != nil {
		<-stopped
	}
}

func (m *Manager) newRecord(t Task, file string) *record {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.numbers++
	r := &record{m: m, number: m.numbers, file: file, task: t}
	r.show()
	return r
}

// register makes a task known.
func (m *Manager) register(r *record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byID[r.task.ID] = r
	m.order = append(m.order, r)
}

// forget is the opposite.
func (m *Manager) forget(r *record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID[r.task.ID] == r {
		delete(m.byID, r.task.ID)
	}
	m.order = slices.DeleteFunc(m.order, func(other *record) bool { return other == r })
	m.waiting = slices.DeleteFunc(m.waiting, func(other *record) bool { return other == r })
}
