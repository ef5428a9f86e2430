package intake

import (
	"fmt"
	"maps"
	"slices"
)

// numbered looks for song numbers that are missing or given twice, CD by CD.
// Songs that do not enter have their numbers all the same.
func (l looked) numbered() (doubts []doubted) {
	cds := map[int]map[int][]string{}
	for _, s := range slices.Concat(l.known, l.album.Songs) {
		if cds[s.CD] == nil {
			cds[s.CD] = map[int][]string{}
		}
		cds[s.CD][s.Number] = append(cds[s.CD][s.Number], s.Path)
	}
	for _, cd := range slices.Sorted(maps.Keys(cds)) {
		numbers := cds[cd]
		for _, number := range slices.Sorted(maps.Keys(numbers)) {
			if songs := numbers[number]; len(songs) > 1 {
				doubts = append(doubts, doubted{kind: Double, path: songs[len(songs)-1], confidence: 0.8,
					text: fmt.Sprintf("song %d%s is also %q", number, onCD(cd, cds), base(songs[0]))})
			}
		}
		if missing, last := gaps(numbers); missing != "" {
			doubts = append(doubts, doubted{kind: Gap, path: l.album.Path, confidence: 0.6,
				text: fmt.Sprintf("of %d songs%s there is no %s", last, onCD(cd, cds), missing)})
		}
	}
	return doubts
}

// gaps names the numbers that are missing below the highest. Where most are
// missing the album was never meant to be whole.
func gaps(numbers map[int][]string) (missing string, last int) {
	last = slices.Max(slices.Collect(maps.Keys(numbers)))
	if last > 2*len(numbers)+1 {
		return "", last
	}
	for n := 1; n < last; n++ {
		if numbers[n] != nil {
			continue
		}
		if missing != "" {
			missing += ", "
		}
		missing += fmt.Sprint(n)
	}
	return missing, last
}

func onCD(cd int, cds map[int]map[int][]string) string {
	if len(cds) < 2 {
		return ""
	}
	return fmt.Sprintf(" on CD %d", cd)
}
