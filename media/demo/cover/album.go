package cover

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// Edge is the width and height of a cover in pixels.
const Edge = 600

// quality of the JPEG pictures; each is embedded in every piece of its album, so
// every kilobyte counts several times.
const quality = 62

// Picture is a cover as a file.
type Picture struct {
	Ext  string // "jpg" or "png"
	Data []byte
}

// Album paints the cover of an album. An album without a picture of its own is
// an error.
func Album(title string) (Picture, error) {
	var out bytes.Buffer
	var err error
	switch title {
	case "Rooms by the River":
		err = jpeg.Encode(&out, sampled(riverside), &jpeg.Options{Quality: quality})
	case "Hedge and Harbour":
		err = jpeg.Encode(&out, sampled(harbour), &jpeg.Options{Quality: quality})
	case "Slow Weather":
		err = jpeg.Encode(&out, sampled(weather), &jpeg.Options{Quality: quality})
	case "Sixteen Colours":
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err = encoder.Encode(&out, sprite()); err == nil {
			return Picture{"png", out.Bytes()}, nil
		}
	default:
		return Picture{}, fmt.Errorf("cover: no picture for the album %q", title)
	}
	if err != nil {
		return Picture{}, fmt.Errorf("cover: %q: %w", title, err)
	}
	return Picture{"jpg", out.Bytes()}, nil
}

// sampled turns a picture function into pixels. Its coordinates go from 0 to 1,
// x to the right and y down.
func sampled(paint func(x, y float64) shade) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, Edge, Edge))
	const n = 3 // samples per pixel and direction
	for py := range Edge {
		for px := range Edge {
			var sum shade
			for i := range n * n {
				x := (float64(px) + (float64(i%n)+.5)/n) / Edge
				y := (float64(py) + (float64(i/n)+.5)/n) / Edge
				sum = sum.plus(paint(x, y))
			}
			out.SetRGBA(px, py, sum.times(1./(n*n)).rgba())
		}
	}
	return out
}
