package sound

import "time"

// The constant parameters of the MP3 stream: MPEG-1 Layer III, 320 kbit/s,
// joint stereo, 44.1 kHz. Players take them from the first frame and may not
// follow a change, so nothing ever changes them.
const (
	Bitrate         = 320_000 // bit/s
	SampleRate      = 44_100  // Hz
	SamplesPerFrame = 1152
	FrameTime       = SamplesPerFrame * time.Second / SampleRate
)

// Silence makes well-formed silent frames with the stream's parameters. A frame
// of 320 kbit/s at 44.1 kHz is 1044 bytes and 396/441 of a byte long, so most
// frames carry a padding byte; silence keeps the remainder (the padding method
// of ISO 11172-3, 2.4.2.3) so that the bitrate is exact. The zero value is
// ready; one goroutine owns it.
type Silence struct {
	remainder int // in 1/SampleRate bytes
	plain     []byte
	padded    []byte
}

// Next returns a silent frame. It must not be written to: it is shared by all
// frames of its kind.
//
// All bits behind the header are zero. In the side information that means: no
// bits taken from earlier frames (main_data_begin), two granules of two
// channels with no coded values (part2_3_length, big_values); the rest of the
// frame is ancillary data. So the frame depends on nothing before it.
func (s *Silence) Next() []byte {
	const perFrame = SamplesPerFrame / 8 * Bitrate
	if s.plain == nil {
		s.plain, s.padded = silentFrame(false), silentFrame(true)
	}
	s.remainder += perFrame % SampleRate
	if s.remainder >= SampleRate {
		s.remainder -= SampleRate
		return s.padded
	}
	return s.plain
}

func silentFrame(padding bool) []byte {
	h := Header{Version: MPEG1, Bitrate: Bitrate, SampleRate: SampleRate, Padding: padding, Mode: JointStereo}
	frame := make([]byte, h.Size())
	head := h.bytes()
	copy(frame, head[:])
	return frame
}
