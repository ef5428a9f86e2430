package files

import "fmt"

const flacStreamInfo = 34 // bytes of a STREAMINFO block (RFC 9639, section 8.2)

// readFLAC reads STREAMINFO and finds where the frames begin (RFC 9639,
// section 8.1).
func readFLAC(s source, start int64) (properties, error) {
	p := properties{format: FormatFLAC}
	offset := start + 4
	var info []byte
	for parts, last := 0, false; !last; parts++ {
		if parts == maxParts {
			return properties{}, fmt.Errorf("%w: the FLAC metadata has no end", ErrNotAudio)
		}
		var h [4]byte
		if err := s.at(offset, h[:]); err != nil {
			return properties{}, fmt.Errorf("%w: the FLAC metadata ends early", ErrNotAudio)
		}
		length := int64(h[1])<<16 | int64(h[2])<<8 | int64(h[3])
		if h[0]&0x7F == 0 && info == nil && length >= flacStreamInfo {
			info = make([]byte, flacStreamInfo)
			if err := s.at(offset+4, info); err != nil {
				return properties{}, fmt.Errorf("%w: the FLAC metadata ends early", ErrNotAudio)
			}
		}
		offset, last = offset+4+length, h[0]&0x80 != 0
	}
	if info == nil || offset >= s.size {
		return properties{}, fmt.Errorf("%w: a FLAC file without frames", ErrNotAudio)
	}
	rate := int(info[10])<<12 | int(info[11])<<4 | int(info[12])>>4
	samples := be64(info[10:18]) & (1<<36 - 1)
	if rate == 0 || samples == 0 {
		return properties{}, fmt.Errorf("%w: a FLAC file that does not tell its duration", ErrNotAudio)
	}
	p.seconds = float64(samples) / float64(rate)
	p.bitrate = averageBitrate(s.size-offset, p.seconds)
	p.truncated = flacEndsEarly(s, offset, info, samples)
	return p, nil
}

// flacEndsEarly looks for the last frame header in the last 64 KiB and compares
// the position it tells with the announced number of samples. Files without any
// recognisable header there are given the benefit of the doubt.
func flacEndsEarly(s source, audio int64, info []byte, samples uint64) bool {
	block := uint64(info[2])<<8 | uint64(info[3]) // largest block
	fixed := info[0] == info[2] && info[1] == info[3]
	from := max(audio, s.size-1<<16)
	tail, err := s.upTo(from, 1<<16)
	if err != nil {
		return false
	}
	for i := len(tail) - 6; i >= 0; i-- {
		if tail[i] != 0xFF || tail[i+1]&0xFE != 0xF8 {
			continue
		}
		number, ok := flacFrameNumber(tail[i:])
		if !ok {
			continue
		}
		end := number + block
		if tail[i+1]&1 == 0 { // blocks of fixed size are counted, not their samples
			if !fixed {
				continue
			}
			end = (number + 1) * block
		}
		return end+block < samples
	}
	return false
}

// flacFrameNumber decodes the coded number of a frame header whose checksum is
// right (RFC 9639, section 9.1).
func flacFrameNumber(b []byte) (uint64, bool) {
	if len(b) < 6 || b[2]>>4 == 0 || b[2]&15 == 15 || b[3]>>4 > 10 || b[3]&1 != 0 {
		return 0, false
	}
	extra, number := 0, uint64(b[4])
	switch {
	case b[4] >= 0xFE:
		extra, number = 6, 0
	case b[4] >= 0xC0:
		for mask := byte(0x40); b[4]&mask != 0; mask >>= 1 {
			extra++
		}
		number &= 1<<(6-extra) - 1
	case b[4] >= 0x80:
		return 0, false
	}
	end := 5 + extra
	switch b[2] >> 4 { // block size behind the number
	case 6:
		end++
	case 7:
		end += 2
	}
	switch b[2] & 15 { // sample rate behind that
	case 12:
		end++
	case 13, 14:
		end += 2
	}
	if end >= len(b) {
		return 0, false
	}
	for _, c := range b[5 : 5+extra] {
		if c&0xC0 != 0x80 {
			return 0, false
		}
		number = number<<6 | uint64(c&0x3F)
	}
	return number, crc8(b[:end]) == b[end]
}

// crc8 is the checksum of frame headers: polynomial x^8 + x^2 + x + 1.
func crc8(b []byte) (sum byte) {
	for _, c := range b {
		sum ^= c
		for range 8 {
			if sum&0x80 != 0 {
				sum = sum<<1 ^ 0x07
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
