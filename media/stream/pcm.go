package stream

import (
	"io"
	"sync"

	"musicdb/media/sound"
)

// What songs are decoded to, and what the encoders are fed with.
const (
	SampleRate     = sound.SampleRate // Hz
	channels       = 2
	bytesPerSample = 2 * channels // one sample of all channels, 16 bit each
)

// pcmAhead is how much a song is decoded ahead: 4 s.
const pcmAhead = 4 * SampleRate * bytesPerSample

// pcm holds what a decoder is ahead of the listeners. One goroutine fills it
// with fill, another takes from it; any may ask.
//
// Filling stops when the buffer is full and goes on when it is half empty, so
// that the decoder wakes up every two seconds and not for every block.
type pcm struct {
	mu    sync.Mutex // guards below
	ring  []byte
	first int // offset of the oldest byte
	n     int // bytes held
	full  bool
	shut  bool          // nothing more is wanted
	ended bool          // nothing more will come
	room  chan struct{} // one token when a full buffer became half empty, or shut
}

func newPCM(size int) *pcm { return &pcm{ring: make([]byte, size), room: make(chan struct{}, 1)} }

// fill reads r to its end into the buffer and calls first behind the first
// bytes. It returns r's error, nil at its end, io.ErrClosedPipe after close.
func (b *pcm) fill(r io.Reader, first func()) error {
	for started := false; ; {
		space := b.space()
		if space == nil {
			return io.ErrClosedPipe
		}
		n, err := r.Read(space)
		if n > 0 {
			b.added(n)
			if !started {
				started = true
				first()
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// space waits for room and returns a part of the buffer that only fill uses
// until added; nil after close.
func (b *pcm) space() []byte {
	for {
		b.mu.Lock()
		if b.shut {
			b.mu.Unlock()
			return nil
		}
		if !b.full {
			from := (b.first + b.n) % len(b.ring)
			to := min(len(b.ring), from+len(b.ring)-b.n)
			b.mu.Unlock()
			return b.ring[from:to]
		}
		b.mu.Unlock()
		<-b.room
	}
}

func (b *pcm) added(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n += n
	b.full = b.n == len(b.ring)
}

// end says that fill has returned and everything decoded is in the buffer.
func (b *pcm) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// close stops fill. What is held can still be taken.
func (b *pcm) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	b.wake()
}

// take moves whole samples into p and returns their length in bytes. last is
// true when these were the last ones: nothing is left and nothing will come.
func (b *pcm) take(p []byte) (n int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	want := min(len(p), b.n) / bytesPerSample * bytesPerSample
	for n < want {
		part := copy(p[n:want], b.ring[b.first:])
		b.first = (b.first + part) % len(b.ring)
		b.n -= part
		n += part
	}
	if b.full && b.n <= len(b.ring)/2 {
		b.full = false
		b.wake()
	}
	return n, b.ended && b.n < bytesPerSample
}

// held is the number of bytes that can be taken, and whether they are the last.
func (b *pcm) held() (n int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n, b.ended
}

func (b *pcm) wake() {
	select {
	case b.room <- struct{}{}:
	default:
	}
}
