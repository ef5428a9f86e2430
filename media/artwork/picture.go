package artwork

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// What can be wrong with a picture.
var (
	// ErrFormat: the file is no JPEG, PNG, GIF or WebP picture.
	ErrFormat = errors.New("unknown picture format; use JPEG, PNG, GIF or WebP")

	// ErrTooLarge: more bytes than MaxBytes or more pixels than
	// Options.MaxPixels. See SizeError.
	ErrTooLarge = errors.New("the picture is too large; scale it down")

	// ErrDamaged: the file begins like a picture but can not be decoded.
	ErrDamaged = errors.New("the picture is damaged")
)

// SizeError says how large a refused picture is. It is an ErrTooLarge.
type SizeError struct {
	Width, Height int // pixels, as the header states
	MaxPixels     int
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%v: it has %d × %d pixels, the limit is %d in all", ErrTooLarge, e.Width, e.Height, e.MaxPixels)
}

func (e *SizeError) Unwrap() error { return ErrTooLarge }

// jpegQuality of everything this package encodes. At 90 no scale of an ordinary
// cover shows blocks, and the 150 pixel copy is still below 15 KB.
const jpegQuality = 90

type format struct {
	magic  string // '?' matches any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode},
	{"RIFF????WEBP", webp.DecodeConfig, webp.Decode},
}

// picture is a decoded, upright and opaque picture.
type picture struct {
	pixels image.Image

	// storable says that the bytes it came from are a JPEG that every browser
	// shows just as pixels are.
	storable bool
}

// decode checks and decodes a picture of unknown origin.
func (s *Store) decode(data []byte) (picture, error) {
	if len(data) > MaxBytes {
		return picture{}, fmt.Errorf("%w: the file has more than %d MB", ErrTooLarge, MaxBytes>>20)
	}
	f := identify(data)
	if f == nil {
		return picture{}, ErrFormat
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return picture{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if c.Width < 1 || c.Height < 1 {
		return picture{}, fmt.Errorf("%w: it has no pixels", ErrDamaged)
	}
	if c.Width > s.maxPixels/c.Height {
		return picture{}, &SizeError{c.Width, c.Height, s.maxPixels}
	}
	pixels, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return picture{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	// A GIF frame may be smaller than the screen its header announces.
	if b := pixels.Bounds(); b.Empty() {
		return picture{}, fmt.Errorf("%w: it has no pixels", ErrDamaged)
	}
	turn := upright
	if f == &formats[0] {
		turn = orientation(data)
	}
	_, isYCbCr := pixels.(*image.YCbCr)
	_, isGray := pixels.(*image.Gray)
	if f == &formats[0] && turn == upright && (isYCbCr || isGray) {
		return picture{pixels, true}, nil
	}
	return picture{turned(opaque(pixels), turn), false}, nil
}

func identify(data []byte) *format {
	for i := range formats {
		if matches(formats[i].magic, data) {
			return &formats[i]
		}
	}
	return nil
}

func matches(magic string, data []byte) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// opaque puts the picture on white.
func opaque(m image.Image) image.Image {
	switch m.(type) {
	case *image.YCbCr, *image.Gray:
		return m
	}
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, b.Min, draw.Over)
	return out
}

// Encode returns a picture as the JPEG file that this package would keep of it.
func Encode(m image.Image) ([]byte, error) { return encode(m) }

func encode(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: jpegQuality})
	return out.Bytes(), err
}
