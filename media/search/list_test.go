package search

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

func newList() *list { return &list{starts: []uint32{0}} }

// inOrder iterates over rows by ascending id, as a catalogue does.
func inOrder(rows map[int64]string) iter.Seq2[int64, string] {
	return func(yield func(int64, string) bool) {
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			if !yield(id, rows[id]) {
				return
			}
		}
	}
}

// A list that was revised step by step must be the one made at once, which must
// hold each name that can be searched, in the order of the lower-case names.
func TestRevisedListIsTheListMadeAtOnce(t *testing.T) {
	name := rapid.StringMatching(`[aAbB!éÉ月 ]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		rows := make(map[int64]string)
		revised, letters := newList(), newAlphabet()
		for range rapid.IntRange(1, 5).Draw(t, "revisions") {
			for range rapid.IntRange(0, 12).Draw(t, "changes") {
				id := rapid.Int64Range(1, 20).Draw(t, "id")
				if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
					delete(rows, id)
				} else {
					rows[id] = name.Draw(t, "name")
				}
			}
			before := fmt.Sprint(revised)
			old := revised
			letters = letters.clone()
			revised = revised.revised(letters, inOrder(rows))
			if fmt.Sprint(old) != before {
				t.Fatal("the old list has changed")
			}
			if again := revised.revised(letters, inOrder(rows)); again != revised {
				t.Fatal("a list without changes was made anew")
			}
		}
		once := newList().revised(letters, inOrder(rows))
		if got, want := fmt.Sprint(revised), fmt.Sprint(once); got != want {
			t.Fatalf("revised %s\n  at once %s", got, want)
		}
		var want []int64
		for id, name := range rows {
			if Normalise(name) != "" {
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b int64) int {
			if c := strings.Compare(library.Lower(rows[a]), library.Lower(rows[b])); c != 0 {
				return c
			}
			return int(a - b)
		})
		if !slices.Equal(once.ids, want) {
			t.Fatalf("order %v, want %v of %v", once.ids, want, rows)
		}
		for i, id := range once.ids {
			if codes := letters.lookup(Normalise(rows[id])); !slices.Equal(once.at(i), codes) || once.masks[i] != mask(codes) {
				t.Fatalf("entry %d: codes %v, want %v", i, once.at(i), codes)
			}
		}
	})
}

func TestALongNameIsCutOff(t *testing.T) {
	letters := newAlphabet()
	l := newList().revised(letters, inOrder(map[int64]string{1: strings.Repeat("é", 1000), 2: "end"}))
	if len(l.at(1)) != maxCodes || len(l.at(0)) != 3 {
		t.Errorf("%d and %d codes, want %d and 3", len(l.at(1)), len(l.at(0)), maxCodes)
	}
}

// A name with a character that found no code must not equal anything by it.
func TestCharactersBeyondTheAlphabetEqualNothing(t *testing.T) {
	letters := newAlphabet()
	for r := rune(0x10000); letters.size() < 1<<16; r++ {
		letters.encode(nil, string(r))
	}
	l := newList().revised(letters, inOrder(map[int64]string{1: "月", 2: "abcd月"}))
	if l.at(1)[0] != 0 || letters.size() != 1<<16 {
		t.Fatalf("月 has the code %d of %d", l.at(1)[0], letters.size())
	}
	if hits := newQuery(letters, "月").search(l); len(hits) != 0 {
		t.Errorf("found %v", hits)
	}
	if hits := newQuery(letters, "abcd月").search(l); len(hits) != 1 || hits[0].ID != 2 || hits[0].Score >= 100 {
		t.Errorf("found %v, want the one name by its other letters", hits)
	}
}

// The order of the hits, from all names rated by definition: rating, then exact,
// then beginning, then the order of the list.
func TestHitsAreInOrder(t *testing.T) {
	name := rapid.StringMatching(`[abc]{1,4}|[abcd ]{4,9}`)
	rapid.Check(t, func(t *rapid.T) {
		rows := make(map[int64]string)
		for id := range rapid.Int64Range(0, 150).Draw(t, "names") {
			rows[id] = name.Draw(t, "name")
		}
		letters := newAlphabet()
		l := newList().revised(letters, inOrder(rows))
		text := Normalise(name.Draw(t, "text"))
		type rated struct {
			hit        Hit
			rank, list int
		}
		var all []rated
		for i, id := range l.ids {
			r := rated{hit: Hit{id, naiveRatio([]rune(text), []rune(Normalise(rows[id])))}, rank: 2, list: i}
			switch found := Normalise(rows[id]); {
			case found == text:
				r.rank = 0
			case strings.HasPrefix(found, text):
				r.rank = 1
			}
			if text != "" && r.hit.Score >= Threshold {
				all = append(all, r)
			}
		}
		slices.SortFunc(all, func(a, b rated) int {
			return cmp.Or(cmp.Compare(b.hit.Score, a.hit.Score), a.rank-b.rank, a.list-b.list)
		})
		want := []Hit{}
		for _, r := range all {
			want = append(want, r.hit)
		}
		if got := newQuery(letters, text).search(l); !slices.Equal(got, want) {
			t.Fatalf("%q finds %v, want %v in %v", text, got, want, rows)
		}
	})
}
