package artwork

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// inExtended puts the picture of a WebP file behind the header of the extended
// format, with a flag for transparency, as programs do that add metadata.
func inExtended(file []byte, w, h int) []byte {
	out := append([]byte{}, file[:12]...)
	out = appendChunk(out, "VP8X", []byte{1 << 4, 0, 0, 0, byte(w - 1), 0, 0, byte(h - 1), 0, 0})
	out = append(out, file[12:]...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// partOfScreen is a GIF whose first picture covers only a part of the screen.
func partOfScreen(t testing.TB) []byte {
	t.Helper()
	red := image.NewPaletted(image.Rect(8, 6, 24, 18), color.Palette{color.RGBA{255, 0, 0, 255}})
	blue := image.NewPaletted(image.Rect(0, 0, 32, 24), color.Palette{color.RGBA{0, 0, 255, 255}})
	var out bytes.Buffer
	err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{red, blue}, Delay: []int{1, 1}, Config: image.Config{Width: 32, Height: 24}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEveryKindOfPicture(t *testing.T) {
	wide, deep := image.NewNRGBA64(image.Rect(0, 0, 32, 24)), image.NewGray16(image.Rect(0, 0, 32, 24))
	draw.Draw(wide, wide.Rect, image.NewUniform(color.NRGBA{255, 0, 0, 128}), image.Point{}, draw.Src)
	draw.Draw(deep, deep.Rect, image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	red, pale, grey := color.RGBA{255, 0, 0, 255}, color.RGBA{255, 128, 128, 255}, color.RGBA{200, 200, 200, 255}
	white := color.RGBA{255, 255, 255, 255}
	for name, c := range map[string]struct {
		data     []byte
		format   string
		want     color.RGBA // in the middle
		corner   color.RGBA
		storable bool
	}{
		"JPEG of grey":             {flat{w: 32, h: 24, components: []byte{0}}.bytes(), "JPEG", color.RGBA{0, 0, 0, 255}, color.RGBA{0, 0, 0, 255}, true},
		"progressive JPEG":         {flat{w: 32, h: 24, components: []byte{0, 0, 255}, progressive: true}.bytes(), "JPEG", color.RGBA{178, 0, 0, 255}, color.RGBA{178, 0, 0, 255}, true},
		"JPEG for print":           {flat{w: 32, h: 24, components: []byte{255, 0, 0, 255}, adobe: true}.bytes(), "JPEG", red, red, false},
		"JPEG without end":         {bytes.TrimSuffix(flat{w: 32, h: 24, components: []byte{0}}.bytes(), []byte{0xff, markerEOI}), "JPEG", color.RGBA{0, 0, 0, 255}, color.RGBA{0, 0, 0, 255}, false},
		"PNG of 16 bits":           {asPNG(t, wide), "PNG", pale, pale, false},
		"grey PNG of 16 bits":      {asPNG(t, deep), "PNG", grey, grey, false},
		"PNG with palette":         {asPNG(t, paletted()), "PNG", red, white, false},
		"PNG of one bit":           {pngOf(t, 32, 24, 1, 0, 5*24), "PNG", color.RGBA{0, 0, 0, 255}, color.RGBA{0, 0, 0, 255}, false},
		"interlaced PNG":           {sample(t, "interlaced.png"), "PNG", red, red, false},
		"GIF of a part":            {partOfScreen(t), "GIF", red, white, false},
		"WebP with transparency":   {sample(t, "alpha.webp"), "WebP", pale, pale, false},
		"WebP, animated":           {sample(t, "animated.webp"), "WebP", red, red, false},
		"WebP, animated, lossless": {sample(t, "animated-lossless.webp"), "WebP", red, red, false},
		"WebP, lossless, extended": {inExtended(fromBase64(t, webpLossless), 16, 12), "WebP", color.RGBA{255, 128, 128, 255}, color.RGBA{255, 128, 128, 255}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := limited(32 * 24)
			info, err := s.Inspect(c.data)
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.decode(c.data)
			if err != nil {
				t.Fatal(err)
			}
			size := p.pixels.Bounds().Size()
			if info != (Info{c.format, size.X, size.Y}) || p.storable != c.storable {
				t.Errorf("%+v of size %v, storable %v", info, size, p.storable)
			}
			for at, want := range map[image.Point]color.RGBA{size.Div(2): c.want, {}: c.corner} {
				got := color.RGBAModel.Convert(p.pixels.At(at.X, at.Y)).(color.RGBA)
				for i, d := range [3]int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
					if d < -20 || d > 20 {
						t.Errorf("at %v the colour is %v, want %v (part %d)", at, got, want, i)
					}
				}
			}
		})
	}
}

// paletted is red with a transparent border.
func paletted() *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, 32, 24), color.Palette{color.Transparent, color.RGBA{255, 0, 0, 255}})
	for y := 4; y < 20; y++ {
		for x := 4; x < 28; x++ {
			m.SetColorIndex(x, y, 1)
		}
	}
	return m
}

// TestContradictions: what a file says of itself in two places must be one thing,
// because memory is limited by the one and taken by the other.
func TestContradictions(t *testing.T) {
	larger := bytes.Clone(inExtended(fromBase64(t, webpLossy), 16, 12))
	at := bytes.Index(larger, []byte{0x9d, 0x01, 0x2a})
	binary.LittleEndian.PutUint16(larger[at+3:], 16383)
	outside := bytes.Clone(sample(t, "animated.webp"))
	outside[bytes.Index(outside, []byte("ANMF"))+8] = 1 // two pixels to the right
	for name, data := range map[string][]byte{
		"a WebP whose picture is larger than its canvas": larger,
		"a WebP whose picture lies beside its canvas":    outside,
		"a WebP without picture":                         fromBase64(t, webpLossy)[:12],
		"a WebP with half of a chunk":                    sample(t, "alpha.webp")[:60],
		"a PNG with more than its rows":                  pngOf(t, 10, 10, 8, 0, 64<<20),
		"a PNG with less than its rows":                  pngOf(t, 10, 10, 8, 0, 50),
	} {
		if _, err := limited(1_000_000).decode(data); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Not only after the memory was taken.
	for _, data := range [][]byte{larger, outside} {
		if info, err := limited(1_000_000).Inspect(data); !errors.Is(err, ErrDamaged) {
			t.Errorf("a WebP that contradicts itself passes as %+v, error %v", info, err)
		}
	}
	if _, err := limited(1_000_000).decode(flat{w: 8, h: 8, components: []byte{0}, progressive: true, scans: maxScans}.bytes()); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a JPEG of %d scans: %v", maxScans+1, err)
	}
	if n := scans(withOrientation(binary.BigEndian, "MM", flat{w: 800, h: 8, components: []byte{0}, progressive: true, scans: 7}.bytes(), 1)); n != 8 {
		t.Errorf("%d scans were counted, want 8", n)
	}
	arithmetic := bytes.Replace(flat{w: 8, h: 8, components: []byte{0}}.bytes(), []byte{0xff, 0xc0}, []byte{0xff, 0xc9}, 1)
	if _, err := limited(64).Inspect(arithmetic); !errors.Is(err, ErrFormat) {
		t.Errorf("a JPEG with arithmetic coding: %v", err)
	}
}

// allocated is how many bytes a call takes in all.
func allocated(call func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// TestBombsTakeNoMemory: the limits hold before a pixel is decoded.
func TestBombsTakeNoMemory(t *testing.T) {
	s := limited(DefaultMaxPixels)
	whole := pngOf(t, 30_000, 30_000, 1, 0, 30_000*3751)
	for name, data := range map[string][]byte{
		"30,000 × 30,000": whole,
		"its header":      bomb(30_000, 30_000),
		"of 64 MB":        pngOf(t, 100, 100, 8, 0, 64<<20),
		"of one column":   bomb(1, 1<<31-1),
	} {
		took := allocated(func() {
			if _, err := s.decode(data); !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		})
		if took > 1<<20 {
			t.Errorf("%s: %d bytes of %d were taken", name, took, len(data))
		}
	}
}

// TestMemoryOfOne: what a picture takes is bounded by its pixels, whatever its
// format is. DefaultMaxPixels says what that means.
func TestMemoryOfOne(t *testing.T) {
	const w, h, most = 600, 600, 17
	m := image.NewNRGBA64(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i >> 4)
	}
	for name, data := range map[string][]byte{
		"progressive JPEG": flat{w: w, h: h, components: []byte{255, 0, 255}, progressive: true}.bytes(),
		"JPEG for print":   flat{w: w, h: h, components: []byte{255, 0, 0, 255}, adobe: true}.bytes(),
		"PNG of 16 bits":   asPNG(t, m),
		"GIF":              asGIF(t, m.SubImage(image.Rect(0, 0, w, h))),
	} {
		took := allocated(func() {
			p, err := limited(w * h).decode(data)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			for _, n := range []int{500, 200, 150} {
				p.pixels = fit(p.pixels, n)
			}
		})
		t.Logf("%s: %.1f bytes per pixel", name, float64(took)/(w*h))
		if took > most*w*h+1<<19 {
			t.Errorf("%s: %.1f bytes per pixel, want %d", name, float64(took)/(w*h), most)
		}
	}
}
