package artwork

import (
	"fmt"
	"math"
)

// Color is a colour of the sRGB space.
type Color struct{ R, G, B uint8 }

// String writes it as the database keeps it: "#RRGGBB".
func (c Color) String() string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// Colors are the three colours in which clients show an album.
type Colors struct {
	Background Color
	Foreground Color // of text
	Highlight  Color // of secondary text, and of what is to be seen at once
}

// DefaultColors are those of an album that nobody has given colours
// (MusicDB database, table albums).
var DefaultColors = Colors{Color{0x10, 0x10, 0x10}, Color{0xF0, 0xF0, 0xF0}, Color{0x90, 0x90, 0x90}}

// The smallest contrasts with the background that [ColorsOf] returns (WCAG 2.1,
// 1.4.3 for text and 1.4.11 for what is no text).
const (
	MinTextContrast      = 4.5
	MinHighlightContrast = 3.0
)

// Contrast is the ratio, 1 to 21, of how bright two colours are (WCAG 2.1, contrast
// ratio). The order of the two does not matter.
func (c Color) Contrast(d Color) float64 {
	a, b := c.luminance(), d.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance, 0 to 1 (WCAG 2.1).
func (c Color) luminance() float64 {
	return 0.2126*linear[c.R] + 0.7152*linear[c.G] + 0.0722*linear[c.B]
}

// linear is the light that a value of sRGB stands for.
var linear = func() (table [256]float64) {
	for i := range table {
		v := float64(i) / 255
		if v <= 0.04045 {
			table[i] = v / 12.92
		} else {
			table[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return table
}()

// perceived is a colour in the space OKLab, in which distances are as large as they
// look: light is 0 to 1, a and b span a circle of hues.
type perceived struct{ light, a, b float64 }

func (c Color) perceived() perceived {
	r, g, b := linear[c.R], linear[c.G], linear[c.B]
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return perceived{
		light: 0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		a:     1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		b:     0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func (p perceived) distance(q perceived) float64 {
	return math.Sqrt((p.light-q.light)*(p.light-q.light) + (p.a-q.a)*(p.a-q.a) + (p.b-q.b)*(p.b-q.b))
}

// chroma is how far a colour is from grey; 0.1 is seen as coloured, pure red has 0.26.
func (p perceived) chroma() float64 { return math.Hypot(p.a, p.b) }

// mixed goes from one colour to another, 0 to 255 being the whole way.
func mixed(from, to Color, way int) Color {
	part := func(a, b uint8) uint8 { return uint8((int(a)*(255-way) + int(b)*way + 127) / 255) }
	return Color{part(from.R, to.R), part(from.G, to.G), part(from.B, to.B)}
}

var white, black = Color{255, 255, 255}, Color{}

// readable moves a colour towards white or black, no further than needed, until it
// has the contrast with the background, at most [MinTextContrast]. That is always
// reached: the geometric mean of white's and black's contrast is 4.58 for every colour.
func readable(c, background Color, contrast float64) Color {
	pole := white
	if background.Contrast(black) > background.Contrast(white) {
		pole = black
	}
	return towards(c, pole, background, contrast)
}

// towards is the first colour on the way from one to another that has the contrast.
func towards(from, to, background Color, contrast float64) Color {
	for way := range 255 {
		if c := mixed(from, to, way); c.Contrast(background) >= contrast {
			return c
		}
	}
	return to
}
