package cover

import (
	"image"
	"image/color"
	"strings"
)

// pixels is a potted flower on a console's screen, in sixteen colours; each
// character is the number of a colour, the right half mirrors the left; 1 lets
// the sky through.
const pixels = `
111111111111
111b11111111
1111111111cc
11111111ccdd
1111111cdddd
1111cc1cddee
11b1cddcdeee
1111cdddeeff
11111cddeeff
111cccddeeff
11cddddeeeff
11cdddddeeee
111cccdcdddd
1111111cddcc
1111171cccc6
111167711166
111677611166
11b167677166
111116777666
222222267766
233333333333
222244444444
111225444444
111125544444
`

var palette = color.Palette{
	hex(0x0b1026).rgba(), hex(0x182048).rgba(), hex(0x5a2a2a).rgba(), hex(0xd98b5f).rgba(),
	hex(0xb8603f).rgba(), hex(0x8c4234).rgba(), hex(0x5fc36a).rgba(), hex(0x2f8a57).rgba(),
	hex(0x20304f).rgba(), hex(0x30508a).rgba(), hex(0x7f9fd0).rgba(), hex(0xf4f1de).rgba(),
	hex(0x8a2a63).rgba(), hex(0xd9468f).rgba(), hex(0xff8fb1).rgba(), hex(0xffe08a).rgba(),
}

// sprite enlarges the pixels over a ground that darkens in dithered steps.
func sprite() image.Image {
	out := image.NewPaletted(image.Rect(0, 0, Edge, Edge), palette)
	rows := strings.Split(strings.Trim(pixels, "\n"), "\n")
	const size = 24 // cells per direction
	for y := range Edge {
		for x := range Edge {
			cx, cy := x*size/Edge, y*size/Edge
			c := ground(cx, cy)
			if mirrored := min(cx, size-1-cx); rows[cy][mirrored] != '1' {
				c = colourIndex(rows[cy][mirrored])
			}
			out.SetColorIndex(x, y, c)
		}
	}
	return out
}

func colourIndex(c byte) uint8 {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// ground is the sky behind the flower: three blues, mixed by a chequered
// pattern where they meet.
func ground(x, y int) uint8 {
	blues := []uint8{0, 1, 8, 9}
	step := y / 6
	if y%6 >= 4 && (x+y)%2 == 0 {
		step++
	}
	return blues[min(step, len(blues)-1)]
}
