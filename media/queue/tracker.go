package queue

import (
	"context"
	"errors"
	"time"
)

// History is where a tracker writes: for songs the library.
type History interface {
	AddPlay(ctx context.Context, id int64, at time.Time, random bool) error
	AddSongRelation(ctx context.Context, a, b int64) error
}

// Tracker notes what was played to its end, and which two songs followed each
// other in a chain of songs somebody has chosen. It belongs to one goroutine.
type Tracker struct {
	history     History
	cutTime     time.Duration
	trackRandom bool
	disabled    bool

	last       int64 // guarded by the chain: valid while there is one
	lastAction time.Time
}

// NewTracker returns a tracker without chain. A gap of more than cutTime between
// the ends of two songs cuts the chain. With trackRandom random songs are links of
// it, too; else they are transparent. A disabled tracker writes nothing.
func NewTracker(h History, cutTime time.Duration, trackRandom, disabled bool) *Tracker {
	return &Tracker{history: h, cutTime: cutTime, trackRandom: trackRandom, disabled: disabled}
}

// Track notes that a song was played to its end now.
func (t *Tracker) Track(ctx context.Context, songID int64, random bool, now time.Time) error {
	if t.disabled {
		return nil
	}
	if now.Sub(t.lastAction) > t.cutTime {
		t.last = 0
	}
	t.lastAction = now
	err := t.history.AddPlay(ctx, songID, now, random)
	if random && !t.trackRandom || songID == t.last {
		return err
	}
	if t.last != 0 {
		if relationErr := t.history.AddSongRelation(ctx, t.last, songID); relationErr != nil {
			return errors.Join(err, relationErr)
		}
	}
	t.last = songID
	return err
}

// Cut ends the chain: the next song is not related to the last one.
func (t *Tracker) Cut() { t.last = 0 }
