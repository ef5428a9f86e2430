package artwork

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"

	"golang.org/x/image/webp"
)

// errWebP is a WebP file whose parts contradict each other.
var errWebP = errors.New("webp: invalid format")

// stillWebP is the picture of a WebP file, or the first one of an animation
// (WebP container specification).
type stillWebP struct {
	canvas  image.Point
	at      image.Rectangle // where the picture lies on the canvas
	alpha   []byte          // chunk ALPH, may be nil
	picture []byte          // chunk VP8 or VP8L
	kind    string          // "VP8 " or "VP8L"
}

// openWebP opens a WebP file. The decoder knows no animations, refuses lossless
// pictures with a header for transparency, and believes the size of the container
// while the picture in it has another: so the container is read here, and the
// decoder gets one picture.
func openWebP(data []byte) (*file, error) {
	still, err := findStill(data)
	if err != nil {
		return nil, err
	}
	decode := func() (image.Image, error) {
		m, err := webp.Decode(bytes.NewReader(still.file()))
		if err != nil {
			return nil, err
		}
		return onCanvas(moved(m, still.at.Min), still.canvas.X, still.canvas.Y), nil
	}
	return &file{"WebP", still.canvas.X, still.canvas.Y, upright, decode}, nil
}

// findStill reads the container. What it returns lies within its canvas.
func findStill(data []byte) (*stillWebP, error) {
	s := &stillWebP{}
	for body := data[12:]; s.picture == nil; {
		id, chunk, rest, err := nextChunk(body)
		if err != nil {
			return nil, err
		}
		body = rest
		switch {
		case id == "VP8X" && len(chunk) == 10 && s.canvas == (image.Point{}):
			s.canvas = image.Pt(uint24(chunk[4:])+1, uint24(chunk[7:])+1)
		case id == "VP8X", id == "ANMF" && (len(chunk) < 16 || s.canvas == image.Point{}):
			return nil, errWebP
		case id == "ANMF":
			s.at.Min = image.Pt(2*uint24(chunk), 2*uint24(chunk[3:]))
			s.at.Max = s.at.Min.Add(image.Pt(uint24(chunk[6:])+1, uint24(chunk[9:])+1))
			body, s.alpha = chunk[16:], nil
		case id == "ALPH":
			s.alpha = chunk
		case id == "VP8 ", id == "VP8L":
			s.kind, s.picture = id, chunk
		}
	}
	size, err := s.size()
	if err != nil {
		return nil, err
	}
	if s.canvas == (image.Point{}) {
		s.canvas = size
	}
	if s.at.Empty() {
		s.at.Max = s.canvas
	}
	if s.at.Size() != size || !s.at.In(image.Rectangle{Max: s.canvas}) {
		return nil, fmt.Errorf("%w: a picture of %v on a canvas of %v", errWebP, s.at, s.canvas)
	}
	return s, nil
}

func nextChunk(body []byte) (id string, chunk, rest []byte, err error) {
	if len(body) < 8 {
		return "", nil, nil, fmt.Errorf("%w: there is no picture in it", errWebP)
	}
	id, size := string(body[:4]), binary.LittleEndian.Uint32(body[4:])
	body = body[8:]
	if uint64(size) > uint64(len(body)) {
		return "", nil, nil, fmt.Errorf("%w: the file ends within a part", errWebP)
	}
	return id, body[:size], body[min(len(body), int(size)+int(size&1)):], nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// size is what the picture itself says: VP8, RFC 6386 section 9.1; VP8L, WebP
// lossless bitstream specification section 3.
func (s *stillWebP) size() (image.Point, error) {
	p := s.picture
	switch {
	case s.kind == "VP8 " && len(p) >= 10 && p[3] == 0x9d && p[4] == 0x01 && p[5] == 0x2a:
		return image.Pt(int(binary.LittleEndian.Uint16(p[6:])&0x3fff), int(binary.LittleEndian.Uint16(p[8:])&0x3fff)), nil
	case s.kind == "VP8L" && len(p) >= 5 && p[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(p[1:])
		return image.Pt(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1), nil
	}
	return image.Point{}, fmt.Errorf("%w: the picture has no header", errWebP)
}

// file is a WebP file of this picture alone.
func (s *stillWebP) file() []byte {
	out := append([]byte("RIFF"), make([]byte, 4)...)
	out = append(out, "WEBP"...)
	if s.kind == "VP8 " && s.alpha != nil {
		const alphaBit = 1 << 4
		w, h := s.at.Dx()-1, s.at.Dy()-1
		out = appendChunk(out, "VP8X", []byte{alphaBit, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
		out = appendChunk(out, "ALPH", s.alpha)
	}
	out = appendChunk(out, s.kind, s.picture)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func appendChunk(out []byte, id string, chunk []byte) []byte {
	out = append(out, id...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(chunk)))
	out = append(out, chunk...)
	return append(out, make([]byte, len(chunk)&1)...)
}

// moved returns a picture of the decoder with its corner at another place.
func moved(m image.Image, to image.Point) image.Image {
	switch m := m.(type) {
	case *image.YCbCr:
		m.Rect = m.Rect.Add(to)
	case *image.NYCbCrA:
		m.Rect = m.Rect.Add(to)
	case *image.NRGBA:
		m.Rect = m.Rect.Add(to)
	}
	return m
}
