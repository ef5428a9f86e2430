package queue

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func (s spans) all() (ranks []int) {
	for _, one := range s {
		for r := one.from; r < one.to; r++ {
			ranks = append(ranks, r)
		}
	}
	return ranks
}

// Spans are sets of numbers.
func TestSpansAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (spans, map[int]bool) {
			var ranges []span
			has := map[int]bool{}
			for range rapid.IntRange(0, 8).Draw(t, label) {
				from := rapid.IntRange(0, 40).Draw(t, "from")
				one := span{from, from + rapid.IntRange(-1, 9).Draw(t, "length")}
				ranges = append(ranges, one)
				for r := one.from; r < one.to; r++ {
					has[r] = true
				}
			}
			return tidy(ranges), has
		}
		a, inA := draw("a")
		b, inB := draw("b")
		less := a.minus(nil, b)
		var want, wantLess []int
		for r := range 60 {
			if inA[r] {
				want = append(want, r)
			}
			if inA[r] && !inB[r] {
				wantLess = append(wantLess, r)
			}
			if a.has(r) != inA[r] {
				t.Fatalf("%v has %d: %v", a, r, a.has(r))
			}
		}
		if !slices.Equal(a.all(), want) || !slices.Equal(less.all(), wantLess) || a.size() != len(want) {
			t.Fatalf("%v minus %v is %v", a, b, less)
		}
		for n, r := range wantLess {
			if got := less.nth(n); got != r {
				t.Fatalf("number %d of %v is %d", n, less, got)
			}
		}
	})
}
