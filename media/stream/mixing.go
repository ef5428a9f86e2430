package stream

import (
	"time"

	"musicdb/media/mix"
)

const (
	// tailFrames is how long a sound that is cut off by a skip or a pause fades
	// out: 15 ms. It sounds together with what follows, so nothing is late.
	tailFrames = 15 * mix.Rate / 1000
	// riseFrames is how long a song that is heard from its midst comes in: 5 ms.
	riseFrames = 5 * mix.Rate / 1000
)

// fill prepares PCM of 16 bit: the current song, the one behind it, or silence.
// The pump calls it with whole samples.
func (d *deck) fill(block []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(block) / bytesPerSample
	if cap(d.frames) < 2*n {
		d.frames, d.under = make([]float32, 2*n), make([]float32, 2*n)
	}
	frames := d.frames[:2*n]
	clear(frames[2*d.sing(frames):])
	if rest := min(len(frames), len(d.tail)); rest > 0 {
		mix.Add(frames, d.tail[:rest])
		d.tail = d.tail[rest:]
	}
	d.quantiser.Quantise(block, frames)
}

// sing fills frames with songs and returns how many frames that made.
func (d *deck) sing(frames []float32) (made int) {
	for 2*made < len(frames) {
		part := frames[2*made:]
		switch d.machine.State() {
		case DeckSolo:
			part = d.upToFade(part)
		case DeckCrossfade:
			part = part[:min(len(part), 2*(d.last-d.sung))]
		case DeckSilenced, DeckBare, DeckHeld, DeckClosed:
			return made
		}
		n, last := d.sound(part)
		made += n
		switch {
		case last:
			d.advance()
		case n < len(part)/2:
			d.starved += uint64(len(frames)/2 - made)
			return made
		}
	}
	return made
}

// sound makes frames of what sounds now.
func (d *deck) sound(frames []float32) (made int, last bool) {
	follows := d.fade == 0 && d.voice.continues(d.next)
	made, last = d.voice.sing(frames, d.input, follows)
	frames = frames[:2*made]
	if d.risen < riseFrames {
		mix.Fade(frames, mix.In, d.risen, riseFrames)
		d.risen += made
	}
	if d.leaving.song == nil {
		return made, last
	}
	mix.Fade(frames, mix.In, d.sung, d.last)
	under := d.under[:len(frames)]
	n, _ := d.leaving.sing(under, d.input, false)
	mix.Fade(under[:2*n], mix.Out, d.sung, d.last)
	mix.Add(frames, under[:2*n])
	if d.sung += made; d.sung >= d.last {
		d.leaving = voice{}
		d.fire(DeckFaded)
	}
	return made, last
}

// upToFade begins the crossfade when the end of the song is near enough, and
// returns how much of frames is before that.
func (d *deck) upToFade(frames []float32) []float32 {
	if d.fade == 0 || d.next == nil {
		return frames
	}
	remaining, known := d.voice.remaining()
	length := int(d.fade * mix.Rate / time.Second)
	switch {
	case !known || remaining < int(crossfadeLeast*mix.Rate/time.Second):
		return frames
	case remaining > length:
		return frames[:min(len(frames), 2*(remaining-length))]
	}
	d.sung, d.last = 0, remaining
	d.leaving = d.voice
	d.voice = newVoice(d.next)
	d.over(d.leaving.song)
	d.fire(DeckFade)
	return frames[:min(len(frames), 2*d.last)]
}

// advance goes over to the cued song when the current one has nothing left.
func (d *deck) advance() {
	before := d.voice
	d.leaving = voice{}
	if before.song.killed() {
		// The conductor opens the same song again, where it broke off.
		d.next = nil
	}
	switch {
	case d.next == nil:
		d.voice = voice{}
		d.over(before.song)
		d.fire(DeckCleared)
		return
	case before.continues(d.next):
		d.voice = voice{d.next, before.resampler}
	default:
		d.voice = newVoice(d.next)
	}
	d.over(before.song)
	d.fire(DeckFollow)
}

// over says that a song is over and the voice is that of the next one, if any.
func (d *deck) over(s *source) {
	d.ended = append(d.ended, s)
	if d.next = nil; d.voice.song != nil {
		d.title(d.voice.song.title)
	}
	d.changed()
}

// rise has the current song come in gently, if it is in its midst. The beginning
// of a song is heard as it is.
func (d *deck) rise() {
	if s := d.voice.song; s != nil && (s.start > 0 || s.taken > 0) {
		d.risen = 0
	} else {
		d.risen = riseFrames
	}
}

// fadeOut takes a little more of what sounds, to be sent fading while something
// else, or silence, has begun.
func (d *deck) fadeOut() {
	if state := d.machine.State(); state != DeckSolo && state != DeckCrossfade {
		return
	}
	if cap(d.under) < 2*tailFrames {
		d.frames, d.under = make([]float32, 2*tailFrames), make([]float32, 2*tailFrames)
	}
	tail := d.tails[0]
	d.tails[0], d.tails[1] = d.tails[1], tail
	n, _ := d.sound(tail[:2*d.tailLength()])
	clear(tail[2*n:])
	mix.Fade(tail, mix.Out, 0, tailFrames)
	mix.Add(tail, d.tail) // of the cut before, if that was just now
	d.tail = tail
}

// tailLength keeps the tail within a crossfade.
func (d *deck) tailLength() int {
	if d.machine.State() == DeckCrossfade {
		return min(tailFrames, d.last-d.sung)
	}
	return tailFrames
}

// cutOff is fadeOut for songs that do not go on.
func (d *deck) cutOff() {
	d.fadeOut()
	d.leaving = voice{}
}
