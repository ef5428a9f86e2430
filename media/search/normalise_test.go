package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The results are those of Python's unicodedata and str, which the old server
// is made of.
func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"t.A.T.u.":           "tatu",
		"AC/DC":              "acdc",
		"Ｆｕｌｌ Width":         "full width",
		"Guns N' Roses":      "guns n roses",
		"!!!":                "",
		"\u00a0":             "",
		"…":                  "",
		"":                   "",
		"a\u00a0b":           "a b",
		"  x   y  ":          "x y",
		"Björk":              "björk",
		"Straße":             "straße",
		"ẞ":                  "ß",
		"İ":                  "i\u0307",
		"ΟΔΟΣ":               "οδος",
		"\tTab\t\tinside\t":  "tab\t\tinside",
		"\u3000月":            "月",
		"ﬁ":                  "fi",
		"a - b":              "a b",
		"“q” – x":            "“q” – x",
		"ABC\x1c":            "abc",
		"e\u0301":            "é",
		"½":                  "1⁄2",
		"\u2028x":            "x",
		"¡Hola!":             "¡hola",
		"a\u2009\u2009b":     "a b",
		"Ⅷ":                  "viii",
		"!\"#$%&'()*+,-./:;": "", "<=>?@[\\]^_`{|}~": "",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{"AC/DC", "  x   y  ", "İ", "…", "\u00a0", "\xff\xfe", "e\u0301", "a\x1c", "ﷺ", "- -", " \t ! \t "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Normalise(text)
		if strings.ContainsAny(got, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") {
			t.Errorf("%q: punctuation is left in %q", text, got)
		}
		if strings.Contains(got, "  ") || strings.TrimSpace(got) != got {
			t.Errorf("%q: blanks are left in %q", text, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q became invalid: %q", text, got)
		}
	})
}
