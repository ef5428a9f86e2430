package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ogg hashes the packets of sound: what the pages hold, wherever their borders are,
// without the packets at the begin, which describe the stream and hold the tags.
func (c *content) ogg(start int64) error {
	var page oggPage
	if err := page.read(c.source, start); err != nil {
		return err
	}
	var headers int // packets that are none of sound
	packet, err := c.upTo(page.body, 8)
	switch {
	case err != nil:
		return err
	case bytes.HasPrefix(packet, []byte("\x01vorbis")):
		headers = 3
	case bytes.HasPrefix(packet, []byte("OpusHead")):
		headers = 2
	default:
		return fmt.Errorf("%w: an Ogg file with neither Vorbis nor Opus", ErrNotAudio)
	}
	serial := page.serial
	for {
		from := page.body
		if page.serial == serial {
			from, headers = page.behind(headers)
		}
		if err := c.span(from, page.end); err != nil {
			return err
		}
		err := page.read(c.source, page.end)
		if errors.Is(err, ErrNotAudio) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // what follows is no page, or cut off
		}
		if err != nil {
			return err
		}
	}
}

// oggPage is where a page is and how its body is divided (RFC 3533, section 6).
type oggPage struct {
	serial    uint32
	body, end int64
	lacing    []byte
	room      [255]byte
}

func (p *oggPage) read(s source, offset int64) error {
	var h [oggHeader]byte
	err := s.at(offset, h[:])
	if err == nil && string(h[:4]) != "OggS" {
		err = fmt.Errorf("%w: no Ogg page where one should be", ErrNotAudio)
	}
	if err != nil {
		return err
	}
	p.serial = binary.LittleEndian.Uint32(h[14:])
	p.lacing = p.room[:h[26]]
	if err := s.at(offset+oggHeader, p.lacing); err != nil {
		return err
	}
	p.body = offset + oggHeader + int64(len(p.lacing))
	p.end = p.body
	for _, n := range p.lacing {
		p.end += int64(n)
	}
	return nil
}

// behind is where in this page the sound begins if so many packets are to come before
// it, and how many of them are left for the next page.
func (p *oggPage) behind(packets int) (offset int64, left int) {
	offset = p.body
	for _, n := range p.lacing {
		if packets == 0 {
			break
		}
		offset += int64(n)
		if n < 255 {
			packets--
		}
	}
	return offset, packets
}
