package cover

import "math"

// weather: the sun as rings behind layers of mist, and a slanting rain.
func weather(x, y float64) shade {
	out := ramp(y, hex(0xd9e4e8), hex(0xbfd3dc), hex(0x8fb0c2), hex(0x56798f))
	d := math.Hypot(x-.5, y-.43)
	if d < .34 {
		ring := math.Floor(d / .034)
		out = ramp(ring/9, hex(0xfff4d6), hex(0xf8d49a), hex(0xeeae86), hex(0xd9a3a0), hex(0xbdb6c2))
		if math.Mod(d, .034) < .0035 {
			out = out.to(hex(0xffffff), .5)
		}
	}
	bands := []struct {
		y, swing, wave, shift, cover float64
		colour                       shade
	}{
		{.47, .018, 7, .2, .45, hex(0xe8eff2)},
		{.56, .022, 5.5, 1.9, .62, hex(0xc2d5de)},
		{.65, .026, 6.2, 3.7, .78, hex(0x93b3c4)},
		{.74, .030, 4.6, 5.1, .92, hex(0x6690a8)},
		{.84, .034, 5.3, .9, .98, hex(0x41708c)},
		{.93, .030, 4.2, 2.8, 1, hex(0x2a5470)},
	}
	for _, b := range bands {
		top := b.y + b.swing*math.Sin(x*b.wave+b.shift) + .4*b.swing*math.Sin(x*b.wave*2.3+b.shift*2)
		if y > top {
			thin := b.cover * (1 - .35*smooth(0, .2, y-top))
			out = out.to(b.colour, thin)
		}
	}
	return rain(x, y, out)
}

// rain lays short strokes over the picture, more of them on the right.
func rain(x, y float64, behind shade) shade {
	const cells = 17
	u, v := x*cells+y*cells*.28, y*cells*.55
	cu, cv := math.Floor(u), math.Floor(v)
	if chance(int(cu)+11, int(cv)+40) > .12+.62*x {
		return behind
	}
	place := .25 + .5*chance(int(cu), int(cv))
	from := .4 * chance(int(cv), int(cu)+9)
	if math.Abs(u-cu-place) < .045 && v-cv > from && v-cv < from+.42 {
		return behind.to(hex(0xffffff), .62)
	}
	return behind
}
