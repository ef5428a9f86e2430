package stream

import (
	"context"
	"slices"
	"time"

	"musicdb/media/hearing"
)

const (
	// unit is what the encoder child reads at once, in samples: with less it is
	// woken up for nothing.
	unit = 1024
	// tick is how often the pump looks at the clock: for four units, because each
	// time wakes this process and its children, which costs more than their work.
	tick = 4 * unit * time.Second / SampleRate
	// hastyTick is the same while somebody waits for what he has ordered, or an
	// encoder begins. It is part of the time until a command is heard.
	hastyTick = 5 * time.Millisecond
	// hasteTime is how long a command takes at most until it is heard.
	hasteTime = 250 * time.Millisecond
	// maxBlock is the most PCM that is prepared at once, in samples.
	maxBlock = 4 * unit
	// backlogTime is the PCM kept beyond the burst, for encoders that come late.
	backlogTime = 4 * time.Second
)

// pump follows the clock: it moves PCM of the current song (or silence) to the
// encoders, and what they have made of it to the rings. Its goroutine waits for
// nothing but the clock, hurry and the ends of encoders; what there is to play lies
// on its deck.
//
// The song goes on while at least one encoder takes it, and stands still while
// there is none. An encoder that is slow or lost is not waited for.
type pump struct {
	*deck
	clock   *clock
	meter   *hearing.Meter // nil: nobody hears
	outputs []*output      // MP3 first
	news    chan encoderNews
	rush    chan struct{} // one token: look at once, and more often for a while
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
		clock: newClock(pace), news: make(chan encoderNews, 16), rush: make(chan struct{}, 1),
		backlog: newBacklog(samplesIn(burst + backlogTime)),
	}
}

// run moves sound until ctx ends.
func (p *pump) run(ctx context.Context) {
	usual := max(hastyTick, time.Duration(float64(tick)/p.clock.pace))
	every := usual
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var hasty time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-p.rush:
			hasty = time.Now().Add(hasteTime)
		case n := <-p.news:
			n.of.heard(n, p.clock.now())
		}
		p.step(p.clock.now())
		wanted := usual
		if slices.ContainsFunc(p.outputs, (*output).hasty) || time.Now().Before(hasty) {
			wanted = hastyTick
		}
		if wanted != every {
			every = wanted
			ticker.Reset(every)
		}
	}
}

// hurry makes the pump look at once, and more often for a while. Any goroutine may
// call it.
func (p *pump) hurry() {
	select {
	case p.rush <- struct{}{}:
	default:
	}
}

// These are the commands of the deck that are to be heard soon.

func (p *pump) play(s *source) (before *source) {
	defer p.hurry()
	return p.deck.play(s)
}

func (p *pump) skip() (dropped *source) {
	defer p.hurry()
	return p.deck.skip()
}

func (p *pump) mute(muted bool) {
	defer p.hurry()
	p.deck.mute(muted)
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
	mp3 := p.outputs[0]
	return PumpFigures{Frames: mp3.frames.Load(), SilentFrames: mp3.silent.Load(), StarvedSamples: p.starvedSamples()}
}

// close ends all outputs. The pump does not run any more.
func (p *pump) close() {
	for _, o := range p.outputs {
		o.close()
	}
	p.deck.close()
}
