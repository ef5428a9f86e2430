package sound

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrTooSlow is returned to a listener that stayed so far behind that the
// sound it should get next is no longer kept.
var ErrTooSlow = errors.New("listener is too slow for the stream")

// ErrEnded is returned to listeners once the stream has ended.
var ErrEnded = errors.New("the stream has ended")

const (
	chunkSize = 64 << 10 // bytes; 1.6 s of MP3 at 320 kbit/s
	// Kept is how much sound a ring keeps at least: so far may a listener be
	// behind, and so long can a burst be.
	Kept = 26 * time.Second
)

// Ring is the sound of the last seconds, shared by all listeners. Frames are
// appended once; a listener holds a Position and gets slices of the very bytes
// that were appended, never a copy.
//
// A chunk's bytes are written once and never moved, so a slice handed out stays
// valid for as long as its holder wants; a chunk that left the ring lives on
// until its last holder has let go. A chunk has one title and one head: a new
// one begins a new chunk.
type Ring struct {
	mu     sync.Mutex // guards all below
	chunks []*chunk   // oldest first
	base   uint32     // number of chunks that have left the ring
	gone   [2]uint32  // chunks that Clear has forgotten: the first, and the first behind them
	title  string
	head   []byte
	fresh  bool          // the head is not in the ring yet
	sounds time.Duration // of all frames ever appended
	wake   chan struct{} // closed when frames were published; nil while nobody waits
	told   []*subscriber
	ended  bool
}

type chunk struct {
	title  string
	head   []byte
	bytes  []byte // published frames; only ever appended to within its capacity
	starts []start
	begins time.Duration // of its first frame
}

// start is where a frame begins.
type start struct {
	at     int           // offset in the chunk
	begins time.Duration // since the first frame of the ring
}

type subscriber struct{ call func() }

// NewRing returns an empty ring.
func NewRing() *Ring { return &Ring{} }

// SetTitle names all frames appended from now on.
func (r *Ring) SetTitle(title string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.title = title
}

// SetHead begins a new logical stream: head is sent in front of the next frame
// to those who listen already, and to everybody who joins behind it.
func (r *Ring) SetHead(head []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head, r.fresh = slices.Clone(head), len(head) > 0
}

// Append adds a frame that sounds for the given time, without waking anybody.
func (r *Ring) Append(frame []byte, sounds time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var last *chunk
	if n := len(r.chunks); n > 0 {
		last = r.chunks[n-1]
	}
	if last == nil || r.fresh || last.title != r.title || len(last.bytes)+len(frame) > cap(last.bytes) {
		last = &chunk{title: r.title, head: r.head, begins: r.sounds, bytes: make([]byte, 0, max(chunkSize, len(r.head)+len(frame)))}
		if r.fresh {
			last.bytes = append(last.bytes, r.head...)
			r.fresh = false
		}
		r.chunks = append(r.chunks, last)
	}
	last.starts = append(last.starts, start{len(last.bytes), r.sounds})
	last.bytes = append(last.bytes, frame...)
	r.sounds += sounds
	for len(r.chunks) > 1 && r.sounds-r.chunks[1].begins >= Kept {
		r.chunks[0] = nil
		r.chunks = r.chunks[1:]
		r.base++
	}
}

// Clear forgets all sound, and the head. Who was about to hear it, because it came at that
// moment, goes on with what is appended next.
func (r *Ring) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone[0] = r.base
	r.base += uint32(len(r.chunks))
	r.gone[1] = r.base
	r.chunks, r.head, r.fresh = nil, nil, false
}

// Publish wakes all who wait for sound and calls those who subscribed.
func (r *Ring) Publish() {
	r.mu.Lock()
	if r.wake != nil {
		close(r.wake)
		r.wake = nil
	}
	told := r.told
	r.mu.Unlock()
	for _, s := range told {
		s.call()
	}
}

// Subscribe has call called, by the goroutine that publishes, whenever there is
// something new to read, the end included. call must not wait for anything, or
// the stream waits with it. cancel ends that; a call that is under way is not
// waited for.
func (r *Ring) Subscribe(call func()) (cancel func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := &subscriber{call}
	r.told = append(slices.Clone(r.told), one)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = slices.DeleteFunc(slices.Clone(r.told), func(s *subscriber) bool { return s == one })
	}
}

// End tells all listeners, now and later, that nothing will follow.
func (r *Ring) End() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.Publish()
}

// Next is Read that waits until there is sound, an error, or the end of ctx.
func (r *Ring) Next(ctx context.Context, p Position) (Piece, error) {
	for {
		r.mu.Lock()
		piece, err := r.read(p)
		if err != nil || len(piece.Sound) > 0 {
			r.mu.Unlock()
			return piece, err
		}
		if r.wake == nil {
			r.wake = make(chan struct{})
		}
		wake := r.wake
		r.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			return Piece{Next: p}, ctx.Err()
		}
	}
}

// Sounds is how much sound was appended since the beginning.
func (r *Ring) Sounds() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sounds
}
