package artwork

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// What can be wrong with a picture.
var (
	// ErrFormat: the file is no JPEG, PNG, GIF or WebP picture, or one of a kind
	// that is not understood (JPEG with arithmetic coding or 12 bits).
	ErrFormat = errors.New("unknown picture format; use JPEG, PNG, GIF or WebP")

	// ErrTooLarge: more bytes than MaxBytes, more pixels than Options.MaxPixels or
	// more scans than a picture can need. See SizeError.
	ErrTooLarge = errors.New("the picture is too large; scale it down")

	// ErrDamaged: the file begins like a picture but can not be decoded to its end.
	// No half of a picture becomes a cover: a better copy can be looked for as long
	// as the album has none.
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

// Info is what the header of a picture says.
type Info struct {
	Format        string // "JPEG", "PNG", "GIF" or "WebP", from the first bytes and not from a name
	Width, Height int    // pixels, as the picture is seen
}

// picture is a decoded, upright and opaque picture.
type picture struct {
	pixels image.Image // *image.YCbCr or *image.Gray

	// storable says that the bytes it came from are a JPEG that every browser
	// shows just as pixels are.
	storable bool
}

// Inspect tells what a picture is, from its header: no pixel is decoded. The
// error is that of [Store.SetCover], as far as a header shows it.
func (s *Store) Inspect(data []byte) (Info, error) {
	file, err := s.open(data)
	if err != nil {
		return Info{}, err
	}
	return file.info(), nil
}

// file is a picture file that may be decoded: it is not larger than allowed.
type file struct {
	format        string
	width, height int // as stored
	turn          int // Exif orientation
	decode        func() (image.Image, error)
}

func (f *file) info() Info {
	if f.turn >= 5 {
		return Info{f.format, f.height, f.width}
	}
	return Info{f.format, f.width, f.height}
}

// open checks a picture of unknown origin as far as that needs no memory.
func (s *Store) open(data []byte) (*file, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: the file has more than %d MB", ErrTooLarge, MaxBytes>>20)
	}
	var open func([]byte) (*file, error)
	for _, f := range []struct {
		magic string // '?' matches any byte
		open  func([]byte) (*file, error)
	}{
		{"\xff\xd8\xff", openJPEG},
		{"\x89PNG\r\n\x1a\n", openPNG},
		{"GIF8?a", openGIF},
		{"RIFF????WEBP", openWebP},
	} {
		if matches(f.magic, data) {
			open = f.open
		}
	}
	if open == nil {
		return nil, ErrFormat
	}
	f, err := open(data)
	if err != nil {
		return nil, refused(err)
	}
	if f.width < 1 || f.height < 1 {
		return nil, fmt.Errorf("%w: it has no pixels", ErrDamaged)
	}
	if f.width > s.maxPixels/f.height {
		return nil, &SizeError{f.width, f.height, s.maxPixels}
	}
	return f, nil
}

// decode checks and decodes a picture of unknown origin. The caller holds
// s.decoding.
func (s *Store) decode(data []byte) (picture, error) {
	f, err := s.open(data)
	if err != nil {
		return picture{}, err
	}
	pixels, err := f.decode()
	if err != nil {
		return picture{}, refused(err)
	}
	if size := pixels.Bounds().Size(); size != (image.Point{f.width, f.height}) {
		return picture{}, fmt.Errorf("%w: it has %d × %d pixels and not the %d × %d of its header", ErrDamaged, size.X, size.Y, f.width, f.height)
	}
	if f.format == "JPEG" && f.turn == upright && isPlanar(pixels) {
		return picture{pixels, endsAsJPEG(data)}, nil
	}
	return picture{turned(planar(pixels), f.turn), false}, nil
}

// refused says what the error of a decoder means.
func refused(err error) error {
	var (
		jpegKind jpeg.UnsupportedError
		pngKind  png.UnsupportedError
	)
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrFormat):
		return err
	case errors.As(err, &jpegKind), errors.As(err, &pngKind):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
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

// Encode returns a picture as the JPEG file that this package would keep of it.
func Encode(m image.Image) ([]byte, error) { return encode(m) }

func encode(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: jpegQuality})
	return out.Bytes(), err
}
