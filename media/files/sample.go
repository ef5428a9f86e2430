package files

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
)

// How much of a file is looked at: enough for disks that need milliseconds to find a
// place.
const (
	samples      = 4
	sampleWindow = 16 << 10
	holeSize     = 4 << 10 // zeros in a row that no format of sound has
)

// window is how many bytes hold the largest frames or pages of a format often enough
// to be recognised.
func (f Format) window() int64 {
	switch f {
	case FormatFLAC, FormatVorbis, FormatOpus:
		return 128 << 10
	case FormatADTS:
		return 32 << 10
	default:
		return sampleWindow
	}
}

// sampleSound looks at evenly spaced places of a file that its headers describe
// well, and returns the first where nothing is that belongs to such a sound: no chain
// of frames, no page, no header with a right checksum, or only zeros.
func sampleSound(s source, f Format) *Damage {
	start, end := mp4Sound(s)
	if f != FormatMP4 {
		start, _ = skipID3(s) // it was skipped before
		end = (&content{source: s}).endOfSound()
	}
	room := end - start - f.window()
	if room < sampleWindow {
		return nil // all of it is near a place that the headers were compared with
	}
	for i := range int64(samples) {
		at := start + room*(2*i+1)/(2*samples)
		if d := samplePlace(s, f, at, end); d != nil {
			return d
		}
	}
	return nil
}

// samplePlace looks at one place, in growing windows.
func samplePlace(s source, f Format, at, end int64) *Damage {
	for size := int64(sampleWindow); ; size *= 2 {
		window, err := s.upTo(at, int(min(size, end-at)))
		switch {
		case err != nil: // the disk's fault, which whoever reads the file will tell
			return nil
		case size == sampleWindow && hasHole(window):
			return &Damage{Offset: at, Zeros: true}
		case f == FormatMP4 || continues(window, f):
			return nil
		}
		if size >= f.window() || int64(len(window)) < size {
			return &Damage{Offset: at}
		}
	}
}

// hasHole reports whether a window holds so many zeros in a row as only a lost part
// leaves. Whole blocks are compared, because that is what gets lost.
func hasHole(window []byte) bool {
	var zeros [holeSize]byte
	for ; len(window) >= holeSize; window = window[holeSize/2:] {
		if bytes.Equal(window[:holeSize], zeros[:]) {
			return true
		}
	}
	return false
}

// continues reports whether a sound of the format goes on in the window.
func continues(window []byte, f Format) bool {
	switch f {
	case FormatMPEG:
		return continuesMPEG(window)
	case FormatADTS:
		return continuesADTS(window)
	case FormatFLAC:
		return continuesFLAC(window)
	default:
		return continuesOgg(window)
	}
}

// continuesMPEG looks for three frames of one kind, each where the one before says.
func continuesMPEG(b []byte) bool {
	for i := 0; i+4 <= len(b); i++ {
		first, ok := parseFrameHeader(b[i:])
		if !ok {
			continue
		}
		at, n := i+first.length, 1
		for ; n < 3 && at+4 <= len(b); n++ {
			h, ok := parseFrameHeader(b[at:])
			if !ok || h.layer != first.layer || h.lsf != first.lsf || h.rate != first.rate {
				break
			}
			at += h.length
		}
		if n == 3 {
			return true
		}
	}
	return false
}

func continuesADTS(b []byte) bool {
	for i := 0; i+adtsHeader <= len(b); i++ {
		at, n := i, 0
		for ; n < 3 && at+adtsHeader <= len(b) && isADTS(b[at:]) && int(b[at+2]>>2&15) < len(aacRates); n++ {
			length := int(b[at+3]&3)<<11 | int(b[at+4])<<3 | int(b[at+5]>>5)
			if length < adtsHeader {
				break
			}
			at += length
		}
		if n == 3 {
			return true
		}
	}
	return false
}

func continuesFLAC(b []byte) bool {
	for i := 0; i+6 <= len(b); i++ {
		if b[i] != 0xFF || b[i+1]&0xFE != 0xF8 {
			continue
		}
		if _, ok := flacFrameNumber(b[i:]); ok {
			return true
		}
	}
	return false
}

// continuesOgg looks for a whole page whose checksum is right (RFC 3533, section 6).
func continuesOgg(b []byte) bool {
	for {
		i := bytes.Index(b, []byte("OggS"))
		if i < 0 || len(b)-i < oggHeader {
			return false
		}
		page := b[i:]
		size := oggHeader + int(page[26])
		if len(page) < size {
			return false
		}
		for _, lacing := range page[oggHeader:size] {
			size += int(lacing)
		}
		if len(page) >= size && oggChecksum(page[:size]) == binary.LittleEndian.Uint32(page[22:]) {
			return true
		}
		b = page[4:]
	}
}

// oggChecksum is that of a page with its own field taken as zero.
func oggChecksum(page []byte) (sum uint32) {
	for i, c := range page {
		if 22 <= i && i < 26 {
			c = 0
		}
		sum = sum<<8 ^ oggTable[byte(sum>>24)^c]
	}
	return sum
}

// oggTable is of the polynomial 0x04C11DB7, most significant bit first.
var oggTable = func() (table [256]uint32) {
	for i := range table {
		sum := uint32(i) << 24
		for range 8 {
			carry := sum >> 31
			sum = sum<<1 ^ carry*0x04C11DB7
		}
		table[i] = sum
	}
	return table
}()

// fingerprint is a checksum of a piece near the end of the sound, which stays there
// when tags change. Ogg tells its length to the sample, and its pages have numbers that
// tags may shift.
func fingerprint(s source, f Format) uint64 {
	end := int64(0)
	switch f {
	case FormatMP4:
		_, end = mp4Sound(s)
	case FormatMPEG, FormatADTS, FormatFLAC:
		end = (&content{source: s}).endOfSound()
	case FormatVorbis, FormatOpus:
		return 0
	}
	piece, err := s.upTo(max(0, end-2*sampleWindow), int(min(end, holeSize)))
	if err != nil || len(piece) == 0 {
		return 0
	}
	sum := fnv.New64a()
	sum.Write(piece)
	return sum.Sum64()
}

// mp4Sound is the content of the first box of samples.
func mp4Sound(s source) (start, end int64) {
	boxes(s, 0, s.size, func(b box) bool {
		if b.name == "mdat" {
			start, end = b.from, b.to
		}
		return b.name != "mdat"
	})
	return start, end
}
