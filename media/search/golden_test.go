package search

import (
	"cmp"
	"encoding/json"
	"iter"
	"os"
	"slices"
	"testing"
)

// recorded is what clients asked MusicDB 8.2 and were answered, with the names
// of its library at that time.
type recorded struct {
	Artists, Albums, Songs []struct {
		ID   int64
		Name string
	}
	Finds []struct {
		Text                   string
		Limit                  int
		Artists, Albums, Songs []int64
	}
}

// The reference server ranks equal ratings by name alone. Put back into that
// order, our hits must be its hits.
func TestFindsWhatTheReferenceServerFinds(t *testing.T) {
	text, err := os.ReadFile("testdata/find.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	letters := newAlphabet()
	rows := func(named []struct {
		ID   int64
		Name string
	}) iter.Seq2[int64, string] {
		return func(yield func(int64, string) bool) {
			for _, n := range named {
				if !yield(n.ID, n.Name) {
					return
				}
			}
		}
	}
	lists := []*list{
		newList().revised(letters, rows(r.Artists)),
		newList().revised(letters, rows(r.Albums)),
		newList().revised(letters, rows(r.Songs)),
	}
	if len(r.Finds) < 100 {
		t.Fatalf("only %d searches are recorded", len(r.Finds))
	}
	for _, find := range r.Finds {
		q := newQuery(letters, find.Text)
		for i, want := range [][]int64{find.Artists, find.Albums, find.Songs} {
			l := lists[i]
			hits := q.search(l)
			slices.SortStableFunc(hits, func(a, b Hit) int {
				return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(slices.Index(l.ids, a.ID), slices.Index(l.ids, b.ID)))
			})
			got := []int64{}
			for _, hit := range hits[:min(len(hits), find.Limit)] {
				got = append(got, hit.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v in list %d, the reference server finds %v", find.Text, got, i, want)
			}
		}
	}
}
