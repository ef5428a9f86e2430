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
// pump writes it, the hearing takes what has come together. The zero value is
// ready; any goroutine may use it.
type Meter struct {
	mu sync.Mutex
	in input
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
	switch kind {
	case Pause:
		m.in.pause += samples
	case Nobody:
		m.in.nobody += samples
	case Song:
		m.in.song = m.in.song.add(level)
		m.in.starved += int64(starved)
	}
}

// fullScale is the largest sample that 16 bits have on both sides of zero.
const fullScale = 1<<15 - 1

// take returns what went in since the last call.
func (m *Meter) take() input {
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.in
	m.in = input{}
	return in
}

// samples is how much was prepared in all.
func (i input) samples() int64 { return i.song.Values/2 + i.pause + i.nobody + i.starved }
