package artwork

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/jpeg"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// pictures are files of every kind.
func pictures(t testing.TB) [][]byte {
	t.Helper()
	m := testPicture(24, 16)
	picture := asJPEG(t, m)
	return [][]byte{
		picture, asPNG(t, m), asPNG(t, paletted()), sample(t, "interlaced.png"), asGIF(t, m), partOfScreen(t),
		fromBase64(t, webpLossless), fromBase64(t, webpLossy), inExtended(fromBase64(t, webpLossless), 16, 12),
		sample(t, "alpha.webp"), sample(t, "animated.webp"), sample(t, "animated-lossless.webp"),
		withOrientation(binary.LittleEndian, "II", picture, 6), withOrientation(binary.BigEndian, "MM", picture, 8),
		flat{w: 24, h: 16, components: []byte{255, 0, 255}, progressive: true, scans: 2}.bytes(),
		flat{w: 24, h: 16, components: []byte{255, 0, 255, 0}, adobe: true}.bytes(),
	}
}

// checkDecode decodes what may be damaged. Whatever is accepted is within the limit
// and what its header says, and can be scaled and stored.
func checkDecode(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte) {
	t.Helper()
	const most = 1 << 16
	s := limited(most)
	info, infoErr := s.Inspect(data)
	p, err := s.decode(data)
	if err != nil {
		if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrDamaged) {
			t.Fatalf("untyped error %v", err)
		}
		return
	}
	size := p.pixels.Bounds().Size()
	if size.X*size.Y > most || infoErr != nil || size.X != info.Width || size.Y != info.Height {
		t.Fatalf("accepted %v as %+v, error %v", size, info, infoErr)
	}
	ColorsOf(p.pixels)
	stored, err := encode(fit(p.pixels, 20))
	if err != nil {
		t.Fatalf("scaling: %v", err)
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(stored)); err != nil || c.Width > 20 || c.Height > 20 {
		t.Fatalf("scaled to %d×%d, error %v", c.Width, c.Height, err)
	}
}

// TestDamagedAnywhere changes bytes of every kind of picture, cuts it off, and puts
// a part of it twice.
func TestDamagedAnywhere(t *testing.T) {
	whole := pictures(t)
	for i, data := range whole {
		if _, err := limited(1 << 16).decode(data); err != nil {
			t.Errorf("picture %d is not even whole: %v", i, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Clone(rapid.SampledFrom(whole).Draw(t, "picture"))
		for range rapid.IntRange(1, 6).Draw(t, "bytes") {
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "is")
		}
		at, n := rapid.IntRange(0, len(data)).Draw(t, "cut"), rapid.IntRange(0, 20).Draw(t, "more")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 1:
			data = data[:at]
		case 2:
			data = append(data[:at:at], data[max(0, at-n):]...)
		}
		checkDecode(t, data)
	})
}

// Every picture that lost its end is refused, wherever that was, unless nothing but
// what stands behind the last pixel is missing: none becomes half a cover.
func TestCutOffAnywhere(t *testing.T) {
	refused := 0
	for i, data := range pictures(t) {
		whole, err := limited(1 << 16).decode(data)
		if err != nil {
			t.Fatal(err)
		}
		for n := range data {
			p, err := limited(1 << 16).decode(data[:n])
			if err != nil {
				refused++
				continue
			}
			if !reflect.DeepEqual(p.pixels, whole.pixels) || p.storable {
				t.Errorf("picture %d was accepted with %d of %d bytes, storable %v", i, n, len(data), p.storable)
			}
		}
	}
	if refused < 1000 {
		t.Errorf("only %d pictures were refused", refused)
	}
}

// FuzzDecode feeds damaged pictures.
func FuzzDecode(f *testing.F) {
	for _, seed := range pictures(f) {
		f.Add(seed)
	}
	f.Add(bomb(9000, 9000))
	f.Fuzz(func(t *testing.T, data []byte) { checkDecode(t, data) })
}
