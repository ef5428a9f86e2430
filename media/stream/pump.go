package stream

import (
	"context"
	"sync"
	"time"

	"musicdb/media/hearing"
	"musicdb/media/sound"
)

const (
	// unit is what the encoder child reads at once, in samples: with less it is
	// woken up for nothing.
	unit = 1024
	// tick is how often the pump looks at the clock, once for every unit (23 ms).
	// It is part of the time until a command is heard.
	tick = unit * time.Second / SampleRate
	// framesPerPublish frames are published together: each wakes every listener.
	framesPerPublish = 4
	// maxBlock is the most PCM that is prepared at once.
	maxBlock = 4 * unit * bytesPerSample
)

// pump follows the clock: it moves PCM of the current song (or silence) to the
// encoder, and the encoder's frames (or silent ones) to the ring. Its goroutine
// waits for nothing but the clock and the encoder's frames; what there is to
// play lies on its deck.
type pump struct {
	*deck
	clock   *clock
	meter   *hearing.Meter // nil: nobody hears
	encoder *encoder
	mp3     *sound.Mount

	// Owned by the pump's goroutine.
	silence sound.Silence
	emitted int64  // samples in frames that are in the ring
	fed     int64  // emitted, and what is under way through the encoder
	block   []byte // PCM prepared
	unsent  []byte // rest of block that the encoder has not taken
	waiting int    // frames appended and not published

	counting sync.Mutex // guards figures
	figures  PumpFigures
}

// PumpFigures count what has left the pump since the start.
type PumpFigures struct {
	Frames         uint64 // frames of the encoder
	SilentFrames   uint64 // frames of our own, while there was no encoder
	StarvedSamples uint64 // silence because the decoder of a playing song was late
}

func newPump(pace float64, d *deck, e *encoder, mp3 *sound.Mount) *pump {
	return &pump{deck: d, clock: newClock(pace), encoder: e, mp3: mp3, block: make([]byte, maxBlock)}
}

// run moves sound until ctx ends.
func (p *pump) run(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.step(p.clock.now())
		case f := <-p.encoder.frames:
			if p.encoder.took(f, p.clock.now()) {
				p.emit(f.frame, false)
			}
		}
	}
}

// step does what is due at a stream time.
func (p *pump) step(now time.Duration) {
	p.encoder.step(now)
	due := samplesIn(now)
	if p.encoder.machine.State() == EncoderRunning {
		p.feed(due, now)
		return
	}
	for p.emitted+sound.SamplesPerFrame <= due {
		p.emit(p.silence.Next(), true)
	}
	// What primes the encoder comes out of it behind the last silent frame.
	p.fed = p.emitted
	if p.encoder.machine.State() == EncoderStarting {
		p.fed += p.encoder.prime(now)
	}
}

// feed gives the encoder what is due. What it does not take is kept: a song
// loses nothing while an encoder is slow, or replaced.
func (p *pump) feed(due int64, now time.Duration) {
	for {
		if len(p.unsent) == 0 {
			missing := (due - p.fed) / unit * unit * bytesPerSample
			if missing <= 0 {
				return
			}
			p.unsent = p.block[:min(missing, maxBlock)]
			starved := p.starvedSamples()
			p.fill(p.unsent)
			p.measure(p.unsent, starved)
		}
		n := p.encoder.write(p.unsent, now)
		p.unsent = p.unsent[n:]
		p.fed += int64(n) / bytesPerSample
		if len(p.unsent) > 0 {
			return
		}
	}
}

// emit appends a frame to the ring.
func (p *pump) emit(frame []byte, silent bool) {
	p.mp3.Ring().Append(frame, sound.FrameTime)
	p.emitted += sound.SamplesPerFrame
	if p.waiting++; p.waiting >= framesPerPublish {
		p.waiting = 0
		p.mp3.Ring().Publish()
	}
	p.counting.Lock()
	defer p.counting.Unlock()
	if silent {
		p.figures.SilentFrames++
	} else {
		p.figures.Frames++
	}
}

// count returns the figures.
func (p *pump) count() PumpFigures {
	p.counting.Lock()
	defer p.counting.Unlock()
	figures := p.figures
	figures.StarvedSamples = p.starvedSamples()
	return figures
}
