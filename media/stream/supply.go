package stream

import (
	"context"
	"sync"
	"time"

	"musicdb/media/queue"
)

// This file restarts decoders that stop to deliver, before listeners miss them
// where that is possible.

const (
	// supplyLook is how often the supply is looked at.
	supplyLook = 500 * time.Millisecond
	// supplyLeft is how much decoded sound is left when a decoder that delivers
	// nothing is given up.
	supplyLeft = 1500 * time.Millisecond
	// supplyTime is how long it must not have delivered anything.
	supplyTime = time.Second
	// decoderRestarts is how often a decoder of one song is restarted because it
	// hangs. A disk that spins up is not helped by it, and the conductor's patience
	// is longer.
	decoderRestarts = 2
)

// supply watches the decoder of the song that sounds.
type supply struct {
	source    *source
	delivered time.Duration
	idle      time.Duration // real time without anything
}

// watchSupply restarts a decoder that hangs while its last seconds are heard.
func (s *Stream) watchSupply(ctx context.Context) {
	ticker := time.NewTicker(supplyLook)
	defer ticker.Stop()
	var w supply
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			current, _ := s.pump.onDeck()
			if w.hangs(current, s.pump.sent, s.mute.State() == Unmuted) && s.repaired.may(current.entry.ID) && current.restart() {
				s.log.Error("a decoder hangs; its song is opened again before it runs out of sound", "song", current.song.Path,
					"trace", decoding.FormatTrace(current.machine.Trace()))
			}
		}
	}
}

// hangs reports whether the decoder of the song on the deck has delivered nothing
// although there is room, and little is left.
func (w *supply) hangs(current *source, sent func(*source) time.Duration, playing bool) bool {
	if current == nil || !playing || current.state() != DecoderRunning {
		*w = supply{}
		return false
	}
	held, _ := current.pcm.held()
	left := current.pcm.span(int64(held))
	delivered := sent(current) + left
	// Between the two questions a block may be sent.
	if w.source != current || delivered > w.delivered+100*time.Millisecond {
		*w = supply{source: current, delivered: delivered}
		return false
	}
	w.idle += supplyLook
	return w.idle >= supplyTime && left < supplyLeft
}

// repaired is whose decoder was restarted, and how often.
type repaired struct {
	mu    sync.Mutex
	entry queue.EntryID
	times int
}

// may reports whether the decoder of an entry may be restarted once more, and
// counts that.
func (r *repaired) may(e queue.EntryID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.entry != e {
		r.entry, r.times = e, 0
	}
	r.times++
	return r.times <= decoderRestarts
}

// restart ends the decoder by a signal, so that the conductor opens the song
// again where it stopped.
func (s *source) restart() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return false
	}
	s.child.Kill()
	return true
}

// reopen restarts the decoder of the song that is to come next, if it has not
// delivered anything yet.
func (c *conductor) reopen() {
	if c.opened != nil && c.opened.hungry() && c.s.repaired.may(c.opened.entry.ID) && c.opened.restart() {
		c.s.log.Warn("a song takes long to open; it is opened again", "song", c.opened.song.Path)
	}
}
