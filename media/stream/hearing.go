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

// listenToOurselves makes the ears of each format, if they are wanted.
func (s *Stream) listenToOurselves() error {
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
	s.pump.meter, s.heardBy = &hearing.Meter{}, hearing.NewObservers()
	for _, o := range s.pump.outputs {
		var err error
		o.ears, err = hearing.New(hearing.Options{
			Mount: o.mount, Tool: s.o.Tool, Meter: s.pump.meter, Limit: limit, Log: s.log, Pace: s.o.Pace, Observers: s.heardBy,
			Wanted: func() bool { return s.mute.State() == Unmuted },
			Repair: func(cause hearing.Cause) bool { return s.repair(o, cause) },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hear runs the ears until ctx ends.
func (s *Stream) hear(ctx context.Context) {
	if s.pump.meter == nil {
		return
	}
	var workers sync.WaitGroup
	workers.Go(func() { s.watchSupply(ctx) })
	for _, o := range s.pump.outputs {
		workers.Go(func() { o.hear(ctx) })
	}
	workers.Wait()
}

// hear runs the ears of one format whenever it is encoded, until ctx ends.
func (o *output) hear(ctx context.Context) {
	defer o.ears.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case wanted := <-o.wanted:
			if wanted {
				o.hearUntilUnwanted(ctx)
			}
		}
	}
}

func (o *output) hearUntilUnwanted(ctx context.Context) {
	heard, stop := context.WithCancel(ctx)
	var hearing sync.WaitGroup
	hearing.Go(func() { supervise(heard, o.log, "hearing", o.ears.Run) })
	for on := true; on; {
		select {
		case <-ctx.Done():
			on = false
		case on = <-o.wanted:
		}
	}
	stop()
	hearing.Wait()
	if ctx.Err() == nil {
		o.ears.Leave()
	}
}

// attend says whether the ears are to hear. The pump alone calls it.
func (o *output) attend(on bool) {
	select {
	case <-o.wanted: // older, and not read
	default:
	}
	o.wanted <- on
}

// repair restarts what keeps the listeners of a format from hearing. Its ears call
// it. What is missing in all formats is put right by the ears of MP3.
func (s *Stream) repair(o *output, cause hearing.Cause) bool {
	switch {
	case cause != hearing.Decoder && cause != hearing.Queue:
		return o.encoder.restart()
	case !o.always:
		return false
	case cause == hearing.Decoder:
		current, _ := s.pump.onDeck()
		return current != nil && current.hungry() && s.repaired.may(current.entry.ID) && current.restart()
	default:
		s.order(command{order: orderReopen}) // only the conductor may touch a song that is not on the deck
		return s.audio.State() == Idle
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

// Hearing is what the stream hears of itself in each format, MP3 first; nothing
// where it does not.
func (s *Stream) Hearing() (all []hearing.Status) {
	for _, o := range s.pump.outputs {
		if o.ears != nil {
			all = append(all, o.ears.Status())
		}
	}
	return all
}
