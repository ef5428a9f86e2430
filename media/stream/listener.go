package stream

import (
	"context"
	"errors"
	"sync/atomic"

	"musicdb/fsm"
)

// Listener is one who hears the stream. It belongs to one goroutine.
type Listener struct {
	ring  *ring
	ears  *ears
	at    position
	title string
	life  fsm.Instance[ListeningState]
	id    uint32
}

// ears counts the listeners of a stream; any goroutine may use it.
type ears struct {
	ledger *fsm.SharedLedger[ListeningState, ListeningEvent]
	last   atomic.Uint32
	now    atomic.Int64
}

func newEars() *ears { return &ears{ledger: fsm.NewSharedLedger(listening)} }

// Join returns a new listener, a second and a half behind the newest frame, so
// that a player has something to begin with. It must be closed.
func (s *Stream) Join() *Listener {
	l := &Listener{ring: s.ring, ears: s.ears, at: s.ring.join(burstBytes), id: s.ears.last.Add(1)}
	l.ears.ledger.Start(&l.life, l.id, fsm.Now())
	l.ears.now.Add(1)
	return l
}

// Listeners is the number of listeners now.
func (s *Stream) Listeners() int { return int(s.ears.now.Load()) }

// Next waits for sound and returns it as whole MP3 frames: at first the burst,
// then about a tenth of a second at a time, or all that was missed. The slice
// is shared with other listeners and must not be written to; it stays valid.
//
// The errors are ErrTooSlow, ErrEnded and that of ctx. After the first two
// there is nothing left to do but Close.
func (l *Listener) Next(ctx context.Context) ([]byte, error) {
	frames, title, at, err := l.ring.next(ctx, l.at)
	switch {
	case err == nil:
		l.at, l.title = at, title
		if l.life.State() == ListenerJoined {
			l.fire(ListenerFirstFrames)
		}
	case errors.Is(err, ErrTooSlow):
		l.fire(ListenerTooSlow)
	case errors.Is(err, ErrEnded):
		l.fire(ListenerStreamEnded)
	}
	return frames, err
}

// Title is the title of the frames that Next returned last.
func (l *Listener) Title() string { return l.title }

// Close ends the listening. Closing twice is allowed.
func (l *Listener) Close() {
	if !l.life.Live() {
		return
	}
	if !listening.Terminal(l.life.State()) {
		l.fire(ListenerLeave)
	}
	if err := l.ears.ledger.End(&l.life, l.id); err == nil {
		l.ears.now.Add(-1)
	}
}

// fire moves the machine. A refusal (Next behind an error) is counted there.
func (l *Listener) fire(on ListeningEvent) {
	if _, err := l.ears.ledger.Fire(&l.life, l.id, on, fsm.Now()); err != nil {
		return
	}
}
