package watch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"musicdb/fsm"
)

// Watch keeps the library in step with the music directory. See the package comment for
// who may call what.
type Watch struct {
	o        Options
	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	heeding  *fsm.Observer[Attention, turn]
	notice   *notice
	asked    chan struct{}

	// Of the goroutine of Run.
	known   map[string]*record  // by path, of files with a row
	unsaved map[string]struct{} // paths of which the database knows something else
	unheard []string            // paths whose sound is to be read
	looks   uint32              // how many there were
	lost    map[string]struct{}
	offered map[string]uint64   // by path, what was offered
	later   map[string]struct{} // what is new and has to wait
	denied  map[string]string   // directories that may not be read, and why
	limit   string              // why not all directories are watched, as it was told
	fault   Event               // how the last look ended; Looked: there is none

	concluded func() // called behind each look, and when all sounds are known; for tests

	mu     sync.Mutex // guards what follows
	status Status
	again  []string // paths that are to be offered again
}

// Open makes a Watch. It looks at nothing before Run.
func Open(o Options) *Watch {
	w := &Watch{
		o: o.complete(), observer: fsm.NewObserver(definition, 0), heeding: fsm.NewObserver(attention, 0), asked: make(chan struct{}, 1),
		known: map[string]*record{}, unsaved: map[string]struct{}{}, lost: map[string]struct{}{}, offered: map[string]uint64{}, later: map[string]struct{}{},
		denied: map[string]string{}, concluded: func() {},
	}
	w.machine = fsm.NewRunner(definition, w.observer, fsm.Effects[State, Event]{})
	w.notice = newNotice(o.Music.Dir(), w.heeding, w.limited)
	for _, path := range o.Offered {
		w.offered[path] = 0 // which is no mark
	}
	return w
}

// Sources are the figures of the machines.
func (w *Watch) Sources() []fsm.Source { return []fsm.Source{w.observer, w.heeding} }

// Status is how things stand.
func (w *Watch) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.status
	s.State, s.Attention = w.machine.State(), w.notice.machine.State()
	return s
}

// Subscribe has changed called when rows were changed, and tell when a fault begins and
// when it is over, besides the functions of the options. It must be called before Run.
func (w *Watch) Subscribe(changed func(), tell func(Status)) {
	before := w.o
	w.o.Changed = func() { before.Changed(); changed() }
	w.o.Tell = func(s Status) { before.Tell(s); tell(s) }
}

// Sweep asks for a look at everything, soon.
func (w *Watch) Sweep() {
	select {
	case w.asked <- struct{}{}:
	default: // somebody has asked already
	}
}

// Again has a path looked at soon, and offered as if it was new.
func (w *Watch) Again(path string) {
	w.mu.Lock()
	w.again = append(w.again, path)
	w.mu.Unlock()
	w.notice.touch(elements(path, 1), time.Now().Add(-w.o.Calm))
	w.Next()
}

// Next offers more of what waits, if there may be more offers.
func (w *Watch) Next() {
	w.mu.Lock()
	waiting := w.status.Waiting
	w.mu.Unlock()
	if len(waiting) > 0 {
		w.notice.touch(elements(waiting[0], 1), time.Now().Add(-w.o.Calm))
	}
}

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("watch: was run already")

// Run watches until the context ends. It returns an error only if it was called before,
// or if the database cannot be read.
func (w *Watch) Run(ctx context.Context) error {
	if w.machine.State() != Looking || w.looks > 0 {
		return ErrRunning
	}
	w.looks = 1
	if err := w.load(ctx); err != nil {
		return err
	}
	w.notice.open()
	var events sync.WaitGroup
	events.Go(func() { w.notice.run(ctx) })
	w.look(ctx, nil)
	w.loop(ctx)
	events.Wait()
	w.save(ctx)
	w.fire(Close)
	return errors.Join(w.notice.close(), w.machine.Close())
}

// loop waits for what is to be done and does it.
func (w *Watch) loop(ctx context.Context) {
	sweep, settled, pause := time.NewTimer(w.pause()), time.NewTimer(time.Hour), time.NewTimer(w.o.Calm)
	defer sweep.Stop()
	defer settled.Stop()
	defer pause.Stop()
	all := func() {
		w.fire(Due)
		w.look(ctx, nil)
		sweep.Reset(w.pause())
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.notice.wake:
		case <-settled.C:
		case <-sweep.C:
			all()
		case <-w.asked:
			all()
		case <-pause.C:
			pause.Reset(w.listen(ctx))
		}
		artists, lost, next := w.notice.calm(time.Now(), w.o.Calm)
		if !next.IsZero() || len(artists) > 0 {
			w.settle()
		}
		switch {
		case lost:
			all()
		case len(artists) > 0:
			if w.fault != Looked {
				all() // it is over only when everything is seen again
				break
			}
			w.fire(Calm)
			w.look(ctx, artists)
			if w.fault != Looked {
				sweep.Reset(w.pause())
			}
			if !next.IsZero() {
				w.settle()
			}
		}
		if !next.IsZero() {
			settled.Reset(time.Until(next))
		}
	}
}

// settle notes that something is being written.
func (w *Watch) settle() {
	if w.machine.State() != Settling {
		w.fire(Touched)
	}
}

// listen reads the sound of one file, if there is nothing else to do, and returns how
// long to wait before the next one.
func (w *Watch) listen(ctx context.Context) time.Duration {
	began := time.Now()
	if w.machine.State() != Watching || !w.hear(ctx) {
		return w.o.Calm
	}
	return rest * time.Since(began)
}

// rest is how many times as long as the reading of a file the pause behind it is: music
// that plays, and a disk that sleeps, come first.
const rest = 4

// pause is the time until the next sweep.
func (w *Watch) pause() time.Duration {
	if w.machine.State().Fault() {
		return min(retry, w.o.Sweep)
	}
	return w.o.Sweep
}

// fire moves the watch. After the end of the context it may have skipped what its state
// asks for; then Close is all that is left to fire.
func (w *Watch) fire(on Event) {
	if err := w.machine.Fire(context.Background(), on, nil); err != nil {
		w.o.Log.Debug("event without effect", "err", err)
	}
}

// limited is told that not all directories are watched.
func (w *Watch) limited(err error) {
	if text := err.Error(); text != w.limit {
		w.limit = text
		w.o.Log.Warn("the kernel does not watch all directories of music: changes are found by sweeps only", "err", err, "every", w.o.Sweep,
			"remedy", "raise fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl), or lower MUSICDB_MUSIC_SWEEP")
	}
}

// show makes the status of the last look visible.
func (w *Watch) show(change func(*Status)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.status)
	w.status.Lost = slices.Sorted(maps.Keys(w.lost))
	w.status.Offered = slices.Sorted(maps.Keys(w.offered))
	w.status.Waiting = slices.Sorted(maps.Keys(w.later))
}
