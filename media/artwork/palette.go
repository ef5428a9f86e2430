package artwork

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/draw"
	"io"
	"slices"
)

const (
	// paletteEdge is the size in pixels to which a picture is reduced before its
	// colours are counted: what is smaller than a pixel then has no colour of its own.
	paletteEdge = 64

	// alike is the distance below which two colours are seen as tones of one.
	alike = 0.12

	// A colour is text or highlight only if it covers a part of the picture: 1/128
	// are 32 pixels of 64 × 64.
	leastPart = 128

	// colored is the least chroma of a highlight.
	colored = 0.05
)

// ColorsOf proposes colours for an album with this cover: the background is the
// colour that covers most of it, its border counting twice, the foreground another
// one of it that can be read, the highlight its most vivid one. Where the cover has
// no such colour the nearest one is made brighter or darker, so that the contrasts
// are never below [MinTextContrast] and [MinHighlightContrast]. The same picture
// always has the same colours. Transparent parts count as white.
func ColorsOf(m image.Image) Colors {
	tones := tonesOf(m)
	bg := tones[0].color
	c := Colors{Background: bg}

	// The foreground is the first that can be read, else the one nearest to that.
	best := 0
	for i, t := range tones {
		contrast := t.color.Contrast(bg)
		if contrast >= MinTextContrast {
			best = i
			break
		}
		if contrast > tones[best].color.Contrast(bg) {
			best = i
		}
	}
	c.Foreground = readable(tones[best].color, bg, MinTextContrast)

	// The highlight must differ from the text, also after it was made readable.
	c.Highlight = towards(bg, c.Foreground, bg, MinHighlightContrast)
	vivid := 0.0
	for _, t := range tones[1:] {
		h := readable(t.color, bg, MinHighlightContrast)
		p := h.perceived()
		// How vivid a colour is counts for more than how much there is of it.
		score := p.chroma() * p.chroma() * float64(t.weight)
		if score > vivid && p.chroma() >= colored && p.distance(c.Foreground.perceived()) >= alike {
			vivid, c.Highlight = score, h
		}
	}
	return c
}

// tone is a colour and those that look like it.
type tone struct {
	weight  int
	r, g, b int // weighted sums
	color   Color
	first   perceived // of the first colour in it
}

func (t *tone) add(r, g, b, weight int) {
	t.weight += weight
	t.r, t.g, t.b = t.r+r*weight, t.g+g*weight, t.b+b*weight
}

func (t *tone) mean() Color {
	n := t.weight
	return Color{uint8((t.r + n/2) / n), uint8((t.g + n/2) / n), uint8((t.b + n/2) / n)}
}

// tonesOf returns the tones of a picture, the heaviest first, at least one.
// Those that cover next to nothing are left out.
func tonesOf(m image.Image) []tone {
	cells, total := cellsOf(m)
	var tones []tone
	for _, cell := range cells {
		p := cell.mean().perceived()
		i := slices.IndexFunc(tones, func(t tone) bool { return t.first.distance(p) < alike })
		if i < 0 {
			i = len(tones)
			tones = append(tones, tone{first: p})
		}
		t := &tones[i]
		t.weight, t.r, t.g, t.b = t.weight+cell.weight, t.r+cell.r, t.g+cell.g, t.b+cell.b
	}
	slices.SortStableFunc(tones, func(a, b tone) int { return cmp.Compare(b.weight, a.weight) })
	for i := range tones {
		tones[i].color = tones[i].mean()
	}
	few := slices.IndexFunc(tones[1:], func(t tone) bool { return t.weight*leastPart < total })
	if few >= 0 {
		tones = tones[:1+few]
	}
	return tones
}

// cellsOf counts the colours of a picture in 16 × 16 × 16 cells, the heaviest first.
func cellsOf(m image.Image) (cells []tone, total int) {
	small := Fit(m, paletteEdge, paletteEdge)
	size := small.Bounds().Size()
	pixels := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	draw.Draw(pixels, pixels.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(pixels, pixels.Rect, small, small.Bounds().Min, draw.Over)

	inner := pixels.Rect.Inset(max(1, min(size.X, size.Y)/8))
	all := make([]tone, 1<<12)
	for y := range size.Y {
		for x := range size.X {
			p := pixels.Pix[y*pixels.Stride+x*4:]
			weight := 2
			if (image.Point{x, y}).In(inner) {
				weight = 1
			}
			total += weight
			all[int(p[0]>>4)<<8|int(p[1]>>4)<<4|int(p[2]>>4)].add(int(p[0]), int(p[1]), int(p[2]), weight)
		}
	}
	cells = slices.DeleteFunc(all, func(t tone) bool { return t.weight == 0 })
	slices.SortStableFunc(cells, func(a, b tone) int { return cmp.Compare(b.weight, a.weight) })
	return cells, total
}

// Colors proposes the colours of an album whose cover has this name in the cache;
// [DefaultColors] for the placeholder. Errors: those of [Store.File], and
// [ErrDamaged] where the file there is no picture.
func (s *Store) Colors(ctx context.Context, name string) (Colors, error) {
	if name == DefaultName {
		return DefaultColors, nil
	}
	if !isElement(name) {
		return Colors{}, fmt.Errorf("artwork: cover name %q: %w", name, ErrBadName)
	}
	scale := 0
	for _, n := range s.scales {
		if scale = n; n >= paletteEdge {
			break
		}
	}
	p, err := s.Path(name, scale)
	if err != nil {
		return Colors{}, err
	}
	f, err := s.File(ctx, p)
	if err != nil {
		return Colors{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return Colors{}, fmt.Errorf("artwork: reading %q: %w", p, err)
	}
	return s.PictureColors(ctx, data)
}

// PictureColors is Colors for a picture that is not in the cache. Errors: as
// [Store.SetCover].
func (s *Store) PictureColors(ctx context.Context, data []byte) (Colors, error) {
	s.decoding.Lock()
	defer s.decoding.Unlock()
	if err := ctx.Err(); err != nil {
		return Colors{}, err
	}
	p, err := s.decode(data)
	if err != nil {
		return Colors{}, fmt.Errorf("artwork: colours of a picture: %w", err)
	}
	return ColorsOf(p.pixels), nil
}
