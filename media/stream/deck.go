package stream

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/mix"
)

// deck is what there is to play: the song that sounds and the one behind it. The
// conductor puts songs on it, the pump takes their PCM with fill (mixing.go); the
// methods may be called from any goroutine, and none waits for anything.
//
// When a song's last sample is gone the next one follows in the same block, so
// a change of song takes no time at all; the conductor learns of it afterwards.
type deck struct {
	title   func(string) // names the sound from here on
	changed func()       // tells the conductor that a song ended
	log     *slog.Logger

	mu      sync.Mutex // guards below, source.taken and source.gain
	machine *fsm.Runner[DeckState, DeckEvent]
	voice   voice         // the current song; no song: nothing sounds
	leaving voice         // the one that fades out under it
	next    *source       // follows the current one
	fade    time.Duration // of the change to next; 0: it follows without a seam
	sung    int           // frames of the crossfade that were sent
	last    int           // frames of the crossfade
	risen   int           // frames since the current song was heard from its midst
	tail    []float32     // what was cut off, fading; sent together with what follows
	ended   []*source
	starved uint64 // frames that were due and not decoded yet

	frames, under, input []float32 // room for mixing
	tails                [2][]float32
	quantiser            mix.Quantiser
}

func newDeck(title func(string), changed func(), log *slog.Logger, o *fsm.Observer[DeckState, DeckEvent]) *deck {
	d := &deck{title: title, changed: changed, log: log, risen: riseFrames, input: make([]float32, 2*inputFrames)}
	d.machine = fsm.NewRunner(deckMachine, o, fsm.Effects[DeckState, DeckEvent]{})
	for i := range d.tails {
		d.tails[i] = make([]float32, 2*tailFrames)
	}
	return d
}

// play puts a song on the deck in place of the one that is there, which is
// given back. nil means silence.
func (d *deck) play(s *source) (before *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutOff()
	if d.next == s {
		d.next = nil
	}
	return d.put(s)
}

// cue sets the song that follows the current one, with a crossfade or (0) without
// a seam, and gives back the one that was to follow. It comes too late, and is
// given back at once, when there is no current song any more.
func (d *deck) cue(s *source, fade time.Duration) (before *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.voice.song == nil && s != nil {
		return s
	}
	before, d.next, d.fade = d.next, s, fade
	return before
}

// skip drops the current song and goes on with the cued one, if any.
func (d *deck) skip() (dropped *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutOff()
	next := d.next
	d.next = nil
	return d.put(next)
}

// put makes a song the current one, nil none, and returns the one before.
func (d *deck) put(s *source) (before *source) {
	before = d.voice.song
	d.leaving = voice{}
	switch {
	case s != nil:
		d.voice = newVoice(s)
		d.rise()
		d.title(s.title)
		d.fire(DeckPut)
	case before != nil:
		d.voice = voice{}
		d.fire(DeckCleared)
	}
	return before
}

// mute stops or continues the song, at the next tick.
func (d *deck) mute(muted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch state := d.machine.State(); {
	case muted && (state == DeckSolo || state == DeckCrossfade):
		d.fadeOut()
		d.fire(DeckMute)
	case muted && state == DeckBare:
		d.fire(DeckMute)
	case !muted && state == DeckHeld && d.leaving.song != nil:
		d.rise()
		d.fire(DeckUnmuteFading)
	case !muted && (state == DeckHeld || state == DeckSilenced):
		d.rise()
		d.fire(DeckUnmute)
	}
}

// level changes the gain of a song that is not heard yet.
func (d *deck) level(s *source, gain float32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s != d.voice.song {
		s.gain = gain
	}
}

// close ends the deck's machine. Nothing may be put on it afterwards.
func (d *deck) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fire(DeckClose)
}

// onDeck returns the current and the cued song.
func (d *deck) onDeck() (current, next *source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.voice.song, d.next
}

// now returns the current song, and whether takeEnded has told of all before it.
func (d *deck) now() (current *source, settled bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.voice.song, len(d.ended) == 0
}

// takeEnded returns the songs that are over since the last call, oldest first:
// their last sample was sent, or all of them are decoded and fade out.
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
	return s.pcm.span(s.taken)
}

// whole is how much of a song that is over was, or will be, sent.
func (d *deck) whole(s *source) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	held, _ := s.pcm.held()
	return s.pcm.span(s.taken + int64(held))
}

// starvedSamples is how much silence was sent because a decoder was late.
func (d *deck) starvedSamples() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.starved
}

func (d *deck) fire(on DeckEvent) {
	if err := d.machine.Fire(context.Background(), on, nil); err != nil {
		d.log.Error("the deck refused an event", "error", err, "trace", d.machine.Trace())
	}
}
