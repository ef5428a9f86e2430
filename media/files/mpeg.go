package files

import (
	"fmt"
	"math"
)

// frameHeader is one decoded MPEG audio frame header (ISO 11172-3, 2.4.2.3).
type frameHeader struct {
	layer   int
	lsf     bool // lower sampling frequencies: MPEG 2 and 2.5
	mono    bool
	bitrate int // bit/s
	rate    int // Hz
	length  int // bytes, header included
	samples int
}

// kilobits per second by [lsf and layer][index]; index 0 is "free format", which
// no player supports, 15 is forbidden.
var mpegBitrates = [5][15]int{
	{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, // layer I
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},    // layer II
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},     // layer III
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},    // layer I, lsf
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},         // layers II and III, lsf
}

var mpegRates = [3]int{44100, 48000, 32000}

func parseFrameHeader(b []byte) (frameHeader, bool) {
	version, layer := b[1]>>3&3, int(4-b[1]>>1&3)
	bitrate, rate := b[2]>>4, b[2]>>2&3
	if b[0] != 0xFF || b[1]&0xE0 != 0xE0 || version == 1 || layer == 4 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return frameHeader{}, false
	}
	h := frameHeader{layer: layer, lsf: version != 3, mono: b[3]>>6 == 3, rate: mpegRates[rate]}
	row := layer - 1
	switch version {
	case 0:
		h.rate /= 4
	case 2:
		h.rate /= 2
	}
	if h.lsf {
		row = min(3+layer-1, 4)
	}
	h.bitrate = mpegBitrates[row][bitrate] * 1000
	padding := int(b[2] >> 1 & 1)
	switch {
	case layer == 1:
		h.samples, h.length = 384, (12*h.bitrate/h.rate+padding)*4
	case layer == 3 && h.lsf:
		h.samples, h.length = 576, 72*h.bitrate/h.rate+padding
	default:
		h.samples, h.length = 1152, 144*h.bitrate/h.rate+padding
	}
	return h, true
}

const (
	syncWindow    = 1 << 20 // how far junk before the first frame is searched
	framesToTrust = 4       // that many headers in a row are a stream, not chance
	framesAtEnd   = 2       // enough when the file ends behind them
)

// readMPEG finds the first frame, then the duration: from the Xing, Info or VBRI
// header of that frame, else from the rate of constant streams, else by walking
// all frames.
func readMPEG(s source, start int64) (properties, error) {
	offset, first, err := findFrame(s, start)
	if err != nil {
		return properties{}, err
	}
	p := properties{format: FormatMPEG, bitrate: first.bitrate}
	if summary, ok := readSummary(s, offset, first); ok {
		return summary, nil
	}
	audio := s.size - offset
	if tail, err := s.upTo(s.size-128, 3); err == nil && string(tail) == "TAG" { // ID3v1
		audio -= 128
	}
	if constantRate(s, offset, first) {
		p.seconds = float64(audio) * 8 / float64(first.bitrate)
		return p, nil
	}
	frames, seconds := walkFrames(s, offset)
	if frames < framesAtEnd {
		return properties{}, ErrNotAudio
	}
	p.seconds, p.bitrate = seconds, averageBitrate(audio, seconds)
	return p, nil
}

// findFrame searches the first header that is followed by others where its
// length says, or that carries a summary of the stream.
func findFrame(s source, start int64) (int64, frameHeader, error) {
	window, err := s.upTo(start, syncWindow)
	if err != nil {
		return 0, frameHeader{}, err
	}
	for i := 0; i+4 <= len(window); i++ {
		if window[i] != 0xFF {
			continue
		}
		first, ok := parseFrameHeader(window[i:])
		if !ok {
			continue
		}
		offset := start + int64(i)
		if _, ok := readSummary(s, offset, first); ok {
			return offset, first, nil
		}
		if n, atEnd := countFrames(s, offset, first); n >= framesToTrust || atEnd && n >= framesAtEnd {
			return offset, first, nil
		}
	}
	return 0, frameHeader{}, fmt.Errorf("%w: no MPEG audio frames", ErrNotAudio)
}

// countFrames counts like headers in a row, up to framesToTrust. atEnd reports
// that the row ended because the file did.
func countFrames(s source, offset int64, first frameHeader) (n int, atEnd bool) {
	var b [4]byte
	for n < framesToTrust {
		if err := s.at(offset, b[:]); err != nil {
			return n, true
		}
		h, ok := parseFrameHeader(b[:])
		if !ok || h.layer != first.layer || h.lsf != first.lsf || h.rate != first.rate {
			return n, string(b[:3]) == "TAG"
		}
		n++
		offset += int64(h.length)
	}
	return n, false
}

// constantRate looks at the first 64 frames.
func constantRate(s source, offset int64, first frameHeader) bool {
	var b [4]byte
	for range 64 {
		if s.at(offset, b[:]) != nil {
			return true
		}
		h, ok := parseFrameHeader(b[:])
		if !ok {
			return true
		}
		if h.bitrate != first.bitrate {
			return false
		}
		offset += int64(h.length)
	}
	return true
}

// walkFrames adds up all frames from the offset, in steps of 64 KiB reads.
func walkFrames(s source, offset int64) (frames int, seconds float64) {
	const window = 1 << 16
	for {
		buf, err := s.upTo(offset, window)
		if err != nil {
			return frames, seconds
		}
		i := 0
		for i+4 <= len(buf) {
			h, ok := parseFrameHeader(buf[i:])
			if !ok {
				return frames, seconds
			}
			frames++
			seconds += float64(h.samples) / float64(h.rate)
			i += h.length
		}
		if len(buf) < window {
			return frames, seconds
		}
		offset += int64(i)
	}
}

// summaryAt is where in a frame of layer III the header of Xing stands: behind what a
// decoder needs to know, which is empty there.
func (h frameHeader) summaryAt() int {
	switch {
	case h.lsf && h.mono:
		return 13
	case h.lsf || h.mono:
		return 21
	}
	return 36
}

// readSummary reads the Xing or Info header (LAME's documentation of the info
// tag) or the VBRI header of Fraunhofer encoders in the first frame.
func readSummary(s source, offset int64, first frameHeader) (properties, bool) {
	if first.layer != 3 {
		return properties{}, false
	}
	b, err := s.upTo(offset, 64)
	if err != nil {
		return properties{}, false
	}
	side := first.summaryAt()
	p := properties{format: FormatMPEG}
	var frames, size uint32
	switch {
	case len(b) >= side+16 && (string(b[side:side+4]) == "Xing" || string(b[side:side+4]) == "Info"):
		flags, next := be32(b[side+4:]), side+8
		if flags&1 == 0 {
			return properties{}, false
		}
		frames, next = be32(b[next:]), next+4
		if flags&2 != 0 {
			size = be32(b[next:])
			size -= min(size, uint32(first.length)) // the frame of the header is counted in bytes, not in frames
		}
	case len(b) >= 36+18 && string(b[36:40]) == "VBRI":
		size, frames = be32(b[46:]), be32(b[50:])
	default:
		return properties{}, false
	}
	if frames == 0 {
		return properties{}, false
	}
	p.seconds = float64(frames) * float64(first.samples) / float64(first.rate)
	p.bitrate = int(math.RoundToEven(float64(size) * 8 / p.seconds))
	// Cut off: less than the announced bytes are there. The duration shrinks in
	// proportion, so that a client's clock and the sound end together.
	if there := s.size - offset; size > 0 && there+int64(first.length) < int64(size) {
		if there < 3*int64(first.length) { // the summary and next to nothing else
			return properties{}, false
		}
		p.truncated = true
		p.seconds *= float64(there) / float64(size)
	}
	return p, true
}
