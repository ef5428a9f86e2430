package queue

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// Options say what a queue works with.
type Options struct {
	Library *library.Library
	State   *state.Store
	Journal *Journal // where every change is kept; nil: nowhere
	// MaxEntries is how many entries there may be for something to be added; 0: any
	// number. Longer queues of the past are kept, and playing adds what it needs.
	MaxEntries int
	Log        *slog.Logger     // nil discards
	Now        func() time.Time // nil: time.Now
	Rand       *rand.Rand       // for the random selection of this queue only; nil: seeded by the system
}

func (o *Options) complete() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
}
