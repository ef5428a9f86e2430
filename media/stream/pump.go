package stream

import (
	"context"
	"time"

	"musicdb/media/hearing"
)

const (
	// unit is what the encoder child reads at once, in samples: with less it is
	// woken up for nothing.
	unit = 1024
	// tick is how often the pump looks at the clock, once for every unit (23 ms).
	// It is part of the time until a command is heard.
	tick = unit * time.Second / SampleRate
	// maxBlock is the most PCM that is prepared at once, in samples.
	maxBlock = 4 * unit
	// backlogTime is the PCM kept beyond the burst, for encoders that come late.
	backlogTime = 4 * time.Second
)

// pump follows the clock: it moves PCM of the current song (or silence) to the
// encoders. What they deliver goes to the rings without it, but for the first
// frame of a child. Its goroutine waits for nothing but the clock and the
// encoders' news; what there is to play lies on its deck.
//
// The song goes on while at least one encoder takes it, and stands still while
// there is none. An encoder that is slow or lost is not waited for.
type pump struct {
	*deck
	clock   *clock
	meter   *hearing.Meter // nil: nobody hears
	outputs []*output      // MP3 first
	news    chan encoderNews
	backlog *backlog
}

// PumpFigures count what has left the pump since the start.
type PumpFigures struct {
	Frames         uint64 // MP3 frames of the encoder
	SilentFrames   uint64 // MP3 frames of our own, while there was no encoder
	StarvedSamples uint64 // silence because the decoder of a playing song was late
}

// newPump makes a pump without outputs; they are set before it runs.
func newPump(pace float64, burst time.Duration) *pump {
	return &pump{
		clock: newClock(pace), news: make(chan encoderNews, 16),
		backlog: newBacklog(samplesIn(burst + backlogTime)),
	}
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
		case n := <-p.news:
			n.of.heard(n, p.clock.now())
		}
	}
}

// step does what is due at a stream time.
func (p *pump) step(now time.Duration) {
	for _, o := range p.outputs {
		o.step(now, p.backlog)
	}
	for _, o := range p.outputs {
		o.feed(now, p.backlog, p.prepare)
	}
}

// prepare makes PCM, and tells the ears of it.
func (p *pump) prepare(block []byte) {
	starved := p.starvedSamples()
	p.fill(block)
	p.measure(block, starved)
}

// setTitle names the sound from here on in all formats.
func (p *pump) setTitle(title string) {
	for _, o := range p.outputs {
		o.mount.Ring().SetTitle(title)
	}
}

// count returns the figures.
func (p *pump) count() PumpFigures {
	frames, silent := p.outputs[0].delivered()
	return PumpFigures{Frames: frames, SilentFrames: silent, StarvedSamples: p.starvedSamples()}
}

// close ends all outputs. The pump does not run any more.
func (p *pump) close() {
	for _, o := range p.outputs {
		o.close()
	}
	p.deck.close()
}
