package sound

import (
	"errors"
	"time"
)

// ADTSSize is the length of an ADTS header without its checksum, in bytes.
const ADTSSize = 7

// ErrNoADTS says that seven bytes are not the header of an ADTS frame.
var ErrNoADTS = errors.New("not an ADTS frame header")

// ADTS is what the header in front of an AAC frame says (ISO 13818-7, 6.2).
type ADTS struct {
	Protected  bool // a CRC of two bytes follows the header
	Profile    int  // 1 is LC
	SampleRate int  // Hz
	Channels   int  // by their configuration; 0: described inside the frame
	Size       int  // bytes, header included
	Blocks     int  // of 1024 samples each, 1 to 4
}

var aacRates = [16]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// ParseADTS reads a frame header. It returns ErrNoADTS for anything else, for
// reserved values, and for a frame that would be shorter than its header.
func ParseADTS(b [ADTSSize]byte) (ADTS, error) {
	const layerBits = 0x06 // always zero
	if b[0] != 0xFF || b[1]&0xF0 != 0xF0 || b[1]&layerBits != 0 {
		return ADTS{}, ErrNoADTS
	}
	h := ADTS{
		Protected:  b[1]&1 == 0,
		Profile:    int(b[2] >> 6),
		SampleRate: aacRates[b[2]>>2&15],
		Channels:   int(b[2]&1)<<2 | int(b[3]>>6),
		Size:       int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5),
		Blocks:     int(b[6]&3) + 1,
	}
	least := ADTSSize
	if h.Protected {
		least += 2
	}
	if h.SampleRate == 0 || h.Size < least {
		return ADTS{}, ErrNoADTS
	}
	return h, nil
}

// Duration is the time for which the frame sounds.
func (h ADTS) Duration() time.Duration {
	return time.Duration(h.Blocks) * 1024 * time.Second / time.Duration(h.SampleRate)
}

// ADTSSplitter cuts a byte stream into whole ADTS frames. Bytes that belong to
// no frame are left out and counted. The zero value is ready; one goroutine owns
// it.
type ADTSSplitter struct {
	rest    []byte
	skipped uint64
}

// Skipped is the number of bytes that belonged to no frame.
func (s *ADTSSplitter) Skipped() uint64 { return s.skipped }

// Pending is the number of bytes kept back because their frame is not complete.
func (s *ADTSSplitter) Pending() int { return len(s.rest) }

// Write takes the next bytes of the stream and calls frame for each frame they
// complete, in order. The slice given to frame is valid only until it returns.
func (s *ADTSSplitter) Write(p []byte, frame func(h ADTS, whole []byte)) {
	s.rest = append(s.rest, p...)
	at := 0
	for len(s.rest)-at >= ADTSSize {
		h, err := ParseADTS([ADTSSize]byte(s.rest[at:]))
		if err != nil {
			at++
			s.skipped++
			continue
		}
		if len(s.rest)-at < h.Size {
			break
		}
		frame(h, s.rest[at:at+h.Size:at+h.Size])
		at += h.Size
	}
	s.rest = append(s.rest[:0], s.rest[at:]...)
}
