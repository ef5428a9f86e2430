package files

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// id3Marks are the frames of an ID3v2 tag that TagLib's normalised keys do not
// tell apart: the language of a comment, lyrics as against a user text called
// lyrics, and the owner of private data.
type id3Marks struct {
	comment string // first COMM with empty description and language eng
	lyrics  string // first USLT
	private string // owner of the first PRIV
}

const maxID3Frame = 1 << 20 // longer frames are pictures, none of ours

// readID3Marks walks the frames of the first ID3v2 tag (ID3v2.2, 2.3 and 2.4,
// each section 3 and 4 of its structure document). Damage ends the walk; what was
// found before counts.
func readID3Marks(s source) (marks id3Marks) {
	var h [10]byte
	if s.at(0, h[:]) != nil || string(h[:3]) != "ID3" || h[3] < 2 || h[3] > 4 {
		return marks
	}
	version, flags := h[3], h[5]
	at, end := int64(10), min(10+int64(synchsafe(h[6:10])), s.size)
	if flags&0x40 != 0 && version > 2 { // extended header
		var size [4]byte
		if s.at(at, size[:]) != nil {
			return marks
		}
		if version == 4 {
			at += int64(synchsafe(size[:]))
		} else {
			at += 4 + int64(be32(size[:]))
		}
	}
	frame := id3Frame{version: version, unsynchronised: flags&0x80 != 0}
	seen := map[string]bool{}
	for parts := 0; parts < maxParts && frame.next(s, &at, end); parts++ {
		id := frame.id
		if frame.body == nil || seen[id] && id != "COMM" {
			continue
		}
		seen[id] = true
		switch id {
		case "USLT":
			_, _, marks.lyrics, _ = languageText(frame.body)
		case "PRIV":
			owner, _, _ := bytes.Cut(frame.body, []byte{0})
			marks.private = latin1(owner)
		case "COMM":
			language, description, text, ok := languageText(frame.body)
			if ok && marks.comment == "" && language == "eng" && description == "" {
				marks.comment = text
			}
		}
	}
	return marks
}

// id3Frame is a cursor over the frames of a tag.
type id3Frame struct {
	version        byte
	unsynchronised bool
	id             string // in its four letter form
	body           []byte // nil for frames that are of no interest or not readable
}

// next reads the frame at the offset and moves the offset behind it.
func (f *id3Frame) next(s source, at *int64, end int64) bool {
	head := int64(10)
	if f.version == 2 {
		head = 6
	}
	var h [10]byte
	if *at+head > end || s.at(*at, h[:head]) != nil || h[0] == 0 {
		return false
	}
	var size int64
	f.id = string(h[:4])
	switch f.version {
	case 2:
		f.id, size = string(h[:3]), int64(h[3])<<16|int64(h[4])<<8|int64(h[5])
		f.id = map[string]string{"ULT": "USLT", "COM": "COMM"}[f.id]
	case 3:
		size = int64(be32(h[4:8]))
	default:
		size = int64(synchsafe(h[4:8]))
	}
	body := *at + head
	*at = body + size
	f.body = nil
	if *at > end {
		return false
	}
	if size == 0 || size > maxID3Frame || !strings.Contains("USLT PRIV COMM", f.id) || len(f.id) != 4 {
		return true
	}
	f.body = make([]byte, size)
	if s.at(body, f.body) != nil {
		return false
	}
	if !f.decode(h[9]) {
		f.body = nil
	}
	return true
}

// decode undoes what the format flags say; compressed and encrypted frames are
// not readable.
func (f *id3Frame) decode(flags byte) bool {
	unsynchronised := f.unsynchronised
	skip := 0
	switch f.version {
	case 3:
		if flags&0xC0 != 0 {
			return false
		}
		skip = int(flags >> 5 & 1) // group
	case 4:
		if flags&0x0C != 0 {
			return false
		}
		unsynchronised = unsynchronised || flags&2 != 0
		skip = int(flags>>6&1) + 4*int(flags&1) // group, data length
	}
	if skip > len(f.body) {
		return false
	}
	f.body = f.body[skip:]
	if unsynchronised {
		f.body = bytes.ReplaceAll(f.body, []byte{0xFF, 0}, []byte{0xFF})
	}
	return true
}

// languageText splits the body of COMM and USLT: encoding, language,
// description, text.
func languageText(body []byte) (language, description, text string, ok bool) {
	if len(body) < 4 {
		return "", "", "", false
	}
	encoding, language, rest := body[0], string(body[1:4]), body[4:]
	cut, width := bytes.IndexByte(rest, 0), 1
	if encoding == 1 || encoding == 2 {
		width = 2
		for cut = 0; cut+1 < len(rest) && (rest[cut] != 0 || rest[cut+1] != 0); cut += 2 {
		}
	}
	if cut < 0 || cut+width > len(rest) {
		return "", "", "", false
	}
	return language, decodeText(encoding, rest[:cut]), decodeText(encoding, rest[cut+width:]), true
}

// decodeText reads a text up to its terminator. Encodings: 0 Latin-1, 1 UTF-16
// with byte order mark, 2 UTF-16 big endian, 3 UTF-8.
func decodeText(encoding byte, b []byte) string {
	switch encoding {
	case 1, 2:
		var order binary.ByteOrder = binary.BigEndian
		if encoding == 1 && len(b) >= 2 {
			if b[0] == 0xFF && b[1] == 0xFE {
				order = binary.LittleEndian
			}
			if b[0]^b[1] == 1 && b[0] >= 0xFE {
				b = b[2:]
			}
		}
		units := make([]uint16, 0, len(b)/2)
		for ; len(b) >= 2; b = b[2:] {
			unit := order.Uint16(b)
			if unit == 0 {
				break
			}
			units = append(units, unit)
		}
		return string(utf16.Decode(units))
	case 3:
		b, _, _ = bytes.Cut(b, []byte{0})
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	b, _, _ = bytes.Cut(b, []byte{0})
	return latin1(b)
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
