package hearing

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/sound"
)

// Options are what a hearing works with. All but Log, Pace and the times are
// needed.
type Options struct {
	Mount *sound.Mount // what is sent, as its listeners get it; they do not see us
	Tool  *ffmpeg.Tool
	Meter *Meter // what goes in
	// Wanted reports whether music is wanted, and not silence.
	Wanted func() bool
	// Repair restarts the part that is to blame and reports whether there was
	// anything to restart. It must not wait.
	Repair func(Cause) bool
	// Limit is how long nothing may be heard of the music; 0 means a second.
	Limit time.Duration
	// LongSilence is how long a song may be silent by itself until that is
	// reported; 0 means 30 seconds.
	LongSilence time.Duration
	Log         *slog.Logger // nil discards
	// Observers are those that all Ears of a stream share; nil: own ones.
	Observers *Observers
	// Pace is how many seconds of sound pass in a second; 0 means 1.
	Pace float64
}

// Observers are the figures of the machines of any number of Ears.
type Observers struct {
	hearing *fsm.Observer[State, Event]
	ear     *fsm.Observer[EarState, EarEvent]
}

// NewObservers makes observers that have seen nothing.
func NewObservers() *Observers {
	return &Observers{fsm.NewObserver(definition, 64), fsm.NewObserver(earDefinition, 16)}
}

// Sources are the figures of the machines.
func (o *Observers) Sources() []fsm.Source { return []fsm.Source{o.hearing, o.ear} }

// Ears hear one mount. Status may be called from any goroutine.
type Ears struct {
	o       Options
	machine *fsm.Runner[State, Event]
	in      *input // of the Meter

	// Owned by the goroutine of Run.
	ear     *ear
	judge   *judge
	healing healing
	at      sound.Position
	sent    time.Duration // sound in the ring at the last look
	last    time.Time     // of the last look
	told    bool          // of the long silence of a song

	mu     sync.Mutex // guards below
	status Status
	cause  Cause
}

const (
	// looksPerLimit is how often is looked within the silence limit.
	looksPerLimit = 3
	// slowestLook is the longest time between two looks: the ear is given no more
	// at once than fits into a pipe.
	slowestLook = time.Second
	// losslessLook is the same where a second may have 1.4 Mbit.
	losslessLook = 250 * time.Millisecond
	// haltLimit is how late a look may be before the process counts as halted.
	haltLimit = 500 * time.Millisecond

	defaultLimit       = time.Second
	defaultLongSilence = 30 * time.Second
)

// New makes ears that hear nothing until Run.
func New(o Options) (*Ears, error) {
	if o.Mount == nil || o.Tool == nil || o.Meter == nil || o.Wanted == nil || o.Repair == nil {
		return nil, errors.New("hearing: a mount, an ffmpeg, a meter, a wish and a repair are needed")
	}
	if o.Limit <= 0 {
		o.Limit = defaultLimit
	}
	if o.LongSilence <= 0 {
		o.LongSilence = defaultLongSilence
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pace <= 0 {
		o.Pace = 1
	}
	if o.Observers == nil {
		o.Observers = NewObservers()
	}
	o.Log = o.Log.With("format", o.Mount.Format())
	return &Ears{
		o: o, in: o.Meter.tap(), judge: newJudge(o.Limit), status: Status{Format: o.Mount.Format(), Level: none, In: none},
		machine: fsm.NewRunner(definition, o.Observers.hearing, fsm.Effects[State, Event]{}),
		ear:     newEar(o.Tool, o.Mount.Format(), o.Log, o.Observers.ear),
	}, nil
}

// Run listens until ctx ends. It may be called again; Leave or Close must follow.
func (h *Ears) Run(ctx context.Context) {
	select {
	case <-h.o.Tool.Ready():
	case <-ctx.Done():
		return
	}
	ticker := time.NewTicker(h.period())
	defer ticker.Stop()
	h.at, _ = h.o.Mount.Ring().Join(0)
	h.sent, h.last = h.o.Mount.Ring().Sounds(), time.Now()
	h.judge = newJudge(h.o.Limit)
	h.judge.inStep() // a burst may come first
	h.o.Meter.take(h.in)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.look(time.Now())
		}
	}
}

// period is the real time between two looks.
func (h *Ears) period() time.Duration {
	period := min(h.o.Limit/looksPerLimit, slowestLook)
	if h.o.Mount.Format() == sound.FLAC {
		period = min(period, losslessLook)
	}
	return time.Duration(float64(period) / h.o.Pace)
}

// look hears what was sent since the last time and reacts to it.
func (h *Ears) look(now time.Time) {
	passed := now.Sub(h.last) // monotonic: steps of the wall clock do not matter
	h.last = now
	frames, empty := h.read()
	sent := h.o.Mount.Ring().Sounds()
	l := look{
		passed: time.Duration(float64(passed) * h.o.Pace), halted: passed > h.period()+haltLimit,
		wanted: h.o.Wanted(), sent: sent - h.sent, empty: empty, in: h.o.Meter.take(h.in),
	}
	h.sent = sent
	// An ear begins behind these frames: a format's head must come first.
	if at, head := h.o.Mount.Ring().Join(0); h.begins(head) && h.ear.due() {
		h.at = at
		h.ear.start(head)
	} else {
		l.out = h.ear.hear(frames, l.sent)
	}
	found := h.judge.see(l)
	h.note(l, found)
	h.react(found, now)
}

// begins reports whether a decoder can begin with this head.
func (h *Ears) begins(head []byte) bool {
	switch h.o.Mount.Format() {
	case sound.Opus, sound.FLAC:
		return len(head) > 0
	default:
		return true // each frame says all
	}
}

// read takes everything that was published since the last look.
func (h *Ears) read() (frames []byte, empty bool) {
	empty = h.o.Mount.Format() == sound.MP3
	for {
		piece, err := h.o.Mount.Ring().Read(h.at)
		if errors.Is(err, sound.ErrTooSlow) {
			h.at, _ = h.o.Mount.Ring().Join(0)
			continue
		}
		if err != nil || len(piece.Sound) == 0 {
			return frames, empty
		}
		h.at = piece.Next
		empty = empty && allEmpty(piece.Sound)
		if frames == nil {
			frames = piece.Sound // shared, and only read
			continue
		}
		frames = append(frames[:len(frames):len(frames)], piece.Sound...)
	}
}

// allEmpty reports whether no frame has any sound in it.
func allEmpty(frames []byte) bool {
	for len(frames) >= sound.HeaderSize {
		header, err := sound.ParseHeader([sound.HeaderSize]byte(frames))
		if err != nil || header.Size() > len(frames) {
			return false
		}
		info, err := parseSideInfo(frames[:header.Size()])
		if err != nil || !info.empty() {
			return false
		}
		frames = frames[header.Size():]
	}
	return true
}

// Leave ends the child and has the Ears wait for the next Run, once Run has
// returned: nobody listens to the format any more.
func (h *Ears) Leave() {
	h.ear.leave()
	if h.machine.State() != Waiting {
		h.fire(Unheard)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status.Blind, h.status.Child, h.status.Level, h.status.In, h.status.Drift = false, 0, none, none, 0
}

// Close ends the child and settles the machines, once Run has returned.
func (h *Ears) Close() {
	h.ear.close()
	h.fire(Stop)
	if err := h.machine.Close(); err != nil {
		h.o.Log.Error("the hearing was not closed", "error", err)
	}
}
