package search

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// naiveRatio is the definition of the partial ratio, word by word.
func naiveRatio(a, b []rune) float64 {
	switch {
	case len(a) == 0 && len(b) == 0:
		return 100
	case len(a) == 0 || len(b) == 0:
		return 0
	case len(a) == len(b):
		return max(naiveInside(a, b), naiveInside(b, a))
	case len(a) < len(b):
		return naiveInside(a, b)
	default:
		return naiveInside(b, a)
	}
}

func naiveInside(short, long []rune) float64 {
	n, m := len(short), len(long)
	best := 0.0
	try := func(window []rune) {
		best = max(best, 100*2*float64(naiveCommon(short, window))/float64(n+len(window)))
	}
	for k := 1; k < n; k++ {
		try(long[:k])
		try(long[m-k:])
	}
	for i := 0; i+n <= m; i++ {
		try(long[i : i+n])
	}
	return best
}

func naiveCommon(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// fastRatio rates two texts as a search does, prefilter included.
func fastRatio(text, name string) float64 {
	letters := newAlphabet()
	codes := letters.encode(nil, name)
	q := newQuery(letters, text)
	if len(codes) == 0 || !q.possible(mask(codes), len(codes)) {
		return 0
	}
	return q.rate(codes)
}

// The pairs and their ratings as the reference implementation computes them.
var vectors = []struct {
	a, b string
	want float64
}{
	{"rammstein", "rammsein", 87.5},
	{"mutter", "muter", 80},
	{"sonne", "so", 100},
	{"rammstein", "a", 100},
	{"die sonne", "sonne", 100},
	{"rosenrot", "benzin", 36.3636},
	{"ærdenbrand", "aerdenbrand", 94.7368},
	{"go go gadget", "gogo", 75},
	{"stripped", "striped", 85.7143},
	{"guns n roses", "guns and roses", 83.3333},
	{"in flames", "inflames", 87.5},
	{"straße", "strasse", 80},
	{"björk", "bjork", 80},
	{"metallica", "metalica live", 94.1176},
	{"foo", "oof", 80},
	{"münchen", "munchen", 85.7143},
	{"nothing else matters", "nothng els maters", 84.8485},
	{"du hast", "du hasst", 92.3077},
	{"amerika", "amerca", 80},
	{"ab", "ba", 66.6667},
	{"abc", "cab", 80},
}

func TestRatingsOfTheReference(t *testing.T) {
	for _, v := range vectors {
		if got := naiveRatio([]rune(v.a), []rune(v.b)); math.Abs(got-v.want) > 0.0001 {
			t.Errorf("definition: %q / %q = %v, want %v", v.a, v.b, got, v.want)
		}
		want := v.want
		if want < Threshold {
			want = 0 // not worth an exact answer
		}
		for _, got := range []float64{fastRatio(v.a, v.b), fastRatio(v.b, v.a)} {
			if math.Abs(got-want) > 0.0001 {
				t.Errorf("%q / %q = %v, want %v", v.a, v.b, got, want)
			}
		}
	}
}

// The fast comparison must be the definition, for all that can be a hit.
func TestRatingEqualsItsDefinition(t *testing.T) {
	letters := rapid.SampledFrom([]rune("aaabbcde fö月🎸"))
	rapid.Check(t, func(t *rapid.T) {
		longest := rapid.SampledFrom([]int{6, 20, 64, 66, 140}).Draw(t, "longest")
		length := rapid.IntRange(1, longest)
		n, m := length.Draw(t, "n"), length.Draw(t, "m")
		a := rapid.SliceOfN(letters, n, n).Draw(t, "a")
		b := rapid.SliceOfN(letters, m, m).Draw(t, "b")
		switch rapid.IntRange(0, 3).Draw(t, "relation") {
		case 0:
			b = misspelt(t, a)
		case 1:
			b = shifted(t, a)
		}
		text, name := Normalise(string(a)), Normalise(string(b))
		want := naiveRatio([]rune(text), []rune(name))
		if text == "" || name == "" || want < Threshold-1e-9 {
			want = 0
		}
		if got := fastRatio(text, name); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%q / %q = %v, want %v", text, name, got, want)
		}
	})
}

// Texts of which both have more than 64 characters, and of one length often.
func TestWideRatingEqualsItsDefinition(t *testing.T) {
	letters := rapid.SampledFrom([]rune("abcde fö月🎸"))
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(65, 90).Draw(t, "length")
		a := rapid.SliceOfN(letters, length, length).Draw(t, "a")
		b := shifted(t, a)
		switch rapid.IntRange(0, 2).Draw(t, "relation") {
		case 0: // strangers at an end of one and within the other: only one has a better window
			b = slices.Insert(slices.Clone(a[10:]), length/2, []rune("strangers!")...)
		case 1:
			b = append(b, rapid.SliceOfN(letters, 1, 50).Draw(t, "end")...)
		}
		codes := newAlphabet()
		x, y := codes.encode(nil, string(a)), codes.encode(nil, string(b))
		want := naiveRatio(a, b)
		if want < Threshold-1e-9 {
			want = 0
		}
		for _, got := range []float64{wideRatio(x, y), wideRatio(y, x)} {
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("%q / %q = %v, want %v", string(a), string(b), got, want)
			}
		}
	})
}

// shifted returns a text as long as a of which the beginning is the end of a,
// or the other way round: the best window then is a short one at an end.
func shifted(t *rapid.T, a []rune) []rune {
	letters := rapid.SampledFrom([]rune("abcdexyz "))
	by := rapid.IntRange(0, len(a)/3).Draw(t, "by")
	strangers := rapid.SliceOfN(letters, by, by).Draw(t, "strangers")
	if rapid.Bool().Draw(t, "to the front") {
		return slices.Concat(a[by:], strangers)
	}
	return slices.Concat(strangers, a[:len(a)-by])
}

// misspelt returns a part of a, embedded in something, with mistakes.
func misspelt(t *rapid.T, a []rune) []rune {
	letters := rapid.SampledFrom([]rune("abcdexyz "))
	from := rapid.IntRange(0, len(a)-1).Draw(t, "from")
	until := rapid.IntRange(from+1, len(a)).Draw(t, "until")
	b := rapid.SliceOfN(letters, 0, 10).Draw(t, "before")
	b = append(b, a[from:until]...)
	b = append(b, rapid.SliceOfN(letters, 0, 10).Draw(t, "after")...)
	for range rapid.IntRange(0, 3).Draw(t, "mistakes") {
		b[rapid.IntRange(0, len(b)-1).Draw(t, "place")] = letters.Draw(t, "letter")
	}
	return b
}

func FuzzRating(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.a, v.b)
	}
	f.Add("", "x")
	f.Add(strings.Repeat("ab", 40), strings.Repeat("ba", 50))
	f.Add(strings.Repeat("x", 64), strings.Repeat("x", 65))
	f.Add(strings.Repeat("x", 300), strings.Repeat("x", 300))
	f.Add("\xff", "\uFFFD")
	f.Fuzz(func(t *testing.T, a, b string) {
		text, name := []rune(Normalise(a)), []rune(Normalise(b))
		if len(text) > 150 || len(name) > 150 {
			return // the definition takes seconds
		}
		want := 0.0
		if len(text) > 0 && len(name) > 0 {
			want = naiveRatio(text, name)
		}
		got := fastRatio(string(text), string(name))
		if want < Threshold-1e-9 {
			want = 0
		}
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%q / %q = %v, want %v", string(text), string(name), got, want)
		}
	})
}
