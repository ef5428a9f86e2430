package queue

import (
	"context"
	"errors"
	"time"

	"musicdb/fsm"
)

// Tracker notes what was played to its end, and which two songs (or videos)
// followed each other in a chain that somebody has chosen. It belongs to one
// goroutine.
type Tracker struct {
	history     History
	cutTime     time.Duration
	trackRandom bool
	disabled    bool

	observer   *fsm.Observer[chainState, chainEvent]
	chain      *fsm.Runner[chainState, chainEvent]
	last       int64     // the song at the end of the chain, in state chainLinked
	lastAction time.Time // when a song ended last
	owed       []play    // that could not be written yet, oldest first
}

// play is a row of the history.
type play struct {
	id     int64
	at     time.Time
	random bool
}

// maxOwed is how many plays are kept for a disk that takes none: two days of songs.
const maxOwed = 1000

const traceLength = 32

// NewTracker returns a tracker without chain. A gap of more than cutTime between
// the ends of two songs cuts the chain. With trackRandom random songs are links of
// it, too; else they are transparent. A disabled tracker writes nothing.
func NewTracker(h History, cutTime time.Duration, trackRandom, disabled bool) *Tracker {
	observer := fsm.NewObserver(chain, traceLength)
	return &Tracker{
		history: h, cutTime: cutTime, trackRandom: trackRandom, disabled: disabled,
		observer: observer, chain: fsm.NewRunner(chain, observer, fsm.Effects[chainState, chainEvent]{}),
	}
}

// Track notes that a song or video was played to its end now. It returns what
// could not be written. A play is kept then, and written with the next one, or by
// Close; a relation that could not be written leaves the chain as it is.
func (t *Tracker) Track(ctx context.Context, id int64, random bool, now time.Time) error {
	if t.disabled {
		return nil
	}
	var err error
	if now.Sub(t.lastAction) > t.cutTime {
		err = t.Cut(ctx)
	}
	t.lastAction = now
	err = errors.Join(err, t.write(ctx, play{id, now, random}))
	if random && !t.trackRandom {
		return errors.Join(err, t.chain.Fire(ctx, songPassed, nil))
	}
	if t.chain.State() == chainLinked && id != t.last {
		if relationErr := t.history.AddRelation(ctx, t.last, id); relationErr != nil {
			return errors.Join(err, relationErr)
		}
	}
	t.last = id
	return errors.Join(err, t.chain.Fire(ctx, songJoined, nil))
}

// write adds plays to the history, in their order.
func (t *Tracker) write(ctx context.Context, plays ...play) error {
	t.owed = append(t.owed, plays...)
	for len(t.owed) > 0 {
		p := t.owed[0]
		if err := t.history.AddPlay(ctx, p.id, p.at, p.random); err != nil {
			t.owed = t.owed[max(0, len(t.owed)-maxOwed):]
			return err
		}
		t.owed = t.owed[1:]
	}
	return nil
}

// Cut ends the chain: the next song is not related to the last one.
func (t *Tracker) Cut(ctx context.Context) error { return t.chain.Fire(ctx, chainCut, nil) }

// Close ends the tracker. It returns what can still not be written. Closing twice
// does nothing.
func (t *Tracker) Close(ctx context.Context) error {
	err := t.write(ctx)
	if t.chain.Can(trackerClosed) {
		if err := t.chain.Fire(ctx, trackerClosed, nil); err != nil {
			return err
		}
	}
	return errors.Join(err, t.chain.Close())
}

// Source tells what the tracker's machine is doing.
func (t *Tracker) Source() fsm.Source { return t.observer }
