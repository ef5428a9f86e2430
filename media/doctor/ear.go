package doctor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// What an ear takes for silence and for clipping.
const (
	quiet       = 0.000316         // −70 dBFS: below the noise of any recording
	longSilence = 30 * time.Second // of which a listener asks whether something is broken
	fullScale   = 0.9999           // of which 16 bits have one step more
	clipRun     = 4                // samples at full scale in a row are a wave cut off, and no chance
	clipShare   = 0.001            // of all samples: less is not heard
)

// heard is what an ear has heard of a song.
type heard struct {
	rate, channels int
	frames         int64 // samples per channel
	loudest        float32
	silence        int64 // frames of the longest silence
	silenceAt      int64 // where that begins
	clipped        int64 // samples, of all channels
}

func (h heard) seconds(frames int64) float64 {
	if h.rate == 0 {
		return 0
	}
	return float64(frames) / float64(h.rate)
}

func (h heard) silent() bool { return h.frames > 0 && h.loudest < quiet }

func (h heard) silentPart() bool {
	return !h.silent() && h.seconds(h.silence) >= longSilence.Seconds()
}

func (h heard) isClipped() bool {
	return float64(h.clipped) >= clipShare*float64(h.frames)*float64(h.channels) && h.clipped > 0
}

// errSound says that what a decoder writes is not what it was asked for.
var errSound = errors.New("the decoder has written no WAV of 32 bit floats")

// listenTo reads a WAV of 32 bit floats to its end; lengths in its headers, which a
// pipe cannot know, do not matter. step is called now and then with the seconds heard
// since the last call.
func listenTo(r io.Reader, step func(seconds float64)) (h heard, err error) {
	if h.rate, h.channels, err = readWAV(r); err != nil {
		return h, err
	}
	e := &ear{heard: h, run: make([]int, h.channels)}
	buf := make([]byte, 64<<10/(4*h.channels)*(4*h.channels))
	for {
		n, err := io.ReadFull(r, buf)
		whole := n / (4 * h.channels) * (4 * h.channels)
		e.hear(buf[:whole])
		if step != nil && whole > 0 {
			step(e.seconds(int64(whole / (4 * h.channels))))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			e.endSilence()
			return e.heard, nil
		case err != nil:
			return e.heard, err
		}
	}
}

// maxChunk bounds what is skipped in front of the sound.
const maxChunk = 1 << 20

// readWAV reads the headers up to the sound.
func readWAV(r io.Reader) (rate, channels int, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, fmt.Errorf("%w: %w", errSound, err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0, 0, errSound
	}
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return 0, 0, fmt.Errorf("%w: %w", errSound, err)
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch name := string(chunk[:4]); {
		case name == "data":
			if rate < 1 || channels < 1 {
				return 0, 0, errSound
			}
			return rate, channels, nil
		case size > maxChunk:
			return 0, 0, errSound
		case name == "fmt ":
			var body bytes.Buffer
			if _, err := io.CopyN(&body, r, size); err != nil || size < 16 {
				return 0, 0, errSound
			}
			b := body.Bytes()
			channels, rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
			if binary.LittleEndian.Uint16(b[14:]) != 32 || channels > 64 {
				return 0, 0, errSound
			}
		default:
			if _, err := io.CopyN(io.Discard, r, size+size&1); err != nil {
				return 0, 0, fmt.Errorf("%w: %w", errSound, err)
			}
		}
	}
}

// ear is what listening keeps from sample to sample.
type ear struct {
	heard
	began int64 // frame at which the present silence began
	run   []int // samples at full scale in a row, by channel
}

// hear takes whole frames.
func (e *ear) hear(b []byte) {
	width := 4 * e.channels
	for ; len(b) >= width; b = b[width:] {
		var peak float32
		for c := range e.channels {
			s := math.Float32frombits(binary.LittleEndian.Uint32(b[4*c:]))
			if s < 0 {
				s = -s
			}
			if s > peak {
				peak = s
			}
			if s >= fullScale {
				e.run[c]++
				continue
			}
			if e.run[c] > 0 {
				e.endRun(c)
			}
		}
		if peak >= quiet {
			e.endSilence()
			e.began = e.frames + 1
		}
		e.loudest = max(e.loudest, peak)
		e.frames++
	}
}

func (e *ear) endRun(channel int) {
	if e.run[channel] >= clipRun {
		e.clipped += int64(e.run[channel])
	}
	e.run[channel] = 0
}

// endSilence compares the silence that ends here with the longest one.
func (e *ear) endSilence() {
	if length := e.frames - e.began; length > e.silence {
		e.silence, e.silenceAt = length, e.began
	}
}
