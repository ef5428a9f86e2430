package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

const oggHeader = 27 // bytes of a page header before the segment table (RFC 3533, section 6)

// readOgg reads the identification header in the first page and the position
// told by the last page of the same stream.
func readOgg(s source, start int64) (properties, error) {
	head, err := s.upTo(start, oggHeader+255+64)
	if err != nil || len(head) < oggHeader {
		return properties{}, fmt.Errorf("%w: the Ogg file ends in its first page", ErrNotAudio)
	}
	packet := head[min(oggHeader+int(head[26]), len(head)):]
	var p properties
	var rate, skip uint64
	switch {
	case bytes.HasPrefix(packet, []byte("\x01vorbis")) && len(packet) >= 16:
		p.format, rate = FormatVorbis, uint64(binary.LittleEndian.Uint32(packet[12:]))
	case bytes.HasPrefix(packet, []byte("OpusHead")) && len(packet) >= 12:
		// RFC 7845, section 4: positions count at 48 kHz and include the pre-skip.
		p.format, rate, skip = FormatOpus, 48000, uint64(binary.LittleEndian.Uint16(packet[10:]))
	default:
		return properties{}, fmt.Errorf("%w: an Ogg file with neither Vorbis nor Opus", ErrNotAudio)
	}
	position, last := lastPage(s, head[14:18])
	if rate == 0 || position <= skip {
		return properties{}, fmt.Errorf("%w: the Ogg stream does not tell its duration", ErrNotAudio)
	}
	p.seconds = float64(position-skip) / float64(rate)
	p.truncated = !last
	return p, nil
}

// lastPage searches backwards the last page of the stream that has a position.
// Its second result tells whether it is marked as the end of the stream.
func lastPage(s source, serial []byte) (position uint64, last bool) {
	const window = 1 << 17 // two pages of the largest size
	from := max(0, s.size-window)
	tail, err := s.upTo(from, window)
	if err != nil {
		return 0, false
	}
	for end := len(tail); ; {
		i := bytes.LastIndex(tail[:end], []byte("OggS"))
		if i < 0 {
			return 0, false
		}
		if page := tail[i:]; len(page) >= oggHeader && bytes.Equal(page[14:18], serial) {
			if position := binary.LittleEndian.Uint64(page[6:]); position != 1<<64-1 {
				return position, page[5]&4 != 0
			}
		}
		end = i
	}
}
