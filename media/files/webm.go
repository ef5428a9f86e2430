package files

import "math"

// ebmlMagic is the ID of the EBML header, with which WebM files begin (RFC 8794,
// section 11.2.1).
const ebmlMagic = "\x1A\x45\xDF\xA3"

// The elements of WebM that are read (RFC 9559, section 5.1).
const (
	webmSegment       = 0x18538067
	webmInfo          = 0x1549A966
	webmTimecodeScale = 0x2AD7B1
	webmDuration      = 0x4489
	webmTracks        = 0x1654AE6B
	webmTrackEntry    = 0xAE
	webmCodecID       = 0x86
	webmVideo         = 0xE0
	webmPixelWidth    = 0xB0
	webmPixelHeight   = 0xBA
	webmDisplayWidth  = 0x54B0
	webmDisplayHeight = 0x54BA
	webmDisplayUnit   = 0x54B2
)

// elements visits the EBML elements in a range until visit returns false. An
// unknown or impossible size reaches to the end of the range.
func elements(s source, from, to int64, visit func(id uint32, from, to int64) bool) {
	for parts := 0; from < to && parts < maxParts; parts++ {
		id, n, ok := vint(s, from, true)
		if !ok || n > 4 {
			return
		}
		size, m, ok := vint(s, from+n, false)
		if !ok {
			return
		}
		from += n + m
		end := to
		if unknown := uint64(1)<<(7*m) - 1; size != unknown && size <= uint64(to-from) {
			end = from + int64(size)
		}
		if !visit(uint32(id), from, end) {
			return
		}
		from = end
	}
}

// vint reads a number of variable length (RFC 8794, section 4); an ID keeps its
// marker.
func vint(s source, at int64, marker bool) (value uint64, length int64, ok bool) {
	var b [8]byte
	if s.at(at, b[:1]) != nil || b[0] == 0 {
		return 0, 0, false
	}
	length = 1
	for mask := byte(0x80); b[0]&mask == 0; mask >>= 1 {
		length++
	}
	if s.at(at, b[:length]) != nil {
		return 0, 0, false
	}
	value = uint64(b[0])
	if !marker {
		value &= 1<<(8-length) - 1
	}
	for _, next := range b[1:length] {
		value = value<<8 | uint64(next)
	}
	return value, length, true
}

// readWebM reads the segment's information and the first picture track.
func readWebM(s source) (v Video) {
	scale, duration := uint64(1_000_000), 0.0
	segment := func(id uint32, from, to int64) bool {
		switch id {
		case webmInfo:
			elements(s, from, to, func(id uint32, from, to int64) bool {
				switch id {
				case webmTimecodeScale:
					scale = ebmlInteger(s, from, to)
				case webmDuration:
					duration = ebmlFloat(s, from, to)
				}
				return true
			})
		case webmTracks:
			elements(s, from, to, func(id uint32, from, to int64) bool {
				if id == webmTrackEntry && v.X == 0 {
					v.webmTrack(s, from, to)
				}
				return true
			})
		}
		return duration == 0 || v.X == 0 // both come before the sound and pictures
	}
	elements(s, 0, s.size, func(id uint32, from, to int64) bool {
		if id == webmSegment {
			elements(s, from, to, segment)
			return false
		}
		return true
	})
	v.Seconds = duration * float64(scale) / 1e9
	return v
}

func (v *Video) webmTrack(s source, from, to int64) {
	var codec string
	var picture struct{ width, height, showWidth, showHeight, unit uint64 }
	elements(s, from, to, func(id uint32, from, to int64) bool {
		switch id {
		case webmCodecID:
			if name, err := s.upTo(from, int(min(to-from, 64))); err == nil {
				codec = string(name)
			}
		case webmVideo:
			elements(s, from, to, func(id uint32, from, to int64) bool {
				field := map[uint32]*uint64{webmPixelWidth: &picture.width, webmPixelHeight: &picture.height,
					webmDisplayWidth: &picture.showWidth, webmDisplayHeight: &picture.showHeight, webmDisplayUnit: &picture.unit}[id]
				if field != nil {
					*field = ebmlInteger(s, from, to)
				}
				return true
			})
		}
		return true
	})
	if picture.width == 0 || picture.height == 0 || picture.width > math.MaxInt32 || picture.height > math.MaxInt32 {
		return
	}
	v.Codec, v.X, v.Y = codecs[codec], int(picture.width), int(picture.height)
	if picture.unit <= 3 && picture.showWidth > 0 && picture.showHeight > 0 { // only its proportions count
		v.X = int(min(float64(picture.height)*float64(picture.showWidth)/float64(picture.showHeight), math.MaxInt32))
	}
}

func ebmlInteger(s source, from, to int64) (value uint64) {
	b, err := s.upTo(from, int(min(to-from, 8)))
	if err != nil {
		return 0
	}
	for _, next := range b {
		value = value<<8 | uint64(next)
	}
	return value
}

func ebmlFloat(s source, from, to int64) float64 {
	b, err := s.upTo(from, int(min(to-from, 8)))
	switch {
	case err != nil:
		return 0
	case len(b) == 4:
		return float64(math.Float32frombits(be32(b)))
	case len(b) == 8:
		return math.Float64frombits(be64(b))
	}
	return 0
}
