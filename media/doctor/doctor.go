package doctor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

// MaxKept is how many verdicts of an examination are kept for those who ask later;
// all are told and counted. Who needs the others examines a part of the collection.
const MaxKept = 10_000

// Errors of a Doctor.
var (
	// ErrBusy: an examination runs already.
	ErrBusy = errors.New("an examination runs already; wait for its end, or cancel it")
	// ErrClosed: the Doctor was closed.
	ErrClosed = errors.New("doctor: closed")
	// ErrDeaf: a thorough examination needs ffmpeg.
	ErrDeaf = errors.New("a thorough examination needs ffmpeg, and there is none")
)

// Options say what is examined.
type Options struct {
	// Catalogue returns the newest snapshot of the library.
	Catalogue func() *library.Catalogue
	Music     *files.Music
	Ignore    files.Ignore
	// DataDir holds the databases, the artwork cache, uploads and tasks.
	DataDir string
	// Scales are the edge lengths of the scaled covers in pixels.
	Scales []int
	// Tool decodes in thorough examinations; nil: none can be made.
	Tool *ffmpeg.Tool
	// Workers is how many albums are looked at at once; 0: GOMAXPROCS.
	Workers int
	Log     *slog.Logger // nil discards
}

// Order is what somebody wants to be examined.
type Order struct {
	Path     string // artist, album, song or video; empty: everything, databases and data directory too
	Thorough bool   // decode every song
}

// Doctor examines one collection. Close it when done.
type Doctor struct {
	o        Options
	log      *slog.Logger
	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	running  sync.WaitGroup // examinations

	mu        sync.Mutex // guards below
	busy      bool       // taken by an examination, from before Begin to behind its end
	closed    bool
	cancel    context.CancelCauseFunc // of the examination under way
	status    Status
	kept      []Verdict
	listeners map[int]func(Status)
	next      int // key of the next listener
}

// New makes a Doctor. Nothing is examined before Start or Diagnose.
func New(o Options) *Doctor {
	d := &Doctor{o: o, log: o.Log, observer: fsm.NewObserver(definition, 64), listeners: map[int]func(Status){}}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.o.Workers <= 0 {
		d.o.Workers = runtime.GOMAXPROCS(0)
	}
	d.machine = fsm.NewRunner(definition, d.observer, fsm.Effects[State, Event]{})
	return d
}

// Source are the machine's figures.
func (d *Doctor) Source() fsm.Source { return d.observer }

// Diagnose examines what the order names, calls tell with each verdict from this
// goroutine, and returns when it is done. tell may be nil. Errors: [ErrBusy],
// [ErrClosed], *[files.PathError], [fs.ErrNotExist] for a path that is neither in the
// music directory nor in the library, *[files.RootError], [ErrDeaf], and
// the cause of the context that ended, [context.Canceled] after Cancel.
func (d *Doctor) Diagnose(ctx context.Context, order Order, tell func(Verdict)) (Status, error) {
	ctx, err := d.begin(ctx, order)
	if err != nil {
		return d.Status(), err
	}
	err = d.run(ctx, order, tell)
	return d.Status(), err
}

// Start begins an examination and returns at once; it is cancelled with ctx. What
// comes of it is told by Status, Verdicts and those who subscribe. Errors are those of
// Diagnose about the order.
func (d *Doctor) Start(ctx context.Context, order Order) error {
	ctx, err := d.begin(ctx, order)
	if err != nil {
		return err
	}
	go func() {
		if err := d.run(ctx, order, nil); err != nil && !errors.Is(err, context.Canceled) {
			d.log.Error("an examination of the music has failed", "path", order.Path, "error", err)
		}
	}()
	return nil
}

// begin takes the Doctor for an examination.
func (d *Doctor) begin(ctx context.Context, order Order) (context.Context, error) {
	if order.Path != "" {
		if err := files.CheckPath(order.Path); err != nil {
			return nil, err
		}
	}
	if order.Thorough && d.o.Tool == nil {
		return nil, ErrDeaf
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil, ErrClosed
	case d.busy:
		return nil, ErrBusy
	}
	d.busy = true
	d.running.Add(1)
	ctx, d.cancel = context.WithCancelCause(ctx)
	d.kept = nil
	d.status = Status{Path: order.Path, Thorough: order.Thorough, Began: time.Now(), Counts: map[Illness]int{}}
	d.fireLocked(Begin)
	return ctx, nil
}

// run examines and brings the machine to rest.
func (d *Doctor) run(ctx context.Context, order Order, tell func(Verdict)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("doctor: examining has panicked: %v", p)
		}
		err = d.end(ctx, err)
	}()
	r := newRound(ctx, d, order, tell)
	if err := r.look(); err != nil {
		return err
	}
	if !order.Thorough {
		return nil
	}
	d.fire(Listen)
	return r.listen()
}

// end notes how an examination has ended, and tells it.
func (d *Doctor) end(ctx context.Context, err error) error {
	on := Finish
	if err != nil {
		on = Fail
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		on, err = Cancel, cause
	}
	d.mu.Lock()
	d.status.Ended = time.Now()
	if on == Fail {
		d.status.Failure = err.Error()
	}
	d.fireLocked(on)
	d.busy = false
	d.cancel(nil)
	d.mu.Unlock()
	d.announce()
	d.running.Done()
	return err
}

// Cancel ends the examination that runs, and reports whether there was one.
func (d *Doctor) Cancel() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.busy {
		return false
	}
	d.cancel(context.Canceled)
	return true
}

// Close cancels what runs and waits for its end.
func (d *Doctor) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	if d.busy {
		d.cancel(context.Canceled)
	}
	d.mu.Unlock()
	d.running.Wait()
	d.fire(Close)
	return d.machine.Close()
}

// Subscribe calls f with the status when its state changes, and now and then while an
// examination goes on, from the goroutine of the examination.
func (d *Doctor) Subscribe(f func(Status)) (cancel func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := d.next
	d.next++
	d.listeners[key] = f
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.listeners, key)
	}
}

func (d *Doctor) announce() {
	d.mu.Lock()
	listeners := make([]func(Status), 0, len(d.listeners))
	for _, f := range d.listeners {
		listeners = append(listeners, f)
	}
	status := d.statusLocked()
	d.mu.Unlock()
	for _, f := range listeners {
		f(status)
	}
}

// Verdicts returns a page of what the last examination has found so far, and how many
// are kept.
func (d *Doctor) Verdicts(offset, limit int) (page []Verdict, kept int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept = len(d.kept)
	from := min(max(offset, 0), kept)
	return slices.Clone(d.kept[from : from+min(max(limit, 0), kept-from)]), kept
}

func (d *Doctor) fire(on Event) {
	d.mu.Lock()
	d.fireLocked(on)
	d.mu.Unlock()
	d.announce()
}

// fireLocked moves the machine. The table has a row for each event that the methods
// can come to; a refusal is counted and logged.
func (d *Doctor) fireLocked(on Event) {
	if err := d.machine.Fire(context.Background(), on, nil); err != nil {
		d.log.Error("the doctor's machine refused an event", "error", err)
	}
}
