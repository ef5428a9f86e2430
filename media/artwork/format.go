package artwork

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
)

func openPNG(data []byte) (*file, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	decode := func() (image.Image, error) { return png.Decode(bytes.NewReader(data)) }
	return &file{"PNG", c.Width, c.Height, upright, decode}, nil
}

// openGIF opens the first picture of a GIF file.
func openGIF(data []byte) (*file, error) {
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	decode := func() (image.Image, error) {
		m, err := gif.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return onCanvas(m, c.Width, c.Height), nil
	}
	return &file{"GIF", c.Width, c.Height, upright, decode}, nil
}

// onCanvas puts a picture that may cover only a part of its canvas where its bounds
// say, and white around it.
func onCanvas(m image.Image, w, h int) image.Image {
	canvas := image.Rect(0, 0, w, h)
	if m.Bounds() == canvas {
		return m
	}
	out := image.NewRGBA(canvas)
	draw.Draw(out, canvas, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, m.Bounds().Intersect(canvas), m, m.Bounds().Intersect(canvas).Min, draw.Over)
	return out
}

const (
	markerSOS = 0xda
	markerEOI = 0xd9

	// maxScans is far above what encoders write (progressive: about ten). Each scan
	// may be a few bytes long and makes the decoder pass over all pixels once.
	maxScans = 64
)

func openJPEG(data []byte) (*file, error) {
	if n := scans(data); n > maxScans {
		return nil, fmt.Errorf("%w: it has %d scans, the limit is %d", ErrTooLarge, n, maxScans)
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	decode := func() (image.Image, error) {
		if !endsAsJPEG(data) {
			// A missing end marker takes no pixel away.
			data = append(data[:len(data):len(data)], 0xff, markerEOI)
		}
		return jpeg.Decode(bytes.NewReader(data))
	}
	return &file{"JPEG", c.Width, c.Height, orientation(data), decode}, nil
}

// scans counts the scans of a JPEG file. In compressed data a marker is never met:
// there a zero follows upon 0xff (ITU-T T.81, B.1.1.5).
func scans(data []byte) (n int) {
	for i := 2; i+4 <= len(data); {
		switch marker := data[i+1]; {
		case data[i] != 0xff || marker == 0 || marker == 0xff || marker >= 0xd0 && marker <= 0xd8:
			i++ // compressed data, padding, or a marker without length
			continue
		case marker == markerEOI:
			return n
		case marker == markerSOS:
			n++
		}
		i += 2 + int(binary.BigEndian.Uint16(data[i+2:]))
	}
	return n
}

// endsAsJPEG reports whether a file has the end marker of a JPEG file as its last
// bytes. Files that a power failure has cut off or filled with zeros have not.
func endsAsJPEG(data []byte) bool {
	return bytes.HasSuffix(data, []byte{0xff, markerEOI})
}
