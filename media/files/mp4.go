package files

import (
	"fmt"
	"strings"
)

// box is one atom of an MPEG-4 file (ISO 14496-12, section 4.2): its content is
// the range [from, to).
type box struct {
	name     string
	from, to int64
}

// boxes visits the atoms in a range until visit returns false. A size beyond the
// range is cut, as players do. Damaged sizes, and too many atoms, end the walk.
func boxes(s source, from, to int64, visit func(box) bool) {
	var h [16]byte
	for parts := 0; from+8 <= to && parts < maxParts; parts++ {
		if s.at(from, h[:8]) != nil {
			return
		}
		size, head := int64(be32(h[:4])), int64(8)
		switch size {
		case 0:
			size = to - from
		case 1:
			if s.at(from, h[:16]) != nil {
				return
			}
			size, head = int64(be64(h[8:16])&(1<<62-1)), 16
		}
		if size < head {
			return
		}
		if !visit(box{string(h[4:8]), from + head, min(from+size, to)}) {
			return
		}
		from += size
	}
}

// child returns the first atom at the path below a range, e.g. "moov.udta".
func child(s source, in box, path string) (box, bool) {
	for name := range strings.SplitSeq(path, ".") {
		found := false
		boxes(s, in.from, in.to, func(b box) bool {
			if b.name == name {
				in, found = b, true
			}
			return !found
		})
		if !found {
			return box{}, false
		}
	}
	return in, true
}

// readMP4 reads the movie header, the header of the first sound track and the
// description of its samples.
func readMP4(s source) (properties, error) {
	p := properties{format: FormatMP4}
	file := box{from: 0, to: s.size}
	moov, ok := child(s, file, "moov")
	if !ok {
		return properties{}, fmt.Errorf("%w: the index of the MPEG-4 file is missing, it was probably cut off", ErrNotAudio)
	}
	sound := soundTrack(s, moov)
	mdhd, ok := child(s, sound, "mdia.mdhd")
	if !ok {
		return properties{}, fmt.Errorf("%w: an MPEG-4 file without sound track", ErrNotAudio)
	}
	p.seconds = mp4Duration(s, mdhd)
	if played := mp4Edited(s, moov, sound); played > 0 {
		p.seconds = min(p.seconds, played)
	}
	if stsd, ok := child(s, sound, "mdia.minf.stbl.stsd"); ok {
		p.bitrate = mp4Bitrate(s, stsd)
	}
	boxes(s, 0, s.size, func(b box) bool {
		var h [16]byte
		if b.name != "mdat" {
			return true
		}
		// The content was cut to the file; its own size tells what should be there.
		if s.at(b.from-8, h[:8]) == nil {
			size := int64(be32(h[:4]))
			p.truncated = size > 16 && b.from-8+size > s.size
			if p.truncated {
				p.seconds *= float64(b.to-b.from) / float64(size-8)
			}
		}
		return false
	})
	return p, nil
}

// soundTrack is the first sound track of a movie; the zero box without one.
func soundTrack(s source, moov box) (sound box) {
	boxes(s, moov.from, moov.to, func(b box) bool {
		if b.name != "trak" {
			return true
		}
		var kind [4]byte
		hdlr, ok := child(s, b, "mdia.hdlr")
		if ok && s.at(hdlr.from+8, kind[:]) == nil && string(kind[:]) == "soun" {
			sound = b
		}
		return sound.to == 0
	})
	return sound
}

// mp4Duration reads mdhd in seconds; 0 when unknown.
func mp4Duration(s source, b box) float64 {
	scale, ticks := mp4Clock(s, b)
	if scale == 0 {
		return 0
	}
	return float64(ticks) / float64(scale)
}

// mp4Clock reads the ticks per second and the duration in ticks from mdhd or
// mvhd, version 0 or 1; 0 when unknown.
func mp4Clock(s source, b box) (scale uint32, ticks uint64) {
	buf, err := s.upTo(b.from, int(min(b.to-b.from, 36)))
	if err != nil || len(buf) < 20 {
		return 0, 0
	}
	if buf[0] != 1 {
		return be32(buf[12:]), uint64(be32(buf[16:]))
	}
	if len(buf) < 32 {
		return 0, 0
	}
	return be32(buf[20:]), be64(buf[24:])
}

// mp4Edited adds up the parts of the track that its edit list plays; encoders
// use it to leave out the silence they need at the start. 0 without edit list.
func mp4Edited(s source, moov, track box) float64 {
	list, ok := child(s, track, "edts.elst")
	if !ok {
		return 0
	}
	mvhd, ok := child(s, moov, "mvhd")
	if !ok {
		return 0
	}
	var scale [4]byte
	b, err := s.upTo(list.from, int(min(list.to-list.from, 1<<12)))
	if err != nil || len(b) < 8 {
		return 0
	}
	entry, at := 12, mvhd.from+12
	if b[0] == 1 {
		entry = 20
	}
	if version, err := s.upTo(mvhd.from, 1); err == nil && len(version) == 1 && version[0] == 1 {
		at = mvhd.from + 20
	}
	if s.at(at, scale[:]) != nil || be32(scale[:]) == 0 {
		return 0
	}
	var ticks uint64
	for b = b[8:]; len(b) >= entry; b = b[entry:] {
		length, silent := uint64(be32(b)), be32(b[4:]) == 0xFFFFFFFF
		if entry == 20 {
			length, silent = be64(b), be64(b[8:]) == 1<<64-1
		}
		if !silent {
			ticks += length
		}
	}
	return float64(ticks) / float64(be32(scale[:]))
}

// mp4Bitrate reads the average rate from the first sample description: from the
// decoder configuration of AAC (ISO 14496-1, section 7.2.6.6) or from the ALAC
// cookie. 0 when it is not told.
func mp4Bitrate(s source, stsd box) int {
	var entry box
	boxes(s, stsd.from+8, stsd.to, func(b box) bool { entry = b; return false })
	var version [2]byte
	if entry.to-entry.from < 28 || s.at(entry.from+8, version[:]) != nil {
		return 0
	}
	inner := entry.from + 28
	switch version[1] { // QuickTime's longer sample descriptions
	case 1:
		inner += 16
	case 2:
		inner += 36
	}
	in := box{from: inner, to: entry.to}
	switch entry.name {
	case "mp4a":
		if esds, ok := child(s, in, "esds"); ok {
			return esdsBitrate(s, esds)
		}
	case "alac":
		if cookie, ok := child(s, in, "alac"); ok {
			if b, err := s.upTo(cookie.from, 28); err == nil && len(b) == 28 {
				return int(be32(b[20:]) & 0x7FFFFFFF)
			}
		}
	}
	return 0
}

// esdsBitrate walks the descriptors: 3 (ES) holds 4 (decoder configuration).
func esdsBitrate(s source, esds box) int {
	b, err := s.upTo(esds.from, int(min(esds.to-esds.from, 256)))
	if err != nil || len(b) < 4 {
		return 0
	}
	b = b[4:]
	for range 4 {
		if len(b) < 2 {
			return 0
		}
		tag := b[0]
		b = b[1:]
		for i := 0; i < 4 && len(b) > 0; i++ { // length, seven bits a byte
			more := b[0]&0x80 != 0
			b = b[1:]
			if !more {
				break
			}
		}
		switch {
		case tag == 4 && len(b) >= 13:
			return int(be32(b[9:]) & 0x7FFFFFFF)
		case tag == 3 && len(b) >= 3:
			flags := b[2]
			b = b[3:]
			if flags&0x80 != 0 && len(b) >= 2 {
				b = b[2:]
			}
			if flags&0x40 != 0 && len(b) >= 1 {
				b = b[min(len(b), 1+int(b[0])):]
			}
			if flags&0x20 != 0 && len(b) >= 2 {
				b = b[2:]
			}
		default:
			return 0
		}
	}
	return 0
}
