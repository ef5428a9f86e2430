package artwork

import (
	"image"
	"image/color"
	"math"
)

// placeholder draws the cover of albums that have none: a record on a quiet
// ground, seen from above, as an edge×edge picture.
func placeholder(edge int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, edge, edge))
	const samples = 3 // per direction; enough for smooth circles
	for y := range edge {
		for x := range edge {
			var sum shade
			for i := range samples * samples {
				u := (float64(x) + (float64(i%samples)+.5)/samples) / float64(edge)
				v := (float64(y) + (float64(i/samples)+.5)/samples) / float64(edge)
				sum = sum.add(record(u-.5, v-.5))
			}
			out.SetRGBA(x, y, sum.rgba(samples*samples))
		}
	}
	return out
}

// shade is a colour with channels from 0 to 1.
type shade [3]float64

func (s shade) add(o shade) shade { return shade{s[0] + o[0], s[1] + o[1], s[2] + o[2]} }

func (s shade) scaled(f float64) shade { return shade{s[0] * f, s[1] * f, s[2] * f} }

func (s shade) mixed(o shade, t float64) shade { return s.scaled(1 - t).add(o.scaled(t)) }

func (s shade) rgba(n float64) color.RGBA {
	channel := func(v float64) uint8 { return uint8(math.Round(255 * min(max(v/n, 0), 1))) }
	return color.RGBA{channel(s[0]), channel(s[1]), channel(s[2]), 255}
}

// record is the picture as a function: the shade at (x, y), each from −0.5 to
// 0.5, the origin in the middle.
func record(x, y float64) shade {
	var (
		dusk  = shade{.23, .26, .33}
		slate = shade{.13, .15, .20}
		vinyl = shade{.06, .065, .08}
		label = shade{.85, .60, .32}
		paper = shade{.95, .88, .76}
	)
	const edge, end, rim, hole = .40, .155, .145, .012
	r, angle := math.Hypot(x, y), math.Atan2(y, x)
	switch {
	case r < hole:
		return slate
	case r < rim:
		if r > .095 && r < .102 {
			return paper
		}
		return label.mixed(paper, .25+.25*math.Sin(angle-.9))
	case r < edge:
		groove := .5 + .5*math.Sin(r*2*math.Pi*70)
		if r < end || math.Abs(r-.235) < .003 || math.Abs(r-.318) < .003 {
			groove = 0
		}
		// Two opposite fans of light, as on a real record.
		glint := math.Pow(math.Abs(math.Cos(angle-.75)), 14)
		return vinyl.add(shade{.30, .31, .34}.scaled(glint * (.55 + .45*groove))).add(shade{.05, .05, .055}.scaled(groove))
	}
	ground := dusk.mixed(slate, .5+x*.4+y*.6)
	shadow := math.Exp(-math.Pow((math.Hypot(x-.012, y-.02)-edge)/.03, 2))
	return ground.scaled(1 - .45*shadow)
}
