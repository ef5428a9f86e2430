package sound

import (
	"errors"
	"time"
)

// HeaderSize is the length of an MPEG audio frame header in bytes.
const HeaderSize = 4

// ErrNoFrame says that four bytes are not the header of an MPEG audio
// Layer III frame with a fixed bitrate.
var ErrNoFrame = errors.New("not an MPEG Layer III frame header")

// Header is what the four bytes in front of an MPEG audio Layer III frame say
// (ISO 11172-3, 2.4.1.3 and 2.4.2.3; ISO 13818-3 for the lower sample rates).
type Header struct {
	Version    Version
	Protected  bool // a CRC of two bytes follows the header
	Bitrate    int  // bit/s
	SampleRate int  // Hz
	Padding    bool // one slot (byte) longer than the rounded-down length
	Mode       Mode
}

// Version is the two-bit ID of a frame header.
type Version uint8

// The versions, by their bits; 1 is reserved.
const (
	MPEG25 Version = 0
	MPEG2  Version = 2
	MPEG1  Version = 3
)

// Mode is the two-bit channel mode of a frame header.
type Mode uint8

// The channel modes, by their bits.
const (
	Stereo Mode = iota
	JointStereo
	DualChannel
	Mono
)

// Layer III bitrates in kbit/s by index; 0 is "free", 15 is forbidden.
var (
	bitratesV1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	bitratesV2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
)

var sampleRates = map[Version][3]int{
	MPEG1:  {44100, 48000, 32000},
	MPEG2:  {22050, 24000, 16000},
	MPEG25: {11025, 12000, 8000},
}

// ParseHeader reads a frame header. It returns ErrNoFrame for anything that is
// no Layer III header, for the reserved values, and for the free format, whose
// frames carry no length.
func ParseHeader(b [HeaderSize]byte) (Header, error) {
	const layerIII = 1 // two bits: 3 is Layer I, 2 is II, 1 is III
	if b[0] != 0xFF || b[1]&0xE0 != 0xE0 || b[1]>>1&3 != layerIII {
		return Header{}, ErrNoFrame
	}
	h := Header{
		Version:   Version(b[1] >> 3 & 3),
		Protected: b[1]&1 == 0,
		Padding:   b[2]&2 != 0,
		Mode:      Mode(b[3] >> 6),
	}
	rates, known := sampleRates[h.Version]
	rate := b[2] >> 2 & 3
	if !known || rate == 3 {
		return Header{}, ErrNoFrame
	}
	h.SampleRate = rates[rate]

	kbit := bitratesV2[b[2]>>4]
	if h.Version == MPEG1 {
		kbit = bitratesV1[b[2]>>4]
	}
	if kbit == 0 {
		return Header{}, ErrNoFrame
	}
	h.Bitrate = kbit * 1000
	return h, nil
}

// Samples is the number of samples per channel in the frame.
func (h Header) Samples() int {
	if h.Version == MPEG1 {
		return 1152
	}
	return 576
}

// Size is the length of the whole frame in bytes, header included.
func (h Header) Size() int {
	size := h.Samples() / 8 * h.Bitrate / h.SampleRate
	if h.Padding {
		size++
	}
	return size
}

// Duration is the time for which the frame sounds.
func (h Header) Duration() time.Duration {
	return time.Duration(h.Samples()) * time.Second / time.Duration(h.SampleRate)
}

// bytes is the inverse of ParseHeader, with the copyright, emphasis and mode
// extension bits zero and the original bit set.
func (h Header) bytes() [HeaderSize]byte {
	table := bitratesV2
	if h.Version == MPEG1 {
		table = bitratesV1
	}
	var bitrate, rate byte
	for i, kbit := range table {
		if kbit*1000 == h.Bitrate {
			bitrate = byte(i)
		}
	}
	for i, hz := range sampleRates[h.Version] {
		if hz == h.SampleRate {
			rate = byte(i)
		}
	}
	b := [HeaderSize]byte{0xFF, 0xE2 | byte(h.Version)<<3, bitrate<<4 | rate<<2, byte(h.Mode)<<6 | 1<<2}
	if !h.Protected {
		b[1] |= 1
	}
	if h.Padding {
		b[2] |= 2
	}
	return b
}
