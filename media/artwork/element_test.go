package artwork

import (
	"image"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestElement(t *testing.T) {
	for name, want := range map[string]string{
		"Neon Glass Open": "Neon Glass Open", "AC/DC": "AC\u2215DC", "夢の中へ兄弟": "夢の中へ兄弟",
		"..": "\u2024.", ".hidden": "\u2024hidden", "C:\\x": "C:\\x",
	} {
		if got := Element(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	for _, lossy := range []string{"", "a\x00b", "line\nbreak", "\xff", strings.Repeat("é", 200)} {
		if got := Element(lossy); !strings.Contains(got, "~") || len(got) > maxNameBytes {
			t.Errorf("%q becomes %q, want a hash in it", lossy, got)
		}
	}
}

func TestElementIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := hostile().Draw(t, "name")
		got := Element(name)
		if !fs.ValidPath(got) || got == "." || strings.ContainsAny(got, "/\x00\n") || strings.HasPrefix(got, ".") ||
			!utf8.ValidString(got) || len(got) > maxNameBytes {
			t.Fatalf("%q becomes %q", name, got)
		}
	})
}

func TestFitIntoARectangle(t *testing.T) {
	for _, c := range []struct{ w, h, maxW, maxH, wantW, wantH int }{
		{320, 180, 150, 83, 148, 83}, {320, 180, 50, 27, 48, 27}, {1920, 800, 150, 83, 150, 63},
		{100, 50, 150, 83, 100, 50}, {180, 320, 150, 83, 47, 83}, {4000, 3, 150, 83, 150, 1}, {150, 84, 150, 83, 148, 83},
	} {
		if got := Fit(testPicture(c.w, c.h), c.maxW, c.maxH).Bounds().Size(); got != image.Pt(c.wantW, c.wantH) {
			t.Errorf("%d×%d into %d×%d: %v, want %d×%d", c.w, c.h, c.maxW, c.maxH, got, c.wantW, c.wantH)
		}
	}
}
