package cover

import "math"

// harbour: hedged hills that run down to the sea, a boat, and the sun.
func harbour(x, y float64) shade {
	const horizon = .47
	out := ramp(y/horizon, hex(0xf6d9a8), hex(0xf9e6c4), hex(0xfdf3df))
	if math.Hypot(x-.68, y-.27) < .115 {
		out = ramp((y-.155)/.23, hex(0xf7a65a), hex(0xe8694b))
	}
	if y > horizon {
		out = ramp((y-horizon)/.3, hex(0x8cc3c2), hex(0x3f8d9b), hex(0x2a6b80))
		// The sun's way over the water, in stripes.
		stripe := math.Sin((y-horizon)*170) * (1 - (y-horizon)*2)
		if math.Abs(x-.68+.01*math.Sin(y*90)) < .03+.28*(y-horizon) && stripe > .25 {
			out = out.to(hex(0xf7c58a), .75)
		}
	}
	out = boat(x, y, out)
	hills := []struct {
		height, swing, wave, shift, slope float64
		colour, hedge                     shade
	}{
		{.505, .035, 6.5, .4, .30, hex(0xa9bf76), hex(0x7f9c55)},
		{.60, .045, 5.2, 2.1, .34, hex(0x7fa45c), hex(0x567f43)},
		{.70, .05, 4.1, 4.0, .22, hex(0x55864d), hex(0x386638)},
		{.83, .06, 3.3, 5.6, .10, hex(0x336244), hex(0x214a34)},
	}
	for i, h := range hills {
		top := h.height + h.swing*math.Sin(x*h.wave+h.shift) + h.slope*(x-.3)*smooth(.2, .75, x)
		if y < top {
			continue
		}
		depth := y - top
		out = h.colour.times(1.05 - 1.1*depth)
		// Hedges divide the hill into fields.
		field := math.Sin(x*(9+3*float64(i))+depth*14+h.shift*3) * math.Cos(depth*26-x*4)
		switch {
		case depth < .008 || math.Abs(field) < .055:
			out = h.hedge
		case field > 0:
			out = out.times(1.07)
		}
	}
	return out
}

// boat paints two sails and a hull over what is behind them.
func boat(x, y float64, behind shade) shade {
	const mast, water = .835, .545
	u, v := x-mast, water-y // v goes up
	switch {
	case v > -.022 && v < 0 && math.Abs(u+.006) < .062+v*1.1:
		return hex(0x7a3b33)
	case v > .008 && v < .155 && u > .004 && u < .062*(1-(v-.008)/.147):
		return hex(0xfffaf0)
	case v > .014 && v < .13 && u < -.004 && u > -.05*(1-(v-.014)/.116):
		return hex(0xe9c9a2)
	}
	return behind
}
