package doctor

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestNamesAndTagsAreCompared(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       likeness
	}{
		{"Björk", "Bjo\u0308rk", same},
		{"AC∕DC", "AC/DC", same},
		{"AC∕DC", "acdc", same},
		{"It_s Oh So Quiet", "It’s Oh So Quiet", same},
		{"What", "What?", same},
		{"STRASSE", "Straße", same},
		{"Ⅳ", "IV", same},
		{"???", "???", same},
		{"1+1", "11", same}, // signs are what file systems take away
		{"Bjork", "Björk", akin},
		{"Song", "Song (Remastered 2009)", akin},
		{"Song [Live]", "Song", akin},
		{"Song", "Song feat. Somebody", akin},
		{"Song", "Gong", other},
		{"???", "!!!", other},
		{"Song", "", other},
		{"⺀", " ⺀. ", same}, // signs, too, lose dots and blanks at their end
		{"...", "...", same},
		{"...", "", other},
		{"???", "?", other},
		{"(Intro)", "(Outro)", other},
		{"Песня", "Песни", other},
	} {
		if got := like(c.name, c.text); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.name, c.text, got, c.want)
		}
	}
}

// What a copy to another file system does to a name is no other name.
func TestCopiesOfANameAreTheSame(t *testing.T) {
	// Those of package strings know no letter that becomes two, as the small İ does.
	upper, lower := cases.Upper(language.Und).String, cases.Lower(language.Und).String
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom(nil, unicode.Latin, unicode.Cyrillic, unicode.Han, unicode.Hangul, unicode.Nd), 1, 30, -1).Draw(t, "name")
		copied := rapid.SampledFrom([]func(string) string{
			norm.NFC.String, norm.NFD.String, upper, lower, func(s string) string { return " " + s + ". " },
			func(s string) string { return strings.ReplaceAll(s, "", "_") },
		}).Draw(t, "copy")(norm.NFC.String(name))
		if letters(name) == "" && strings.Contains(copied, "_") {
			return // a name of nothing but signs is known by them, and these are others
		}
		// Some letters have the capital of another.
		if got := like(name, copied); got != same && letters(lower(copied)) == letters(lower(name)) {
			t.Fatalf("%q and %q: %d", name, copied, got)
		}
	})
}

// FuzzLike: comparing is symmetric, and everything is like itself.
func FuzzLike(f *testing.F) {
	f.Add("Björk", "Bjo\u0308rk")
	f.Add("Song (Live)", "Song")
	f.Add(")(", "feat. ")
	f.Add("\xff\xfe", "\u0000")
	f.Fuzz(func(t *testing.T, a, b string) {
		if like(a, b) != like(b, a) {
			t.Errorf("%q and %q: %d, the other way %d", a, b, like(a, b), like(b, a))
		}
		if like(a, a) != same {
			t.Errorf("%q is not like itself", a)
		}
		if utf8.ValidString(a) && like(a, norm.NFD.String(a)) != same {
			t.Errorf("%q is not like its decomposed form", a)
		}
	})
}
