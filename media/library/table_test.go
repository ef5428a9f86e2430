package library

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type cell struct {
	key   int64
	value string
}

func (c *cell) order() pair { return pair{c.key / 8, c.key % 8} }

type cells = table[cell, *cell]

// A table must be a sorted map whose older versions never change.
func TestTableIsASortedMapOfWhichOldVersionsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]int64{3, 200, 5000}).Draw(t, "span")
		keys := rapid.Int64Range(0, span)
		model := make(map[int64]string)
		var first []cell
		for _, key := range some(keys, 400).Draw(t, "at first") {
			if _, exists := model[key]; !exists {
				model[key] = fmt.Sprint("first ", len(first))
			}
			first = append(first, cell{key, fmt.Sprint("first ", len(first))})
		}
		now := tableOf(slices.Clone(first))
		if len(model) > 0 && len(now.slice()) != len(model) {
			t.Fatalf("%d rows, want %d", len(now.slice()), len(model))
		}
		for key := range model { // of equal rows the first one counts
			i := slices.IndexFunc(first, func(c cell) bool { return c.key == key })
			model[key] = first[i].value
		}
		older, olderModel := now, maps.Clone(model)
		for i, key := range some(keys, 300).Draw(t, "changes") {
			model[key] = fmt.Sprint("change ", i)
			now = now.with(cell{key, model[key]})
			if i%100 == 50 {
				older, olderModel = now, maps.Clone(model)
			}
		}
		compare(t, older, olderModel, keys)
		compare(t, now, model, keys)
	})
}

// some draws slices of every length, where SliceOfN draws mostly short ones,
// which would fit on a page.
func some(keys *rapid.Generator[int64], longest int) *rapid.Generator[[]int64] {
	return rapid.Custom(func(t *rapid.T) []int64 {
		length := rapid.IntRange(0, 1<<20).Draw(t, "length") % (longest + 1)
		return rapid.SliceOfN(keys, length, length).Draw(t, "keys")
	})
}

func compare(t *rapid.T, got cells, want map[int64]string, keys *rapid.Generator[int64]) {
	t.Helper()
	sorted := slices.Sorted(maps.Keys(want))
	if rows := got.slice(); len(rows) != len(sorted) || got.rows != len(sorted) {
		t.Fatalf("%d rows (said to be %d), want %d", len(rows), got.rows, len(sorted))
	}
	i := 0
	for c := range got.all() {
		if c.key != sorted[i] || c.value != want[c.key] {
			t.Fatalf("row %d is %v, want %d %s", i, *c, sorted[i], want[sorted[i]])
		}
		i++
	}
	for _, page := range got.pages {
		if len(page) == 0 || len(page) > pageRows {
			t.Fatalf("a page has %d rows", len(page))
		}
	}
	for range 20 {
		key := keys.Draw(t, "looked up")
		value, exists := want[key]
		at := (&cell{key: key}).order()
		if c := got.get(at); (c != nil) != exists || exists && c.value != value {
			t.Fatalf("get(%d) = %v, want %q", key, c, value)
		}
		var rest []int64
		for c := range got.from(at) {
			if rest = append(rest, c.key); len(rest) == 3 {
				break
			}
		}
		from, _ := slices.BinarySearch(sorted, key)
		if wantRest := sorted[from:min(len(sorted), from+3)]; !slices.Equal(rest, wantRest) {
			t.Fatalf("from(%d) begins with %v, want %v", key, rest, wantRest)
		}
	}
}
