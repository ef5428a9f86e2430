package intake_test

import (
	"errors"
	"testing"

	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
)

// Songs that a known album has got enter it; names and numbers are compared with those
// of the songs that it has.
func TestPlanOfNewSongs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const dir = "Band/2002 - Known"
	h.sound(dir+"/01 One.mp3", 1, nil)
	h.sound(dir+"/02 Two.mp3", 2, nil)
	h.sound(dir+"/loose.mp3", 3, map[string]string{"title": "Loose"})
	h.sound(dir+"/01 Other.mp3", 4, nil)
	_, err := h.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Band", ArtistPath: "Band", Name: "Known", Path: dir,
		Songs: []library.NewSong{{Name: "One", Path: dir + "/01 One.mp3", Number: 1}, {Name: "Two", Path: dir + "/02 Two.mp3", Number: 2}}})
	must(t, err)
	p, err := h.planner.Songs(t.Context(), dir, intake.Everything)
	must(t, err)
	wantPlan(t, p, `
	move Band/2002 - Known/loose.mp3 -> Band/2002 - Known/03 Loose.mp3
	add to Band/2002 - Known
	··1-1 Other
	··1-3 Loose
	? double Band/2002 - Known/01 Other.mp3
	? naming Band/2002 - Known/loose.mp3`)
	if p.Kind != plans.ImportSongs || p.Path != dir {
		t.Errorf("%+v", p)
	}
	for rel, want := range map[string]error{"Band/2003 - New": intake.ErrUnknownAlbum, dir: nil} {
		if _, err := h.planner.Songs(t.Context(), rel, intake.Wish{}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", rel, err, want)
		}
	}
}
