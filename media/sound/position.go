package sound

import (
	"sort"
	"time"
)

// Position is a place between two frames of a ring. It is a plain value of eight
// bytes without a pointer: one who serves thousands keeps one for each.
type Position struct {
	Chunk  uint32 // counted from the first chunk of the ring's life
	Offset uint32 // in that chunk, in bytes
}

// Piece is what a read returns. Sound is shared by all listeners and must not be
// written to; it stays valid.
type Piece struct {
	Sound []byte   // whole frames; empty: there is nothing yet
	Title string   // of these frames
	Next  Position // behind them
}

// Join returns the position of the frame that begins burst or a little more
// before the end, and the bytes that a listener must be sent in front of it (nil
// for formats without a head).
func (r *Ring) Join(burst time.Duration) (at Position, head []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.chunks) == 0 {
		// Whatever comes first brings its head along.
		return Position{Chunk: r.base}, nil
	}
	if r.fresh && burst <= 0 {
		return Position{Chunk: r.base + uint32(len(r.chunks))}, nil
	}
	from := r.sounds - burst
	i := len(r.chunks) - 1
	for i > 0 && r.chunks[i].begins > from {
		i--
	}
	c := r.chunks[i]
	at = Position{Chunk: r.base + uint32(i), Offset: uint32(len(c.bytes))}
	if frame := c.since(from); burst > 0 {
		at.Offset = uint32(c.starts[frame].at)
	}
	return at, c.head
}

// since is the last frame that begins at or before a time, the first one if none does.
func (c *chunk) since(from time.Duration) int {
	behind := sort.Search(len(c.starts), func(i int) bool { return c.starts[i].begins > from })
	return max(behind-1, 0)
}

// Read returns everything published from p to the end of its chunk. It does not
// wait: without anything new the piece is empty. The errors are ErrTooSlow and
// ErrEnded; behind them there is nothing left to read.
func (r *Ring) Read(p Position) (Piece, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read(p)
}

// Keeps reports whether a Read from p would not be told ErrTooSlow.
func (r *Ring) Keeps(p Position) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behindGone(p).Chunk >= r.base
}

// behindGone is where a reader goes on whose place Clear has forgotten.
func (r *Ring) behindGone(p Position) Position {
	if r.gone[0] <= p.Chunk && p.Chunk < r.gone[1] {
		return Position{Chunk: r.gone[1]}
	}
	return p
}

func (r *Ring) read(p Position) (Piece, error) {
	if p = r.behindGone(p); p.Chunk < r.base {
		return Piece{Next: p}, ErrTooSlow
	}
	for int(p.Chunk-r.base) < len(r.chunks) {
		c := r.chunks[p.Chunk-r.base]
		if int(p.Offset) < len(c.bytes) {
			sound := c.bytes[p.Offset:len(c.bytes):len(c.bytes)]
			p.Offset = uint32(len(c.bytes))
			return Piece{Sound: sound, Title: c.title, Next: p}, nil
		}
		if int(p.Chunk-r.base) == len(r.chunks)-1 {
			break
		}
		p = Position{Chunk: p.Chunk + 1}
	}
	if r.ended {
		return Piece{Next: p}, ErrEnded
	}
	return Piece{Next: p}, nil
}
