package stream

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"musicdb/media/sound"
)

// ErrNoMount says that the stream is not offered in a format.
var ErrNoMount = errors.New("the stream is not offered in this format")

// ErrNoEncoder says that the stream would be offered in a format, but the ffmpeg
// at hand cannot encode it.
var ErrNoEncoder = errors.New("the ffmpeg of this server cannot encode this format")

// defaultBurst is enough for a player to begin with.
const defaultBurst = 1500 * time.Millisecond

func burst(wanted time.Duration) time.Duration {
	if wanted <= 0 {
		wanted = defaultBurst
	}
	return min(wanted, sound.Kept/2)
}

func bitrates(wanted map[sound.Format]int) map[sound.Format]int {
	all := map[sound.Format]int{sound.Opus: 160_000, sound.AAC: 192_000}
	maps.Copy(all, wanted)
	return all
}

// addOutputs makes the way of the sound to each format.
func (s *Stream) addOutputs() {
	for _, f := range sound.Formats() {
		if f == sound.MP3 || slices.Contains(s.o.Formats, f) {
			s.pump.outputs = append(s.pump.outputs, newOutput(f, s))
		}
	}
	s.mp3 = s.pump.outputs[0].mount
}

// Mount is the stream in the format of that name (see sound.Format). The errors
// match ErrNoMount and ErrNoEncoder.
func (s *Stream) Mount(name string) (*sound.Mount, error) {
	for _, o := range s.pump.outputs {
		switch {
		case o.mount.Format().String() != name:
		case o.lacksEncoder():
			return nil, fmt.Errorf("%s: %w (%s)", name, ErrNoEncoder, o.recipe.encoder)
		default:
			return o.mount, nil
		}
	}
	return nil, fmt.Errorf("%q: %w", name, ErrNoMount)
}

// Join returns a new listener of the MP3 stream. It must be closed.
func (s *Stream) Join() *sound.Listener { return s.mp3.Join() }

// Listeners is the number of listeners now, of all formats.
func (s *Stream) Listeners() int {
	n := 0
	for _, o := range s.pump.outputs {
		n += o.mount.Listeners()
	}
	return n
}

// Children are the process ids of the MP3 encoder and of the present song's
// decoder, for reports on memory; 0 where there is none.
func (s *Stream) Children() (encoder, decoder int) {
	if current, _ := s.pump.onDeck(); current != nil {
		current.mu.Lock()
		if current.child != nil {
			decoder = current.child.Pid()
		}
		current.mu.Unlock()
	}
	return s.pump.outputs[0].encoder.running(), decoder
}
