package hearing

import (
	"errors"

	"musicdb/media/sound"
)

// errShort says that a frame ends within its side information.
var errShort = errors.New("the frame is shorter than its side information")

// sideInfo is what the side information of a Layer III frame says about sound
// (ISO 11172-3, 2.4.1.7; ISO 13818-3, 2.4.1.7 for the lower sample rates).
type sideInfo struct {
	// Reservoir is how many bytes in front of the frame it needs to be decoded.
	Reservoir int
	// Coded is how many values of the spectrum are coded with more than the
	// least magnitude, over all granules and channels.
	Coded int
	// Bits is how long the scale factors and coded values are.
	Bits int
}

// empty reports whether no value at all is coded: such a frame is silence.
func (s sideInfo) empty() bool { return s.Bits == 0 && s.Coded == 0 }

// parseSideInfo reads the side information of a whole frame.
func parseSideInfo(frame []byte) (s sideInfo, err error) {
	if len(frame) < sound.HeaderSize {
		return s, sound.ErrNoFrame
	}
	h, err := sound.ParseHeader([sound.HeaderSize]byte(frame))
	if err != nil {
		return s, err
	}
	at := sound.HeaderSize
	if h.Protected {
		at += 2 // the CRC
	}
	channels, granules, size := 2, 2, 32
	// The fields in front of the granules: main_data_begin, private bits, scfsi.
	begin, private, scfsi := 9, 3, 4
	if h.Mode == sound.Mono {
		channels, private, size = 1, 5, 17
	}
	rest := 59 - 12 - 9 // of a granule and channel, behind part2_3_length and big_values
	if h.Version != sound.MPEG1 {
		granules, begin, scfsi = 1, 8, 0
		private, size, rest = channels, 1+8*channels, 63-12-9
	}
	if len(frame) < at+size {
		return s, errShort
	}
	bits := bitReader{frame[at : at+size], 0}
	s.Reservoir = bits.take(begin)
	bits.skip(private + channels*scfsi)
	for range granules * channels {
		s.Bits += bits.take(12)
		s.Coded += 2 * bits.take(9) // big_values counts pairs
		bits.skip(rest)
	}
	return s, nil
}

// bitReader reads bits, the highest of a byte first. Its caller knows that there
// are enough.
type bitReader struct {
	bytes []byte
	at    int
}

func (r *bitReader) take(n int) (value int) {
	for ; n > 0; n-- {
		value = value<<1 | int(r.bytes[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return value
}

func (r *bitReader) skip(n int) { r.at += n }
