package sound

import (
	"sync"
	"sync/atomic"
	"time"

	"musicdb/fsm"
)

// Audience is all who hear a stream, in whatever format.
type Audience struct {
	ledger *fsm.SharedLedger[ListeningState, ListeningEvent]
	last   atomic.Uint32
}

// NewAudience returns an empty audience.
func NewAudience() *Audience { return &Audience{ledger: fsm.NewSharedLedger(listening)} }

// Source has the figures of the listeners' machine.
func (a *Audience) Source() fsm.Source { return a.ledger }

// MountOptions say what a mount is.
type MountOptions struct {
	Format   Format
	Audience *Audience
	// Burst is how much sound a joining listener gets at once, so that a player
	// has something to begin with; at most Kept.
	Burst time.Duration
	// Changed, if set, is told the number of listeners whenever it changes, in
	// order and one at a time. It must not wait for anything.
	Changed func(listeners int)
}

// Mount is one format of a stream: where its listeners come to.
type Mount struct {
	o    MountOptions
	ring *Ring

	titled atomic.Pointer[titled] // the last title that a listener was sent

	mu        sync.Mutex // guards listeners, and orders the calls of Changed
	listeners int
}

// NewMount returns a mount with nothing in its ring.
func NewMount(o MountOptions) *Mount {
	if o.Audience == nil {
		o.Audience = NewAudience()
	}
	return &Mount{o: o, ring: NewRing()}
}

// Format is the format of the mount.
func (m *Mount) Format() Format { return m.o.Format }

// Ring is what the listeners hear. Reading it directly is not counted.
func (m *Mount) Ring() *Ring { return m.ring }

// Listeners is the number of listeners now.
func (m *Mount) Listeners() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.listeners
}

func (m *Mount) count(change int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listeners += change
	if m.o.Changed != nil {
		m.o.Changed(m.listeners)
	}
}
