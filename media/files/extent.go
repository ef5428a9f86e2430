package files

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrProtected is returned for a file whose sound is encrypted (DRM).
var ErrProtected = errors.New("the file is protected against copying (DRM) and can only be played by its shop's player")

// Extent is how much of what a decoder makes of an MPEG-4 file is the song. The
// last frame of AAC is padded, and decoders leave the padding in.
type Extent struct {
	Ticks int64 // of Rate, from the first sample a decoder delivers; 0: everything
	Rate  int   // ticks per second, usually the sample rate
}

// maxPadding is how many ticks of padding are believed: two frames of the longest
// kind.
const maxPadding = 2 * 2048

// Extent reads from an MPEG-4 file where its song ends: from what iTunes and many
// encoders write into the tag iTunSMPB, else from the edit list (ISO 14496-12,
// section 8.6.6). Files of other formats, which decoders end where they should,
// and files that do not tell, have the zero Extent. Errors: [ErrProtected], those
// of [Music.Open] and of reading.
func (m *Music) Extent(rel string) (Extent, error) {
	file, err := m.Open(rel)
	if err != nil {
		return Extent{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Extent{}, fmt.Errorf("files: %w", err)
	}
	e, err := readExtent(source{file, info.Size()})
	if err != nil {
		return Extent{}, fmt.Errorf("files: %q: %w", rel, err)
	}
	return e, nil
}

func readExtent(s source) (Extent, error) {
	magic, err := s.upTo(0, 8)
	if err != nil || len(magic) < 8 || string(magic[4:]) != "ftyp" {
		return Extent{}, err
	}
	moov, ok := child(s, box{to: s.size}, "moov")
	if !ok {
		return Extent{}, nil
	}
	track := soundTrack(s, moov)
	if protected(s, track) {
		return Extent{}, ErrProtected
	}
	mdhd, ok := child(s, track, "mdia.mdhd")
	if !ok {
		return Extent{}, nil
	}
	scale, total := mp4Clock(s, mdhd)
	if scale == 0 || total == 0 || total > math.MaxInt64/2 || float64(total)/float64(scale) > maxSeconds {
		return Extent{}, nil
	}
	ticks, told := smpbTicks(s, moov, int64(total))
	if !told {
		ticks, told = editedTicks(s, moov, track, int64(scale), int64(total))
	}
	if !told {
		return Extent{}, nil
	}
	return Extent{Ticks: ticks, Rate: int(scale)}, nil
}

// protected reports whether the samples are described as encrypted: "drms" is that
// of FairPlay, "enca" that of ISO 14496-12, section 8.12.
func protected(s source, track box) (found bool) {
	stsd, ok := child(s, track, "mdia.minf.stbl.stsd")
	if ok {
		boxes(s, stsd.from+8, stsd.to, func(b box) bool {
			found = b.name == "drms" || b.name == "enca"
			return !found
		})
	}
	return found
}

// smpbTicks reads the tag iTunSMPB: hexadecimal numbers, of which the second is the
// delay of the encoder, the third the padding and the fourth the length of the
// song, in samples. It is believed when the track is about as long as all three.
func smpbTicks(s source, moov box, total int64) (ticks int64, told bool) {
	meta, ok := child(s, moov, "udta.meta")
	if !ok {
		return 0, false
	}
	// Unlike QuickTime's, this box has a version in front of its content.
	ilst, ok := child(s, box{from: meta.from + 4, to: meta.to}, "ilst")
	if !ok {
		return 0, false
	}
	boxes(s, ilst.from, ilst.to, func(b box) bool {
		if b.name != "----" || tagText(s, b, "name", 4) != "iTunSMPB" {
			return true
		}
		fields := strings.Fields(tagText(s, b, "data", 8))
		if len(fields) < 4 {
			return false
		}
		var numbers [4]int64
		for i := range numbers {
			n, err := strconv.ParseInt(fields[i], 16, 64)
			if err != nil || n < 0 || n > math.MaxInt64/4 {
				return false
			}
			numbers[i] = n
		}
		delay, padding, length := numbers[1], numbers[2], numbers[3]
		off := delay + padding + length - total
		ticks, told = length, length > 0 && delay <= 4*maxPadding && padding <= maxPadding && -maxPadding <= off && off <= maxPadding
		return false
	})
	return ticks, told
}

// tagText is the content of a box inside a tag, behind so many bytes of header.
func tagText(s source, tag box, name string, header int64) string {
	b, ok := child(s, tag, name)
	if !ok || b.to-b.from < header {
		return ""
	}
	text, err := s.upTo(b.from+header, int(min(b.to-b.from-header, 256)))
	if err != nil {
		return ""
	}
	return string(text)
}

// editedTicks reads an edit list of one entry, which leaves out the delay at the
// beginning. The length of the entry counts in ticks of the movie, often only
// thousandths of a second; the end of the track is the exact one when both say the
// same.
func editedTicks(s source, moov, track box, scale, total int64) (ticks int64, told bool) {
	list, ok := child(s, track, "edts.elst")
	mvhd, found := child(s, moov, "mvhd")
	if !ok || !found {
		return 0, false
	}
	movie, _ := mp4Clock(s, mvhd)
	b, err := s.upTo(list.from, int(min(list.to-list.from, 28)))
	if err != nil || len(b) < 20 || be32(b[4:]) != 1 || movie == 0 {
		return 0, false
	}
	length, start := uint64(be32(b[8:])), int64(int32(be32(b[12:])))
	if b[0] == 1 {
		if len(b) < 28 {
			return 0, false
		}
		length, start = be64(b[8:]), int64(be64(b[16:]))
	}
	if length == 0 || length > math.MaxInt64/2/uint64(scale) || start < 0 || start >= total {
		return 0, false
	}
	step := scale/int64(movie) + 1
	edited, rest := int64(length)*scale/int64(movie), total-start
	switch cut := rest - edited; {
	case -step <= cut && cut <= step:
		return rest, true
	case 0 < cut && cut <= maxPadding:
		return edited, true
	}
	return 0, false
}
