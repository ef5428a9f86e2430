package hearing

import "sync"

// Kind says what PCM is that the pump prepares.
type Kind uint8

// The kinds of PCM.
const (
	Pause  Kind = iota // silence, because nobody wants music
	Nobody             // silence, because there is no song
	Song               // of a song
)

// Meter measures what goes in: the PCM that is prepared for the encoders. The
// pump writes it, and all Ears take what has come together, each for itself. The
// zero value is ready; any goroutine may use it.
type Meter struct {
	mu   sync.Mutex
	taps []*input
}

// input is what went in between two looks.
type input struct {
	song    Level
	pause   int64 // samples of all channels, of each kind of silence
	nobody  int64
	starved int64 // samples of a song that its decoder did not deliver in time
}

// Add measures signed 16-bit little-endian stereo samples. Of a song, starved is
// how many samples of all channels at the end are silence because its decoder
// was late.
func (m *Meter) Add(kind Kind, pcm []byte, starved int) {
	samples := int64(len(pcm) / 4)
	var level Level
	if kind == Song {
		level = measure(pcm[:max(0, len(pcm)-4*starved)], fullScale)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, in := range m.taps {
		switch kind {
		case Pause:
			in.pause += samples
		case Nobody:
			in.nobody += samples
		case Song:
			in.song = in.song.add(level)
			in.starved += int64(starved)
		}
	}
}

// tap is where what goes in comes together for one more.
func (m *Meter) tap() *input {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := &input{}
	m.taps = append(m.taps, in)
	return in
}

// fullScale is the largest sample that 16 bits have on both sides of zero.
const fullScale = 1<<15 - 1

// take returns what came together at a tap since the last call.
func (m *Meter) take(tap *input) input {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := *tap
	*tap = input{}
	return in
}

// samples is how much was prepared in all.
func (i input) samples() int64 { return i.song.Values/2 + i.pause + i.nobody + i.starved }
