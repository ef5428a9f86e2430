package artwork

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"io/fs"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// cover has a background, and bars of other colours in its middle.
func cover(background color.Color, bars ...color.Color) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(m, m.Rect, image.NewUniform(background), image.Point{}, draw.Src)
	for i, bar := range bars {
		draw.Draw(m, image.Rect(60, 60+40*i, 240, 85+40*i), image.NewUniform(bar), image.Point{}, draw.Src)
	}
	return m
}

func TestColorsOfACover(t *testing.T) {
	navy, cream, orange := color.RGBA{16, 24, 64, 255}, color.RGBA{240, 232, 208, 255}, color.RGBA{224, 112, 16, 255}
	near := func(a Color, b color.RGBA) bool {
		return a.perceived().distance(Color{b.R, b.G, b.B}.perceived()) < 0.05
	}
	c := ColorsOf(cover(navy, cream, cream, orange))
	if !near(c.Background, navy) || !near(c.Foreground, cream) || !near(c.Highlight, orange) {
		t.Errorf("colours %v", c)
	}
	// The red of the bar cannot be read on black, a brighter one can.
	c = ColorsOf(cover(color.Black, color.RGBA{96, 0, 0, 255}))
	if p := c.Foreground.perceived(); p.a < 0.02 || c.Foreground == white {
		t.Errorf("the text on black is %v, and no red", c.Foreground)
	}
	// The border is the smaller part, and still the background.
	framed := image.NewRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(framed, framed.Rect, image.NewUniform(navy), image.Point{}, draw.Src)
	draw.Draw(framed, framed.Rect.Inset(8), image.NewUniform(orange), image.Point{}, draw.Src)
	if c := ColorsOf(framed); !near(c.Background, navy) {
		t.Errorf("the background of a framed picture is %v", c.Background)
	}
	if c := ColorsOf(cover(color.Transparent)); c.Background != white {
		t.Errorf("the background of nothing is %v", c.Background)
	}
}

var written = regexp.MustCompile(`^#[0-9A-F]{6}$`)

func checkColors(t interface{ Fatalf(string, ...any) }, c Colors) {
	if got := c.Foreground.Contrast(c.Background); got < MinTextContrast {
		t.Fatalf("text %v on %v has the contrast %.2f", c.Foreground, c.Background, got)
	}
	if got := c.Highlight.Contrast(c.Background); got < MinHighlightContrast {
		t.Fatalf("highlight %v on %v has the contrast %.2f", c.Highlight, c.Background, got)
	}
	if c.Highlight == c.Foreground {
		t.Fatalf("text and highlight are both %v", c.Highlight)
	}
	for _, one := range []Color{c.Background, c.Foreground, c.Highlight} {
		if !written.MatchString(one.String()) {
			t.Fatalf("colour %q", one)
		}
	}
}

func TestColorsCanAlwaysBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anyColor := rapid.Custom(func(t *rapid.T) color.RGBA {
			return color.RGBA{rapid.Byte().Draw(t, "r"), rapid.Byte().Draw(t, "g"), rapid.Byte().Draw(t, "b"), 255}
		})
		w, h := rapid.IntRange(1, 90).Draw(t, "width"), rapid.IntRange(1, 90).Draw(t, "height")
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for range rapid.IntRange(1, 12).Draw(t, "patches") {
			x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
			patch := image.Rect(x, y, rapid.IntRange(x, w).Draw(t, "to x"), rapid.IntRange(y, h).Draw(t, "to y"))
			draw.Draw(m, patch, image.NewUniform(anyColor.Draw(t, "colour")), image.Point{}, draw.Src)
		}
		c := ColorsOf(m)
		checkColors(t, c)
		if again := ColorsOf(m); again != c {
			t.Fatalf("first %v, then %v", c, again)
		}
	})
}

// Every grey, and the hues between, as the only colour of a cover.
func TestColorsOfOneColor(t *testing.T) {
	for r := 0; r < 256; r += 17 {
		for g := 0; g < 256; g += 17 {
			for b := 0; b < 256; b += 51 {
				m := image.NewUniform(color.RGBA{uint8(r), uint8(g), uint8(b), 255})
				one := image.NewRGBA(image.Rect(0, 0, 2, 2))
				draw.Draw(one, one.Rect, m, image.Point{}, draw.Src)
				checkColors(t, ColorsOf(one))
			}
		}
	}
}

func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b Color
		want float64
	}{{white, black, 21}, {white, white, 1}, {Color{0x76, 0x76, 0x76}, white, 4.54}, {Color{255, 0, 0}, white, 4.00}} {
		if got := c.a.Contrast(c.b); got < c.want-0.005 || got > c.want+0.005 {
			t.Errorf("contrast of %v and %v is %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
	if got := DefaultColors.Background.String() + DefaultColors.Foreground.String() + DefaultColors.Highlight.String(); got != "#101010#F0F0F0#909090" {
		t.Errorf("default colours %s", got)
	}
}

func TestColorsOfACoverInTheCache(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	picture := asPNG(t, cover(color.RGBA{16, 24, 64, 255}, color.White, color.RGBA{224, 112, 16, 255}))
	name, err := s.SetCover(t.Context(), "A", "B", picture)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := s.Colors(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	checkColors(t, stored)
	handed, err := s.PictureColors(t.Context(), picture)
	if err != nil || handed.Background.perceived().distance(stored.Background.perceived()) > 0.02 {
		t.Errorf("in the cache %v, of the picture %v, error %v", stored, handed, err)
	}
	if c, err := s.Colors(t.Context(), DefaultName); err != nil || c != DefaultColors {
		t.Errorf("of the placeholder: %v, error %v", c, err)
	}
	for bad, want := range map[string]error{"none.jpg": fs.ErrNotExist, "../x.jpg": ErrBadName, "": ErrBadName} {
		if _, err := s.Colors(t.Context(), bad); !errors.Is(err, want) {
			t.Errorf("colours of %q: %v", bad, err)
		}
	}
	if _, err := s.PictureColors(t.Context(), nil); !errors.Is(err, ErrFormat) {
		t.Errorf("colours of nothing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.PictureColors(ctx, picture); !errors.Is(err, context.Canceled) {
		t.Errorf("colours after the end: %v", err)
	}
}
