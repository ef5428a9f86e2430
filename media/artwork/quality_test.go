package artwork

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	xdraw "golang.org/x/image/draw"
)

// photo is a picture with what covers have: gradients, fine grain, sharp edges,
// thin lines and patches of strong colours.
func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	grain := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			wave := 40 * math.Sin(12*fx*fx+9*fy) * math.Cos(17*fy)
			n := float64(grain.IntN(16))
			m.SetRGBA(x, y, color.RGBA{byteOf(90 + 90*fx + wave + n), byteOf(110 + 60*fy - wave + n), byteOf(140 - 70*fx*fy + n), 255})
		}
	}
	for i := range 14 {
		c := color.RGBA{uint8(37 * i), uint8(255 - 29*i), uint8(91 * i), 255}
		x, y := w*(i%5)/5, h*(i/5)/3
		draw.Draw(m, image.Rect(x, y, x+w/9, y+h/40+1), image.NewUniform(c), image.Point{}, draw.Src)
		draw.Draw(m, image.Rect(x, y, x+2, y+h/4), image.NewUniform(color.White), image.Point{}, draw.Src)
	}
	return m
}

func byteOf(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// psnr is the peak signal to noise ratio of two pictures in dB: of their brightness,
// and of all colours.
func psnr(t *testing.T, a, b image.Image) (luma, all float64) {
	t.Helper()
	size := a.Bounds().Size()
	if size != b.Bounds().Size() {
		t.Fatalf("sizes %v and %v", size, b.Bounds().Size())
	}
	var lumaErr, allErr float64
	p, q := planes(a), planes(b)
	for i := range p {
		for j := range p[i] {
			d := float64(p[i][j]) - float64(q[i][j])
			if i == 0 {
				lumaErr += d * d
			}
			allErr += d * d
		}
	}
	n := float64(size.X * size.Y)
	return 10 * math.Log10(255*255*n/lumaErr), 10 * math.Log10(255*255*3*n/allErr)
}

// planes are all pixels of brightness and of both colours.
func planes(m image.Image) [3][]uint8 {
	size := m.Bounds().Size()
	rgba := copied(m).(*image.RGBA)
	var out [3][]uint8
	for i := range size.X * size.Y {
		p := rgba.Pix[4*i:]
		y, cb, cr := color.RGBToYCbCr(p[0], p[1], p[2])
		out[0], out[1], out[2] = append(out[0], y), append(out[1], cb), append(out[2], cr)
	}
	return out
}

// direct scales as x/image does it: at once, in floating point, with all colours of
// all pixels.
func direct(m image.Image, n int) image.Image {
	size := m.Bounds().Size()
	w, h := fitted(size.X, size.Y, n, n)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

// TestScalesOfScales: each scale is made from the next larger one, on planes of
// which those of colour have a quarter of the pixels. As a file that must be as good
// as if the picture itself had been scaled.
func TestScalesOfScales(t *testing.T) {
	for _, size := range []image.Point{{600, 600}, {731, 577}} {
		from, err := jpeg.Decode(bytes.NewReader(asJPEG(t, photo(size.X, size.Y))))
		if err != nil {
			t.Fatal(err)
		}
		pixels := from
		for _, n := range []int{700, 500, 200, 150} {
			w, h := fitted(size.X, size.Y, n, n)
			pixels = resized(pixels, w, h)
			if pixels == from {
				continue
			}
			ideal := direct(from, n)
			luma, _ := psnr(t, pixels, ideal)
			_, chain := psnr(t, again(t, pixels), ideal)
			_, once := psnr(t, again(t, ideal), ideal)
			t.Logf("%v into %d: brightness %.1f dB, as a file %.1f dB, directly scaled %.1f dB", size, n, luma, chain, once)
			if luma < 45 || chain < once-1 {
				t.Errorf("%v into %d: brightness %.1f dB, want 45; as a file %.1f dB, directly scaled %.1f dB", size, n, luma, chain, once)
			}
		}
	}
}

// again is the picture after it was a file.
func again(t *testing.T, m image.Image) image.Image {
	t.Helper()
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// One step, without the chain: what is left are the rounding, and the averages of
// blocks where a pixel is made of many.
func TestScalingIsExact(t *testing.T) {
	for _, c := range []struct {
		w, h, n int
		least   float64
	}{{600, 600, 500, 50}, {600, 400, 151, 45}, {333, 500, 499, 45}, {2000, 1999, 150, 38}} {
		gray := image.NewGray(image.Rect(0, 0, c.w, c.h))
		draw.Draw(gray, gray.Rect, photo(c.w, c.h), image.Point{}, draw.Src)
		if luma, _ := psnr(t, fit(gray, c.n), direct(gray, c.n)); luma < c.least {
			t.Errorf("%d×%d into %d: %.1f dB, want %.0f", c.w, c.h, c.n, luma, c.least)
		}
	}
}

// An even surface stays even, however it is scaled.
func TestScalingKeepsEvenSurfaces(t *testing.T) {
	for _, v := range []uint8{0, 1, 99, 254, 255} {
		m := image.NewGray(image.Rect(0, 0, 311, 157))
		for i := range m.Pix {
			m.Pix[i] = v
		}
		for n := 1; n < 311; n += 7 {
			for i, got := range fit(m, n).(*image.Gray).Pix {
				if got != v {
					t.Fatalf("scaled to %d, pixel %d of %d is %d", n, i, v, got)
				}
			}
		}
	}
}
