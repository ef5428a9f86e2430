package watch

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// Options are the parts of a Watch. The functions may be nil; they are called by the
// goroutine of Run, one at a time, and hold it up.
type Options struct {
	Library *library.Library
	Music   *files.Music
	Keeper  *maintenance.Keeper
	Ignore  files.Ignore

	// Sweep is the time between two looks at everything; 0: DefaultSweep.
	Sweep time.Duration
	// Calm is for how long nothing must have been written to an album before it is
	// offered; 0: DefaultCalm.
	Calm time.Duration

	// Offer is told of a new album or video that has come to rest, and again when it has
	// changed since. An error is logged, and the same is offered again at the next sweep.
	// ErrLater keeps it, and all that is new besides, until Next or Again.
	Offer func(context.Context, New) error
	// Offered are paths that were offered before this start.
	Offered []string
	// Withdraw is told of the path of something offered that is gone, or has entered the
	// library. Its error is logged.
	Withdraw func(ctx context.Context, path string) error
	// Changed is called when rows were changed.
	Changed func()
	// Tell is called when a fault begins, when it is over, and when more or less waits to be
	// offered.
	Tell func(Status)

	Log *slog.Logger // nil discards
}

// What a Watch does if the options do not say otherwise.
const (
	DefaultSweep = 5 * time.Minute
	DefaultCalm  = 700 * time.Millisecond
)

// retry is how often a fault is looked at again, unless a sweep is due sooner: a disk
// that is mounted makes no event.
const retry = 15 * time.Second

func (o Options) complete() Options {
	o.Sweep, o.Calm = cmp.Or(o.Sweep, DefaultSweep), cmp.Or(o.Calm, DefaultCalm)
	if o.Offer == nil {
		o.Offer = func(context.Context, New) error { return nil }
	}
	if o.Withdraw == nil {
		o.Withdraw = func(context.Context, string) error { return nil }
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Tell == nil {
		o.Tell = func(Status) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// ErrLater is returned by Options.Offer when there are as many offers as may be.
var ErrLater = errors.New("watch: there are enough offers")

// New is an album or a video that the library does not know, or songs of an album that
// it knows.
type New struct {
	Kind      files.Kind      // files.KindAlbum, files.KindVideo, or files.KindSong for songs of a known album
	Candidate files.Candidate // of songs: their album
}

// Status is how the watch sees the music directory.
type Status struct {
	State     State
	Attention Attention
	Fault     string    // what is wrong and what to do, in the states Missing and Unreadable
	Looked    time.Time // end of the last look that came to a conclusion
	Files     int       // of the library that are there
	Lost      []string  // paths of songs and videos whose files have vanished, in order
	Offered   []string  // paths of what was offered, in order
	Waiting   []string  // paths of what is new and is offered later, in order
}
