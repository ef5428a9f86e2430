package artwork

import (
	"image"
	"image/draw"

	xdraw "golang.org/x/image/draw"
)

// fit returns the picture scaled down into n×n pixels.
func fit(m image.Image, n int) image.Image { return Fit(m, n, n) }

// Fit returns the picture scaled down into maxW×maxH pixels, both at least 1,
// keeping its proportions; a picture that fits already is returned as it is.
func Fit(m image.Image, maxW, maxH int) image.Image {
	size := m.Bounds().Size()
	w, h := fitted(size.X, size.Y, maxW, maxH)
	if w == size.X && h == size.Y {
		return m
	}
	m = reduced(m, min(size.X/w, size.Y/h))
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

// fitted returns the size of a w×h picture after fitting it into maxW×maxH.
func fitted(w, h, maxW, maxH int) (int, int) {
	if w <= maxW && h <= maxH {
		return w, h
	}
	if w*maxH > h*maxW {
		return maxW, max(1, (h*maxW+w/2)/w)
	}
	return max(1, (w*maxH+h/2)/h), maxH
}

// reduced averages blocks of k×k pixels into one. The Catmull-Rom kernel keeps
// 32 bytes for every source row and target column; without this step a
// 5000×5000 cover would need 160 MB for a moment.
func reduced(m image.Image, k int) image.Image {
	b := m.Bounds()
	w, h := b.Dx()/k, b.Dy()/k
	if k < 2 || w < 1 || h < 1 {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, w*k, k))
	for y := range h {
		draw.Draw(strip, strip.Rect, m, image.Pt(b.Min.X, b.Min.Y+y*k), draw.Src)
		averageRow(out.Pix[y*out.Stride:], strip, w, k)
	}
	return out
}

// averageRow writes w RGBA pixels, each the mean of a k×k block of the strip.
func averageRow(row []byte, strip *image.RGBA, w, k int) {
	n := k * k
	for x := range w {
		var sum [4]int
		for sy := range k {
			block := strip.Pix[sy*strip.Stride+x*k*4:][:k*4]
			for i, v := range block {
				sum[i&3] += int(v)
			}
		}
		for c, v := range sum {
			row[x*4+c] = byte((v + n/2) / n)
		}
	}
}
