package intake

import (
	"context"
	"fmt"
	"slices"
)

// duplicates compares the sound of new songs with each other and with that of the
// library. What was said about a song at another time may be gone meanwhile, and then
// is no duplicate.
func (p *Planner) duplicates(ctx context.Context, l looked) (doubts []doubted) {
	first := map[string]string{}
	for _, s := range slices.Concat(l.album.Songs, l.misnamed) {
		if s.Content == "" {
			continue
		}
		if other := first[s.Content]; other != "" {
			doubts = append(doubts, doubted{kind: Repeated, path: s.Path, suggestion: other,
				text: fmt.Sprintf("it is the same recording as %q in this album", base(other))})
			continue
		}
		first[s.Content] = s.Path
		for _, other := range p.known(ctx, s.Content) {
			doubts = append(doubts, doubted{kind: Duplicate, path: s.Path, suggestion: other,
				text: fmt.Sprintf("it is the same recording as %q, which is in the library", other)})
		}
	}
	return doubts
}
