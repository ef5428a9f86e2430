package stream

import (
	"io"
	"sync"
	"time"

	"musicdb/media/mix"
	"musicdb/media/sound"
)

// What songs are decoded to, and what the encoders are fed with.
const (
	SampleRate     = sound.SampleRate // Hz
	channels       = 2
	bytesPerSample = 2 * channels // one sample of all channels, 16 bit each
)

// decodedAhead is how much a song is decoded ahead, beyond what a crossfade needs.
const decodedAhead = 4 * time.Second

// pcm holds what a decoder is ahead of the listeners, at the rate of the file. One
// goroutine fills it with open and fill, another takes from it; any may ask.
//
// Filling stops when the buffer is full and goes on when two seconds of it are
// free, so that the decoder wakes up that often and not for every block.
type pcm struct {
	mu    sync.Mutex // guards below
	rate  int        // Hz; 0 before open
	ring  []byte
	first int // offset of the oldest byte
	n     int // bytes held
	full  bool
	shut  bool          // nothing more is wanted
	ended bool          // nothing more will come
	room  chan struct{} // one token when a full buffer has room again, or is shut
}

func newPCM() *pcm { return &pcm{room: make(chan struct{}, 1)} }

// open makes room for so much sound of a rate.
func (b *pcm) open(rate int, ahead time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rate = rate
	b.ring = make([]byte, int64(ahead)*int64(rate)/int64(time.Second)*mix.BytesPerFrame)
}

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

// take moves frames out, as many as there are and fit into p, and returns their
// number. last is true when these were the last ones: nothing is left and nothing
// will come.
func (b *pcm) take(p []float32) (frames int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// The ring is a whole number of frames long, so none is cut by its end.
	want := min(len(p)/2, b.n/mix.BytesPerFrame)
	for frames < want {
		part := mix.Decode(p[2*frames:2*want], b.ring[b.first:])
		b.first = (b.first + part*mix.BytesPerFrame) % len(b.ring)
		b.n -= part * mix.BytesPerFrame
		frames += part
	}
	if b.full && b.n <= max(len(b.ring)/2, len(b.ring)-2*b.rate*mix.BytesPerFrame) {
		b.full = false
		b.wake()
	}
	return frames, b.ended && b.n < mix.BytesPerFrame
}

// held is how many frames can be taken, and whether nothing more will come.
func (b *pcm) held() (frames int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n / mix.BytesPerFrame, b.ended
}

// span is how long so many frames of the file last.
func (b *pcm) span(frames int64) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate == 0 {
		return 0
	}
	rate := int64(b.rate)
	return time.Duration(frames/rate)*time.Second + time.Duration(frames%rate)*time.Second/time.Duration(rate)
}

func (b *pcm) wake() {
	select {
	case b.room <- struct{}{}:
	default:
	}
}
