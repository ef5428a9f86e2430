package loudness

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

// Options are what a Meter works with. Library, Music and Tool are needed.
type Options struct {
	Library  *library.Library
	Music    *files.Music
	Tool     *ffmpeg.Tool
	Settings Settings
	Measure  bool           // songs are measured in the background
	Queued   func() []int64 // ids of the songs in the queue, the current one first; nil: none
	Busy     func() bool    // others need the machine, asked now and then; nil: the kernel's figures tell
	Log      *slog.Logger   // nil discards
}

// Meter measures songs and knows how loud they are. Any goroutine may call its
// methods.
type Meter struct {
	o        Options
	log      *slog.Logger
	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	wake     chan struct{} // one token: the queue has changed

	mu         sync.Mutex // guards below
	figures    Figures
	sum, count float64 // of the loudness of all songs measured

	// Of the worker, for tests to shorten.
	busy   func() bool
	now    func() time.Time
	pauses pauses

	known   known
	backlog backlog
}

// Figures count the songs of the library.
type Figures struct{ Measured, Failed, Left int }

// pauses are how long the worker waits.
type pauses struct {
	least, most time.Duration // between two songs
	hold        time.Duration // until it is asked again whether the machine is busy
	patience    time.Duration // with a machine that stays busy, for one song
	away        time.Duration // until missing music is looked for again
	poll        time.Duration // between two looks at the library
	again       time.Duration // until a song that was passed by is tried again
	files       time.Duration // between two looks at all files
}

var usualPauses = pauses{
	least: time.Second / 2, most: 10 * time.Second, hold: 5 * time.Second, patience: 10 * time.Minute, away: time.Minute,
	poll: 10 * time.Second, again: 10 * time.Minute, files: 24 * time.Hour,
}

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("loudness: was run already")

// New makes a Meter. It measures nothing until Run.
func New(o Options) (*Meter, error) {
	if o.Library == nil || o.Music == nil || o.Tool == nil {
		return nil, errors.New("loudness: a library, a music directory and an ffmpeg are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Queued == nil {
		o.Queued = func() []int64 { return nil }
	}
	if o.Busy == nil {
		o.Busy = (&load{}).busy
	}
	m := &Meter{o: o, log: o.Log, observer: fsm.NewObserver(definition, 64), wake: make(chan struct{}, 1),
		busy: o.Busy, now: time.Now, pauses: usualPauses}
	m.machine = fsm.NewRunner(definition, m.observer, fsm.Effects[State, Event]{})
	return m, nil
}

// Look tells the worker that the queue has changed. It never waits.
func (m *Meter) Look() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Figures tell how far measuring is. They are 0 until the worker has looked at
// the library.
func (m *Meter) Figures() Figures {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.figures
}

// Sources are the machine's figures.
func (m *Meter) Sources() []fsm.Source { return []fsm.Source{m.observer} }

// Run measures until ctx ends. What fails inside is logged and tried again; an
// error is returned when the database cannot be read, or at a second call.
func (m *Meter) Run(ctx context.Context) error {
	if m.machine.State() != Reading {
		return ErrRunning
	}
	defer m.close()
	sum, count, err := m.known.read(ctx, m.o.Library, m.now())
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.sum, m.count = sum, count
	m.mu.Unlock()
	if !m.o.Measure {
		m.fire(Disable)
		for ctx.Err() == nil {
			m.walk(m.o.Library.Catalogue()) // for the figures
			m.wait(ctx, m.pauses.poll, nil)
		}
		return nil
	}
	m.fire(Known)
	select {
	case <-m.o.Tool.Ready():
	case <-ctx.Done():
		return nil
	}
	m.busy() // counts from now on
	m.fire(ToolReady)
	for ctx.Err() == nil {
		m.step(ctx)
	}
	return nil
}

// step does what the present state asks for.
func (m *Meter) step(ctx context.Context) {
	song, found := m.choose(ctx)
	switch {
	case ctx.Err() != nil:
	case m.backlog.away():
		m.backlog.bear()
		m.fire(MusicAway)
		m.wait(ctx, m.pauses.away, nil)
		m.fire(Calm)
	case !found:
		m.fire(NothingLeft)
		m.log.Debug("nothing is left to be measured", "figures", m.Figures())
		m.rest(ctx)
		m.fire(Changed)
	case m.busy():
		m.hold(ctx)
		if song, found = m.choose(ctx); found && ctx.Err() == nil {
			m.work(ctx, song)
		}
	default:
		m.work(ctx, song)
	}
}

// hold waits until the machine has time, but not for ever: a song now and then,
// with the lowest priority, is bearable also for a machine that is always busy.
func (m *Meter) hold(ctx context.Context) {
	m.fire(MachineBusy)
	until := m.now().Add(m.pauses.patience)
	for busy := true; busy && ctx.Err() == nil && m.now().Before(until); busy = m.busy() {
		m.wait(ctx, m.pauses.hold, nil)
	}
	m.fire(Calm)
}

// work measures a song, and rests.
func (m *Meter) work(ctx context.Context, song library.Song) {
	m.fire(SongChosen)
	began := time.Now()
	m.measure(ctx, song)
	if ctx.Err() != nil {
		return
	}
	m.wait(ctx, min(max(time.Since(began), m.pauses.least), m.pauses.most), nil)
	m.fire(Rested)
}

// rest waits until there may be something to do again.
func (m *Meter) rest(ctx context.Context) {
	for ctx.Err() == nil {
		if m.wait(ctx, m.pauses.poll, m.wake) || m.due() {
			return
		}
	}
}

// wait waits for a time, or a token, which it reports.
func (m *Meter) wait(ctx context.Context, pause time.Duration, token <-chan struct{}) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-token:
		return true
	}
	return false
}

func (m *Meter) close() {
	m.fire(Close)
	if err := m.machine.Close(); err != nil {
		m.log.Error("the loudness worker was dropped", "error", err, "trace", m.machine.Trace())
	}
}

// fire moves the machine. After the end of ctx the worker may have skipped what
// its state asks for; then Close is all that is left to fire.
func (m *Meter) fire(on Event) {
	if err := m.machine.Fire(context.Background(), on, nil); err != nil {
		m.log.Debug("event without effect", "error", err)
	}
}
