package artwork

import (
	"image"
	"math"
)

// fit returns the picture scaled down into n×n pixels.
func fit(m image.Image, n int) image.Image { return Fit(m, n, n) }

// Fit returns the picture scaled down into maxW×maxH pixels, both at least 1,
// keeping its proportions; a picture that fits already is returned as it is.
func Fit(m image.Image, maxW, maxH int) image.Image {
	size := m.Bounds().Size()
	w, h := fitted(size.X, size.Y, maxW, maxH)
	return resized(m, w, h)
}

// resized returns the picture in w×h pixels, no more than it has.
func resized(m image.Image, w, h int) image.Image {
	size := m.Bounds().Size()
	if w == size.X && h == size.Y || size.X == 0 || size.Y == 0 {
		return m
	}
	luma, colors, subX, subY := planesOf(m)
	x, y := float64(size.X)/float64(w), float64(size.Y)/float64(h)
	small := make([]plane, len(colors))
	for i, c := range colors {
		// Of colour half as many pixels are enough, as JPEG files have them.
		small[i] = scaled(c, (w+1)/2, (h+1)/2, x*2/float64(subX), y*2/float64(subY))
	}
	if colors == nil {
		small = nil
	}
	return joined(scaled(luma, w, h, x, y), small, 2)
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

// scaled makes w×h pixels of a plane, each of them x×y of its own, with the
// Catmull-Rom kernel.
func scaled(p plane, w, h int, x, y float64) plane {
	// Where one pixel is made of many, the kernel would be long. Averages of
	// blocks, at most half as large, look the same.
	if kx, ky := max(1, int(x/2)), max(1, int(y/2)); kx > 1 || ky > 1 {
		p = averaged(p, kx, ky)
		x, y = x/float64(kx), y/float64(ky)
	}
	columns, rows := newKernel(p.w, w, x), newKernel(p.h, h, y)
	out := newPlane(w, h)
	line := make([]int32, p.w)
	for y := range h {
		rows.down(line, p, y)
		columns.across(out.row(y), line)
	}
	return out
}

// averaged makes one pixel of each block of kx×ky.
func averaged(p plane, kx, ky int) plane {
	out := newPlane((p.w+kx-1)/kx, (p.h+ky-1)/ky)
	sums := make([]int32, p.w)
	for y := range out.h {
		clear(sums)
		lines := min(ky, p.h-y*ky)
		for i := range lines {
			for x, v := range p.row(y*ky + i) {
				sums[x] += int32(v)
			}
		}
		row := out.row(y)
		for x := range row {
			block := sums[x*kx : min(p.w, (x+1)*kx)]
			n := int32(lines * len(block))
			sum := n / 2
			for _, v := range block {
				sum += v
			}
			row[x] = uint8(sum / n)
		}
	}
	return out
}

// kernel says, for each pixel wanted, of which pixels it is made.
type kernel struct {
	first   []int   // the first pixel
	weights []int32 // taps of each pixel, in units of 1/one
	taps    int
}

const (
	weightBits = 14
	one        = 1 << weightBits

	// Between the two passes a value has more bits than a pixel.
	extraBits = 6
)

// newKernel makes n pixels of size pixels, each of them step wide.
func newKernel(size, n int, step float64) kernel {
	wide := max(1, step)
	taps := min(size, int(math.Ceil(4*wide))+1)
	k := kernel{make([]int, n), make([]int32, n*taps), taps}
	exact := make([]float64, taps)
	for i := range n {
		center := (float64(i) + 0.5) * step
		first := min(max(0, int(math.Ceil(center-2*wide-0.5))), size-taps)
		sum := 0.0
		for t := range exact {
			exact[t] = catmullRom((float64(first+t) + 0.5 - center) / wide)
			sum += exact[t]
		}
		k.first[i] = first
		weights := k.weights[i*taps:][:taps]
		// What rounding makes of the sum is less than a fifth of a step of brightness.
		for t := range weights {
			weights[t] = int32(math.Round(exact[t] / sum * one))
		}
	}
	return k
}

// catmullRom is the interpolating cubic of Catmull and Rom, 0 from 2 on.
func catmullRom(t float64) float64 {
	t = math.Abs(t)
	switch {
	case t < 1:
		return (1.5*t-2.5)*t*t + 1
	case t < 2:
		return ((-0.5*t+2.5)*t-4)*t + 2
	}
	return 0
}

// down makes line y out of the lines of a plane, with extraBits.
func (k *kernel) down(line []int32, p plane, y int) {
	clear(line)
	first, weights := k.first[y], k.weights[y*k.taps:][:k.taps]
	// Two lines at a time halve how often line is read and written.
	t := 0
	for ; t+1 < len(weights); t += 2 {
		w0, w1 := weights[t], weights[t+1]
		if w0 == 0 && w1 == 0 {
			continue
		}
		r0, r1 := p.row(first + t)[:len(line)], p.row(first + t + 1)[:len(line)]
		for x := range line {
			line[x] += int32(r0[x])*w0 + int32(r1[x])*w1
		}
	}
	if t < len(weights) {
		w := weights[t]
		for x, v := range p.row(first + t)[:len(line)] {
			line[x] += int32(v) * w
		}
	}
	const round = 1 << (weightBits - extraBits - 1)
	for x, v := range line {
		line[x] = (v + round) >> (weightBits - extraBits)
	}
}

// across makes the pixels of a row out of a line.
func (k *kernel) across(row []uint8, line []int32) {
	weights := k.weights
	for x := range row {
		w := weights[:k.taps]
		weights = weights[k.taps:]
		pixels := line[k.first[x]:][:len(w)]
		sum := int32(1 << (weightBits + extraBits - 1))
		for t, v := range w {
			sum += pixels[t] * v
		}
		row[x] = uint8(min(max(sum>>(weightBits+extraBits), 0), 255))
	}
}
