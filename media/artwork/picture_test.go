package artwork

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// WebP pictures of 16×12 red pixels: lossless and half transparent, and lossy.
const (
	webpLossless = "UklGRhwAAABXRUJQVlA4TA8AAAAvD8ACEAcQ/Y8CBiKi/wEA"
	webpLossy    = "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoQAAwAAgA0JaACdLoB+AADsAD+8Oj3/yC5YXXI1/8gP+QH/ID/+PIAAAA="
)

func fromBase64(t testing.TB, s string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// testPicture has a gradient and one red corner at the top left, so that a
// turned or mirrored copy can be told.
func testPicture(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(40 + 60*x/w), uint8(60 + 120*y/h), 120, 255}
			if x < w/4 && y < h/4 {
				c = color.NRGBA{230, 20, 20, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asGIF(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withOrientation puts an Exif segment with an orientation behind the start of
// a JPEG.
func withOrientation(order binary.AppendByteOrder, mark string, picture []byte, turn uint16) []byte {
	tiff := []byte(mark)
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8) // the first directory
	tiff = order.AppendUint16(tiff, 1) // entries
	tiff = order.AppendUint16(tiff, 0x0112)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, turn)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, picture[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), picture[2:]...)
}

func isRed(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r > 0xb000 && g < 0x6000 && b < 0x6000
}

func TestEveryFormatBecomesTheSamePicture(t *testing.T) {
	m := testPicture(64, 48)
	for name, data := range map[string][]byte{"jpeg": asJPEG(t, m), "png": asPNG(t, m), "gif": asGIF(t, m)} {
		t.Run(name, func(t *testing.T) {
			p, err := limited(1e6).decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.pixels.Bounds().Size(); got != image.Pt(64, 48) {
				t.Errorf("size %v", got)
			}
			if !isRed(p.pixels.At(4, 4)) || isRed(p.pixels.At(40, 4)) || isRed(p.pixels.At(4, 40)) {
				t.Error("the picture shows something else")
			}
			if p.storable != (name == "jpeg") {
				t.Errorf("storable is %v", p.storable)
			}
		})
	}
}

func limited(maxPixels int) *Store { return &Store{maxPixels: maxPixels} }

func TestWebPIsUnderstood(t *testing.T) {
	for _, c := range []struct {
		data     string
		min, max uint8 // of green: 0 where red is opaque, half where it lies on white
	}{{webpLossless, 120, 135}, {webpLossy, 0, 24}} {
		p, err := limited(1000).decode(fromBase64(t, c.data))
		if err != nil {
			t.Fatal(err)
		}
		got := color.RGBAModel.Convert(p.pixels.At(8, 6)).(color.RGBA)
		if p.pixels.Bounds().Size() != image.Pt(16, 12) || p.storable || got.R < 230 || got.G < c.min || got.G > c.max {
			t.Errorf("%v of colour %v, storable %v", p.pixels.Bounds(), got, p.storable)
		}
	}
}

func TestTransparencyIsPutOnWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 8, 8)) // fully transparent
	for x := range 8 {
		m.SetNRGBA(x, 0, color.NRGBA{0, 0, 0, 128})
	}
	p, err := limited(100).decode(asPNG(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.RGBAModel.Convert(p.pixels.At(3, 3)); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("transparent became %v", got)
	}
	if got := color.RGBAModel.Convert(p.pixels.At(3, 0)).(color.RGBA); got.R < 120 || got.R > 135 || got.A != 255 {
		t.Errorf("half transparent black became %v", got)
	}
}

// TestOrientation checks where the red corner of the stored picture is seen,
// for all eight values of the Exif tag.
func TestOrientation(t *testing.T) {
	picture := asJPEG(t, testPicture(80, 40))
	type corner struct{ right, bottom bool }
	want := map[uint16]corner{
		1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true},
		5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true},
	}
	orders := map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian}
	for mark, order := range orders {
		for turn, at := range want {
			p, err := limited(1e6).decode(withOrientation(order, mark, picture, turn))
			if err != nil {
				t.Fatal(err)
			}
			size := image.Pt(80, 40)
			if turn >= 5 {
				size = image.Pt(40, 80)
			}
			if got := p.pixels.Bounds().Size(); got != size {
				t.Errorf("%s %d: size %v, want %v", mark, turn, got, size)
				continue
			}
			x, y := 3, 3
			if at.right {
				x = size.X - 4
			}
			if at.bottom {
				y = size.Y - 4
			}
			if !isRed(p.pixels.At(x, y)) {
				t.Errorf("%s %d: no red at (%d, %d)", mark, turn, x, y)
			}
			if isRed(p.pixels.At(size.X-1-x, size.Y-1-y)) {
				t.Errorf("%s %d: red in the opposite corner", mark, turn)
			}
		}
	}
}

// bomb is a PNG whose header promises w×h pixels and which ends there.
func bomb(w, h uint32) []byte {
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	out = binary.BigEndian.AppendUint32(out, w)
	out = binary.BigEndian.AppendUint32(out, h)
	out = append(out, 8, 6, 0, 0, 0)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[12:]))
}

func TestRefusedPictures(t *testing.T) {
	good := asJPEG(t, testPicture(60, 60))
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":              {nil, ErrFormat},
		"text":                 {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), ErrFormat},
		"TIFF":                 {[]byte("II*\x00\x08\x00\x00\x00"), ErrFormat},
		"cut off in the head":  {good[:10], ErrDamaged},
		"cut off in the scan":  {good[:len(good)/2], ErrDamaged},
		"a bomb":               {bomb(50_000, 50_000), ErrTooLarge},
		"a bomb of one column": {bomb(1, 1<<31-1), ErrTooLarge},
		"a few pixels too big": {asPNG(t, testPicture(101, 100)), ErrTooLarge},
		"too many bytes":       {append(good, make([]byte, MaxBytes)...), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := limited(100 * 100).decode(c.data); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	var size *SizeError
	if _, err := limited(10_000).decode(bomb(50_000, 40_000)); !errors.As(err, &size) || size.Width != 50_000 || size.Height != 40_000 {
		t.Errorf("error %v does not tell the size", err)
	}
}
