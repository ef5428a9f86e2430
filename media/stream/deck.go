package stream

import (
	"sync"
	"time"
)

// deck is what there is to play: the song that sounds and the one behind it. The
// conductor puts songs on it, the pump takes their PCM with fill; the methods
// may be called from any goroutine, and none waits for anything.
//
// When a song's last sample is gone the next one follows in the same block, so
// a change of song takes no time at all; the conductor learns of it afterwards.
type deck struct {
	title   func(string) // names the sound from here on
	changed func()       // tells the conductor that a song ended

	mu      sync.Mutex // guards below and source.taken
	muted   bool
	current *source
	next    *source
	ended   []*source
	starved uint64 // samples that were due and not decoded yet
}

func newDeck(title func(string), changed func()) *deck {
	return &deck{title: title, changed: changed, muted: true}
}

// fill prepares PCM: the current song, the one behind it, or silence.
func (d *deck) fill(block []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(block) > 0 && !d.muted && d.current != nil {
		n, last := d.current.pcm.take(block)
		d.current.taken += int64(n / bytesPerSample)
		block = block[n:]
		if !last {
			d.starved += uint64(len(block) / bytesPerSample)
			break
		}
		d.ended = append(d.ended, d.current)
		if d.current.killed() {
			// The conductor opens the same song again, where it broke off.
			d.current = nil
		} else {
			d.current, d.next = d.next, nil
		}
		if d.current != nil {
			d.title(d.current.title)
		}
		d.changed()
	}
	clear(block)
}

// play puts a song on the deck in place of the one that is there, which is
// given back. nil means silence.
func (d *deck) play(s *source) (before *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, d.current = d.current, s
	if d.next == s {
		d.next = nil
	}
	if s != nil {
		d.title(s.title)
	}
	return before
}

// cue sets the song that follows the current one without a gap, and gives back
// the one that was to follow. It comes too late, and is given back at once,
// when there is no current song any more.
func (d *deck) cue(s *source) (before *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == nil && s != nil {
		return s
	}
	before, d.next = d.next, s
	return before
}

// skip drops the current song and goes on with the cued one, if any.
func (d *deck) skip() (dropped *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	dropped, d.current, d.next = d.current, d.next, nil
	if d.current != nil {
		d.title(d.current.title)
	}
	return dropped
}

// mute stops or continues the song, at the next tick.
func (d *deck) mute(muted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.muted = muted
}

// onDeck returns the current and the cued song.
func (d *deck) onDeck() (current, next *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current, d.next
}

// takeEnded returns the songs whose last sample was sent since the last call,
// oldest first.
func (d *deck) takeEnded() []*source {
	d.mu.Lock()
	defer d.mu.Unlock()
	ended := d.ended
	d.ended = nil
	return ended
}

// sent is how much of a song was sent.
func (d *deck) sent(s *source) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return timeOf(s.taken)
}

// starvedSamples is how much silence was sent because a decoder was late.
func (d *deck) starvedSamples() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.starved
}
