package cover

import (
	"image/color"
	"math"
)

// shade is a colour with channels from 0 to 1.
type shade struct{ r, g, b float64 }

func hex(rgb uint32) shade {
	return shade{float64(rgb>>16&255) / 255, float64(rgb>>8&255) / 255, float64(rgb&255) / 255}
}

func (s shade) plus(o shade) shade    { return shade{s.r + o.r, s.g + o.g, s.b + o.b} }
func (s shade) times(f float64) shade { return shade{s.r * f, s.g * f, s.b * f} }
func (s shade) to(o shade, t float64) shade {
	t = min(max(t, 0), 1)
	return s.times(1 - t).plus(o.times(t))
}

func (s shade) rgba() color.RGBA {
	channel := func(v float64) uint8 { return uint8(math.Round(255 * min(max(v, 0), 1))) }
	return color.RGBA{channel(s.r), channel(s.g), channel(s.b), 255}
}

// ramp goes through several colours while t goes from 0 to 1.
func ramp(t float64, stops ...shade) shade {
	t = min(max(t, 0), 1) * float64(len(stops)-1)
	i := min(int(t), len(stops)-2)
	return stops[i].to(stops[i+1], t-float64(i))
}

// smooth goes from 0 to 1 while x goes from a to b, gently at both ends.
func smooth(a, b, x float64) float64 {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}

// chance is a number between 0 and 1 that belongs to a pair of integers.
func chance(a, b int) float64 {
	h := uint32(a)*374761393 + uint32(b)*668265263
	h = (h ^ h>>13) * 1274126177
	h ^= h >> 16
	return float64(h) / (1 << 32)
}

// inRect reports whether a point lies in a rectangle given by its middle and
// half its size.
func inRect(x, y, cx, cy, w, h float64) bool {
	return math.Abs(x-cx) < w && math.Abs(y-cy) < h
}
