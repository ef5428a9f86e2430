package artwork

import (
	"image"
	"image/color"
	"image/draw"
)

// A picture is kept as the planes that a JPEG file has: brightness, and two of
// colour that mostly have a quarter of its pixels. That is half of the memory of
// four bytes per pixel, and what is decoded from a JPEG file and encoded to one
// again need not be converted.

func isPlanar(m image.Image) bool {
	switch m.(type) {
	case *image.YCbCr, *image.Gray:
		return true
	}
	return false
}

// planar returns a picture as *image.YCbCr or *image.Gray, transparent parts on
// white.
func planar(m image.Image) image.Image {
	if isPlanar(m) {
		return m
	}
	b := m.Bounds()
	size := image.Rect(0, 0, b.Dx(), b.Dy())
	out := image.NewYCbCr(size, image.YCbCrSubsampleRatio444)
	row := image.NewRGBA(image.Rect(0, 0, size.Dx(), 1))
	for y := range size.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		luma, cb, cr := out.Y[y*out.YStride:][:size.Dx()], out.Cb[y*out.CStride:][:size.Dx()], out.Cr[y*out.CStride:][:size.Dx()]
		for x := range luma {
			p := row.Pix[4*x:][:3]
			luma[x], cb[x], cr[x] = color.RGBToYCbCr(p[0], p[1], p[2])
		}
	}
	return out
}

// plane is one byte per pixel.
type plane struct {
	pix    []uint8
	stride int
	w, h   int
}

func newPlane(w, h int) plane { return plane{make([]uint8, w*h), w, w, h} }

func (p plane) row(y int) []uint8 { return p.pix[y*p.stride:][:p.w] }

// planesOf returns the planes of a picture and how many pixels one of colour
// stands for in each direction.
func planesOf(m image.Image) (luma plane, colors []plane, subX, subY int) {
	switch m := m.(type) {
	case *image.Gray:
		size := m.Rect.Size()
		return plane{m.Pix[m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y):], m.Stride, size.X, size.Y}, nil, 1, 1
	case *image.YCbCr:
		if m.Rect.Min != (image.Point{}) {
			break // pixels of colour may begin in the middle
		}
		size := m.Rect.Size()
		subX, subY = subsampling(m.SubsampleRatio)
		w, h := (size.X+subX-1)/subX, (size.Y+subY-1)/subY
		return plane{m.Y, m.YStride, size.X, size.Y}, []plane{{m.Cb, m.CStride, w, h}, {m.Cr, m.CStride, w, h}}, subX, subY
	}
	return planesOf(planar(copied(m)))
}

// copied returns a picture that begins at (0, 0), with four bytes per pixel.
func copied(m image.Image) image.Image {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, m, b.Min, draw.Src)
	return out
}

func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	default:
		return 1, 1
	}
}

// joined is the reverse of planesOf for planes that are not subsampled, or by two
// in both directions.
func joined(luma plane, colors []plane, subX int) image.Image {
	rect := image.Rect(0, 0, luma.w, luma.h)
	if colors == nil {
		return &image.Gray{Pix: luma.pix, Stride: luma.stride, Rect: rect}
	}
	ratio := image.YCbCrSubsampleRatio444
	if subX == 2 {
		ratio = image.YCbCrSubsampleRatio420
	}
	return &image.YCbCr{
		Y: luma.pix, Cb: colors[0].pix, Cr: colors[1].pix,
		YStride: luma.stride, CStride: colors[0].stride, SubsampleRatio: ratio, Rect: rect,
	}
}
