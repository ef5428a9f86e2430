package stream

import (
	"context"
	"errors"
	"sync"
)

// ErrTooSlow is returned to a listener that stayed so far behind that the
// sound it should get next is no longer kept.
var ErrTooSlow = errors.New("listener is too slow for the stream")

// ErrEnded is returned to listeners once the stream has ended.
var ErrEnded = errors.New("the stream has ended")

const (
	chunkSize  = 64 << 10 // bytes; 1.6 s of sound
	ringSize   = 16       // chunks; a listener may be about 26 s behind
	burstBytes = 60_000   // 1.5 s: what a joining listener gets at once
)

// ring is the sound of the last seconds, shared by all listeners. The encoder's
// frames are appended once; a listener holds a position and gets slices of the
// very bytes that were appended, never a copy.
//
// A chunk's bytes are written once and never moved, so a slice handed out stays
// valid for as long as its holder wants; a chunk that left the ring lives on
// until its last holder has let go. A chunk has one title: a new title begins a
// new chunk.
type ring struct {
	mu     sync.Mutex // guards all below
	chunks []*chunk   // oldest first
	base   uint64     // number of chunks that have left the ring
	kept   int        // bytes in chunks
	title  string
	wake   chan struct{} // closed, and replaced, when frames were published
	ended  bool
}

type chunk struct {
	title  string
	bytes  []byte // published frames; only ever appended to within its capacity
	starts []int  // offset of each frame in bytes
}

func newRing() *ring { return &ring{wake: make(chan struct{})} }

// setTitle names all frames appended from now on.
func (r *ring) setTitle(title string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.title = title
}

// append adds whole frames without waking anybody.
func (r *ring) append(frame []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var last *chunk
	if n := len(r.chunks); n > 0 {
		last = r.chunks[n-1]
	}
	if last == nil || last.title != r.title || len(last.bytes)+len(frame) > cap(last.bytes) {
		last = &chunk{title: r.title, bytes: make([]byte, 0, max(chunkSize, len(frame)))}
		r.chunks = append(r.chunks, last)
	}
	last.starts = append(last.starts, len(last.bytes))
	last.bytes = append(last.bytes, frame...)
	r.kept += len(frame)
	// Counted in bytes, not in chunks: many title changes make many short chunks.
	for len(r.chunks) > 1 && r.kept-len(r.chunks[0].bytes) >= ringSize*chunkSize {
		r.kept -= len(r.chunks[0].bytes)
		r.chunks[0] = nil
		r.chunks = r.chunks[1:]
		r.base++
	}
}

// publish wakes all listeners that wait.
func (r *ring) publish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.wake)
	r.wake = make(chan struct{})
}

// end tells all listeners, now and later, that nothing will follow.
func (r *ring) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.publish()
}

// position is a place between two frames.
type position struct {
	chunk uint64 // counted from the first chunk of the ring's life
	at    int    // offset in that chunk
}

// join returns the position of the frame that lies burst bytes before the end.
func (r *ring) join(burst int) position {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.chunks) == 0 {
		return position{chunk: r.base}
	}
	for i := len(r.chunks) - 1; ; i-- {
		c := r.chunks[i]
		if burst > len(c.bytes) && i > 0 {
			burst -= len(c.bytes)
			continue
		}
		p := position{chunk: r.base + uint64(i)}
		for _, start := range c.starts {
			p.at = start
			if len(c.bytes)-start <= burst {
				break
			}
		}
		return p
	}
}

// next returns all published frames from p to the end of their chunk, their
// title, and the position behind them. It waits until there is at least one.
func (r *ring) next(ctx context.Context, p position) ([]byte, string, position, error) {
	for {
		r.mu.Lock()
		if p.chunk < r.base {
			r.mu.Unlock()
			return nil, "", p, ErrTooSlow
		}
		for int(p.chunk-r.base) < len(r.chunks) {
			c := r.chunks[p.chunk-r.base]
			if p.at < len(c.bytes) {
				frames := c.bytes[p.at:len(c.bytes):len(c.bytes)]
				p.at = len(c.bytes)
				r.mu.Unlock()
				return frames, c.title, p, nil
			}
			if int(p.chunk-r.base) == len(r.chunks)-1 {
				break
			}
			p = position{chunk: p.chunk + 1}
		}
		wake, ended := r.wake, r.ended
		r.mu.Unlock()
		if ended {
			return nil, "", p, ErrEnded
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return nil, "", p, ctx.Err()
		}
	}
}
