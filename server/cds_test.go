package server

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// Whatever the rows say, every song of an album is on exactly one CD, no CD is
// empty, and the songs are sorted.
func TestCDsHoldEverySongOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		songs := make([]library.Song, rapid.IntRange(0, 12).Draw(t, "songs"))
		for i := range songs {
			songs[i] = library.Song{ID: int64(i + 1), CD: rapid.Int64Range(-1, 4).Draw(t, "cd"),
				Number: rapid.Int64Range(0, 5).Draw(t, "number"), Name: rapid.StringN(0, 2, -1).Draw(t, "name")}
		}
		var album library.Album
		if rapid.Bool().Draw(t, "counted") {
			n := rapid.Int64Range(-1, 3).Draw(t, "numofcds")
			album.NumOfCDs = &n
		}
		cds := sortedCDs(album, slices.Clone(songs))
		seen := map[int64]bool{}
		for i, cd := range cds {
			if len(cd) == 0 {
				t.Fatalf("CD %d is empty", i)
			}
			for _, song := range cd {
				if seen[song.ID] {
					t.Fatalf("song %d is there twice", song.ID)
				}
				seen[song.ID] = true
			}
			if album.NumOfCDs == nil || *album.NumOfCDs <= 0 {
				if i > 0 || !slices.IsSortedFunc(cd, func(a, b library.Song) int { return cmp.Compare(a.Name, b.Name) }) {
					t.Fatalf("an album without CDs has %v", cds)
				}
				continue
			}
			if i > 0 && cds[i-1][0].CD >= cd[0].CD || slices.ContainsFunc(cd, func(s library.Song) bool { return s.CD != cd[0].CD }) ||
				!slices.IsSortedFunc(cd, func(a, b library.Song) int { return cmp.Compare(a.Number, b.Number) }) {
				t.Fatalf("not sorted: %v", cds)
			}
		}
		if len(seen) != len(songs) {
			t.Fatalf("%d of %d songs", len(seen), len(songs))
		}
	})
}
