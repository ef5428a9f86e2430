package stream

import "time"

// This file is the conductor's side of the pump: what is on its deck.

// play puts a song on the deck in place of the one that is there, which is
// given back. nil means silence.
func (p *pump) play(s *source) (before *source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, p.current = p.current, s
	if p.next == s {
		p.next = nil
	}
	if s != nil {
		p.mp3.Ring().SetTitle(s.title)
	}
	return before
}

// cue sets the song that follows the current one without a gap, and gives back
// the one that was to follow. It comes too late, and is given back at once,
// when there is no current song any more.
func (p *pump) cue(s *source) (before *source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil && s != nil {
		return s
	}
	before, p.next = p.next, s
	return before
}

// skip drops the current song and goes on with the cued one, if any.
func (p *pump) skip() (dropped *source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	dropped, p.current, p.next = p.current, p.next, nil
	if p.current != nil {
		p.mp3.Ring().SetTitle(p.current.title)
	}
	return dropped
}

// mute stops or continues the song, at the next tick.
func (p *pump) mute(muted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = muted
}

// onDeck returns the current and the cued song.
func (p *pump) onDeck() (current, next *source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current, p.next
}

// takeEnded returns the songs whose last sample was sent since the last call,
// oldest first.
func (p *pump) takeEnded() []*source {
	p.mu.Lock()
	defer p.mu.Unlock()
	ended := p.ended
	p.ended = nil
	return ended
}

// sent is how much of a song was sent.
func (p *pump) sent(s *source) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return timeOf(s.taken)
}

// count returns the figures.
func (p *pump) count() PumpFigures {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.figures
}
