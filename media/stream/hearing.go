package stream

import (
	"context"
	"errors"
	"sync"
	"time"

	"musicdb/media/hearing"
)

// This file is how the stream hears itself, and what it restarts for that.

// slowStart is how much longer silence may last where children take a second
// to start: those of the embedded ffmpeg.
const slowStart = 2 * time.Second

// silenceLimit is the default of Options.SilenceLimit.
const silenceLimit = 2 * time.Second

var errUnheard = errors.New("what came out of it was not what went in")

// listenToOurselves makes the ears, if they are wanted.
func (s *Stream) listenToOurselves() (err error) {
	if !s.o.SelfHearing || s.o.Disabled {
		return nil
	}
	limit := s.o.SilenceLimit
	if limit <= 0 {
		limit = silenceLimit
	}
	limit = limit * 3 / 8 // the rest is for the child that is started
	if !s.o.Tool.Native() {
		limit += slowStart
	}
	s.pump.meter = &hearing.Meter{}
	s.ears, err = hearing.New(hearing.Options{
		Mount: s.mp3, Tool: s.o.Tool, Meter: s.pump.meter, Limit: limit, Log: s.log, Pace: s.o.Pace,
		Wanted: func() bool { return s.mute.State() == Unmuted }, Repair: s.repair,
	})
	return err
}

// hear runs the ears until ctx ends.
func (s *Stream) hear(ctx context.Context) {
	if s.ears == nil {
		return
	}
	var watching sync.WaitGroup
	watching.Go(func() { s.watchSupply(ctx) })
	supervise(ctx, s.log, "hearing", s.ears.Run)
	watching.Wait()
	s.ears.Close()
}

// repair restarts what keeps sound from being heard. The ears call it.
func (s *Stream) repair(cause hearing.Cause) bool {
	switch cause {
	case hearing.Decoder:
		current, _ := s.pump.onDeck()
		return current != nil && current.hungry() && s.repaired.may(current.entry.ID) && current.restart()
	case hearing.Queue:
		s.order(command{order: orderReopen}) // only the conductor may touch a song that is not on the deck
		return s.audio.State() == Idle
	default:
		return s.pump.outputs[0].encoder.restart()
	}
}

// childTime is how long a child has to be heard before it may be replaced again.
const childTime = 3 * time.Second

// restart has the pump replace its child: it is fed, and what it makes of that is
// of no use. It reports whether there is one, and not a fresh one.
func (e *encoder) restart() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	limit := childTime
	if !e.tool.Native() {
		limit = encoderStart
	}
	if e.pid == 0 || time.Since(e.started) < limit {
		return false
	}
	e.unheard.Store(true)
	return true
}

// measure tells the ears what goes in: what fill has just made.
func (p *pump) measure(block []byte, starvedBefore uint64) {
	if p.meter != nil {
		p.meter.Add(p.deck.kind(), block, int(p.starvedSamples()-starvedBefore))
	}
}

// kind says what fill makes now.
func (d *deck) kind() hearing.Kind {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch d.machine.State() {
	case DeckSolo, DeckCrossfade:
		return hearing.Song
	case DeckBare:
		return hearing.Nobody
	default:
		return hearing.Pause
	}
}

// Hearing is what the stream hears of itself; ok is false where it does not.
func (s *Stream) Hearing() (status hearing.Status, ok bool) {
	if s.ears == nil {
		return hearing.Status{}, false
	}
	return s.ears.Status(), true
}
