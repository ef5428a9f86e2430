package library

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What since finds is what a comparison of all rows finds, and pages that are
// shared are not looked at.
func TestSinceIsADifference(t *testing.T) {
	changes, shared := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]int64{3, 300, 3000}).Draw(t, "span")
		keys := rapid.Int64Range(0, span)
		var first []cell
		for _, key := range some(keys, 1000).Draw(t, "at first") {
			first = append(first, cell{key, "first"})
		}
		old := tableOf(first)
		now := old
		for i, key := range some(keys, 40).Draw(t, "changes") {
			switch rapid.IntRange(0, 5).Draw(t, "change") {
			case 0:
				now = now.without((&cell{key: key}).order())
			case 1:
				now = now.with(cell{key, "first"}) // perhaps as before
			case 2:
				now = now.filtered(func(c *cell) bool { return c.key%span != key })
			default:
				now = now.with(cell{key, fmt.Sprint("change ", i)})
			}
		}
		var got, want []string
		for before, after := range since(old, now) {
			got = append(got, fmt.Sprint(before, after))
		}
		for key := range span + 1 {
			at := (&cell{key: key}).order()
			before, after := old.get(at), now.get(at)
			if before != nil && after != nil && *before == *after || before == after {
				continue
			}
			want = append(want, fmt.Sprint(before, after))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		changes += len(want)
		if slices.ContainsFunc(now.pages, func(page []cell) bool {
			return slices.ContainsFunc(old.pages, func(other []cell) bool { return &page[0] == &other[0] })
		}) {
			shared++
		}
		for range since(old, now) {
			break // must be possible at any time
		}
	})
	if changes == 0 || shared == 0 {
		t.Errorf("%d changes, %d runs with shared pages: one of both is not tested", changes, shared)
	}
}
