package score

import (
	"testing"
)

func TestPieces(t *testing.T) {
	for _, p := range Pieces() {
		end := 0.0
		for _, v := range p.Voices {
			for _, n := range v.Notes {
				end = max(end, n.At)
				if n.At+n.Length > p.Beats+1.5 || n.At < 0 || n.Length <= 0 {
					t.Errorf("%s %s: %+v ends after %g", p.Slug, v.Name, n, p.Beats)
					break
				}
			}
			last := v.Notes[len(v.Notes)-1]
			t.Logf("%s %-14s %4d notes, last at %g", p.Slug, v.Name, len(v.Notes), last.At)
		}
		t.Logf("%-60s %.1f s", p.Path(), p.Duration())
	}
}
