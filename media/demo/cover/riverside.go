package cover

import "math"

// riverside: a row of houses at night, some windows lit, and the river that
// gives them back, shaken.
func riverside(x, y float64) shade {
	const shore = .62
	if y > shore {
		depth := (y - shore) / (1 - shore)
		shake := .006 + .02*depth
		rx := x + shake*math.Sin(y*160+math.Sin(x*9)*2)*(.4+.6*math.Sin(y*47+x*5))
		mirrored := houses(rx, shore-(y-shore)*1.15)
		return mirrored.to(hex(0x0d1b34), .38+.38*depth)
	}
	return houses(x, y)
}

type house struct {
	left, right float64
	roof, ridge float64 // where the wall ends and where the roof does
	wall        shade
}

var row = []house{
	{-.1, .13, .36, .27, hex(0x27345c)},
	{.13, .30, .27, .20, hex(0x3a3560)},
	{.30, .52, .40, .30, hex(0x1f3f5e)},
	{.52, .66, .31, .22, hex(0x4a3a5f)},
	{.66, .87, .37, .29, hex(0x2b3358)},
	{.87, 1.1, .30, .23, hex(0x35406b)},
}

func houses(x, y float64) shade {
	for i, h := range row {
		if x < h.left || x >= h.right {
			continue
		}
		middle, half := (h.left+h.right)/2, (h.right-h.left)/2
		top := h.ridge + (h.roof-h.ridge)*math.Abs(x-middle)/half
		switch {
		case y < top:
			return nightSky(x, y)
		case y < h.roof:
			return h.wall.times(.55)
		}
		return window(x, y, h, i)
	}
	return nightSky(x, y)
}

// window paints the wall of a house with its windows.
func window(x, y float64, h house, number int) shade {
	columns := math.Round((h.right - h.left) / .07)
	u := (x - h.left) / (h.right - h.left) * columns
	v := (y - h.roof) / .075
	column, floor := int(math.Floor(u)), int(math.Floor(v))
	fu, fv := u-math.Floor(u), v-math.Floor(v)
	wall := h.wall.times(1.05 - .35*(y-h.roof)/.35)
	if !inRect(fu, fv, .5, .55, .24, .30) || y > .595 {
		return wall
	}
	if math.Abs(fu-.5) < .03 || math.Abs(fv-.5) < .03 {
		return wall.times(.8)
	}
	if chance(column+number*17, floor+3) > .56 {
		glow := hex(0xffd58a).to(hex(0xf2984b), chance(column, floor+number*5))
		return glow.to(hex(0xfff1c9), .5*(1-fv))
	}
	return h.wall.times(.5)
}

func nightSky(x, y float64) shade {
	sky := ramp(y/.6, hex(0x0b1430), hex(0x1b2a58), hex(0x51477a), hex(0xb0727c))
	d := math.Hypot(x-.76, y-.115)
	moon := hex(0xfbeed2)
	if d < .052 && math.Hypot(x-.742, y-.103) > .047 {
		return moon
	}
	sky = sky.plus(moon.times(.16 * math.Exp(-d*d/.006)))
	// A star in some of the cells of a grid.
	const cells = 26
	cx, cy := math.Floor(x*cells), math.Floor(y*cells)
	if chance(int(cx)+90, int(cy)+7) > .90 && y < .3 {
		sx := (cx + .2 + .6*chance(int(cx), int(cy))) / cells
		sy := (cy + .2 + .6*chance(int(cy), int(cx)+4)) / cells
		if math.Hypot(x-sx, y-sy) < .0016 {
			return hex(0xdfe6ff)
		}
	}
	return sky
}
