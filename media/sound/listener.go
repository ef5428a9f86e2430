package sound

import (
	"context"
	"errors"
	"time"

	"musicdb/fsm"
)

// Listener is one who hears a mount. It belongs to one goroutine at a time.
type Listener struct {
	mount *Mount
	head  []byte // to be sent first; nil once that was done
	at    Position
	title string
	life  fsm.Instance[ListeningState]
	id    uint32
}

// Join returns a new listener, the mount's burst behind the newest frame. It
// must be closed.
func (m *Mount) Join() *Listener { return m.JoinWith(m.o.Burst) }

// JoinWith is Join with another burst; with 0 the listener begins with the next
// frame that is appended.
func (m *Mount) JoinWith(burst time.Duration) *Listener {
	l := &Listener{mount: m, id: m.o.Audience.last.Add(1)}
	m.o.Audience.ledger.Start(&l.life, l.id, fsm.Now())
	m.count(1)
	l.at, l.head = m.ring.Join(burst)
	return l
}

// Next waits for sound and returns it as whole frames: at first the head of the
// format, if it has one, and the burst, then about a tenth of a second at a time,
// or all that was missed. The slice is shared with other listeners and must not
// be written to; it stays valid.
//
// The errors are ErrTooSlow, ErrEnded and that of ctx. After the first two
// there is nothing left to do but Close.
func (l *Listener) Next(ctx context.Context) ([]byte, error) {
	if head := l.takeHead(); head != nil {
		return head, nil
	}
	piece, err := l.mount.ring.Next(ctx, l.at)
	return l.heard(piece, err)
}

// Read is Next that does not wait: without anything new it returns nothing.
func (l *Listener) Read() ([]byte, error) {
	if head := l.takeHead(); head != nil {
		return head, nil
	}
	piece, err := l.mount.ring.Read(l.at)
	return l.heard(piece, err)
}

func (l *Listener) takeHead() []byte {
	head := l.head
	l.head = nil
	return head
}

func (l *Listener) heard(piece Piece, err error) ([]byte, error) {
	switch {
	case errors.Is(err, ErrTooSlow):
		l.fire(ListenerTooSlow)
	case errors.Is(err, ErrEnded):
		l.fire(ListenerStreamEnded)
	case len(piece.Sound) > 0:
		l.at, l.title = piece.Next, piece.Title
		if l.life.State() == ListenerJoined {
			l.fire(ListenerFirstFrames)
		}
	}
	return piece.Sound, err
}

// Title is the title of the frames that Next or Read returned last.
func (l *Listener) Title() string { return l.title }

// Close ends the listening. Closing twice is allowed.
func (l *Listener) Close() {
	if !l.life.Live() {
		return
	}
	if !listening.Terminal(l.life.State()) {
		l.fire(ListenerLeave)
	}
	if err := l.mount.o.Audience.ledger.End(&l.life, l.id); err == nil {
		l.mount.count(-1)
	}
}

// fire moves the machine. A refusal (Next behind an error) is counted there.
func (l *Listener) fire(on ListeningEvent) {
	if _, err := l.mount.o.Audience.ledger.Fire(&l.life, l.id, on, fsm.Now()); err != nil {
		return
	}
}
