package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrNotAudio is returned when no audio stream is found in a file.
var ErrNotAudio = errors.New("no audio stream found")

// properties are what the headers of an audio file say about its stream.
type properties struct {
	format    Format
	seconds   float64 // duration, more than 0
	bitrate   int     // bit/s, average
	truncated bool    // the file ends before its stream does
}

// source is a file being parsed. Reads beyond its end give [io.ErrUnexpectedEOF].
type source struct {
	io.ReaderAt
	size int64
}

// at reads n bytes at the offset into buf, which must be large enough.
func (s source) at(offset int64, buf []byte) error {
	if offset < 0 || offset+int64(len(buf)) > s.size {
		return io.ErrUnexpectedEOF
	}
	if _, err := s.ReadAt(buf, offset); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// upTo reads at most n bytes at the offset, fewer at the end of the file.
func (s source) upTo(offset int64, n int) ([]byte, error) {
	if rest := s.size - offset; rest < int64(n) {
		n = int(max(rest, 0))
	}
	buf := make([]byte, n)
	return buf, s.at(offset, buf)
}

// readProperties finds the container by content and reads its headers. The
// duration is the one that ffprobe reports, because the reference server stores
// that; the bit rate follows mutagen, for the same reason.
func readProperties(s source) (properties, error) {
	start, err := skipID3(s)
	if err != nil {
		return properties{}, err
	}
	magic, err := s.upTo(start, 12)
	if err != nil {
		return properties{}, err
	}
	var p properties
	switch {
	case len(magic) < 12:
		return properties{}, ErrNotAudio
	case bytes.HasPrefix(magic, []byte("fLaC")):
		p, err = readFLAC(s, start)
	case bytes.HasPrefix(magic, []byte("OggS")):
		p, err = readOgg(s, start)
	case bytes.Equal(magic[4:8], []byte("ftyp")):
		p, err = readMP4(s)
	case isADTS(magic):
		p, err = readADTS(s, start)
	default:
		p, err = readMPEG(s, start)
	}
	if err != nil {
		return properties{}, err
	}
	if p.seconds <= 0 || math.IsInf(p.seconds, 0) || math.IsNaN(p.seconds) || p.seconds > maxSeconds {
		return properties{}, fmt.Errorf("%w: impossible duration in the %s headers", ErrNotAudio, p.format)
	}
	if p.bitrate <= 0 {
		p.bitrate = averageBitrate(s.size-start, p.seconds)
	}
	return p, nil
}

// maxParts bounds how many parts of one kind, one behind the other, are looked at
// in a file: blocks, atoms, frames of a tag. Music has dozens, and atoms of live
// recordings thousands.
const maxParts = 1 << 14

// maxSeconds bounds what is believed: four weeks.
const maxSeconds = 28 * 24 * 3600

// averageBitrate is the rate in bit/s of so many bytes in so many seconds.
func averageBitrate(size int64, seconds float64) int {
	return int(min(float64(size)*8/seconds, math.MaxInt32))
}

// skipID3 returns the offset behind all ID3v2 tags at the start of the file
// (ID3v2.4.0 structure, section 3.1).
func skipID3(s source) (int64, error) {
	var start int64
	var h [10]byte
	for {
		if start+10 > s.size {
			return start, nil
		}
		if err := s.at(start, h[:]); err != nil {
			return 0, err
		}
		if string(h[:3]) != "ID3" {
			return start, nil
		}
		start += 10 + int64(synchsafe(h[6:10]))
		if h[5]&0x10 != 0 { // a footer repeats the header
			start += 10
		}
		if start > s.size {
			return 0, fmt.Errorf("%w: the file ends inside its ID3 tag", ErrNotAudio)
		}
	}
}

// synchsafe decodes 28 bits from the low seven bits of four bytes.
func synchsafe(b []byte) uint32 {
	return uint32(b[0]&0x7F)<<21 | uint32(b[1]&0x7F)<<14 | uint32(b[2]&0x7F)<<7 | uint32(b[3]&0x7F)
}

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
func be64(b []byte) uint64 { return binary.BigEndian.Uint64(b) }

// wholeSeconds rounds half to even, as the playtime of the database is rounded.
func wholeSeconds(seconds float64) int { return int(math.RoundToEven(seconds)) }
