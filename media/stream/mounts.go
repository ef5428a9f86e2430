package stream

import (
	"errors"
	"fmt"
	"time"

	"musicdb/media/sound"
)

// ErrNoMount says that the stream is not offered in a format.
var ErrNoMount = errors.New("the stream is not offered in this format")

// burst is what a joining listener gets at once.
const burst = 1500 * time.Millisecond

// Mount is the stream in the format of that name (see sound.Format). The error
// matches ErrNoMount.
func (s *Stream) Mount(name string) (*sound.Mount, error) {
	if name == sound.MP3.String() {
		return s.mp3, nil
	}
	return nil, fmt.Errorf("%q: %w", name, ErrNoMount)
}

// Join returns a new listener of the MP3 stream. It must be closed.
func (s *Stream) Join() *sound.Listener { return s.mp3.Join() }

// Listeners is the number of listeners now.
func (s *Stream) Listeners() int { return s.mp3.Listeners() }
