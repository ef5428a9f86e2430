package queue

import (
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
	"musicdb/media/state"
)

// Every video that is allowed and was not queued lately has the same chance.
func TestVideoDistribution(t *testing.T) {
	const draws = 3000
	const fiveVideos = 33.4 // exceeded by a fair selection once in a million runs
	c := newCinema(t, 6)
	c.change(6, func(v *library.Video) { v.Playtime = 119 })
	drawn := map[int64]int{}
	for range draws {
		id, found := c.videos.randy.choose()
		if !found {
			t.Fatal("found none")
		}
		drawn[id]++
	}
	expected := map[int64]float64{}
	for id := int64(1); id <= 5; id++ {
		expected[id] = draws / 5
	}
	if got := chiSquare(drawn, expected); got > fiveVideos || len(drawn) != 5 {
		t.Errorf("chi-square %.1f: %v", got, drawn)
	}
}

// The memory is relaxed before the queue is left empty; the longest unseen comes
// first.
func TestVideosComeAgain(t *testing.T) {
	c := newCinema(t, 3)
	for _, id := range []int64{2, 3, 1} {
		c.videos.randy.queued(id)
	}
	for range 20 {
		if id, found := c.videos.randy.choose(); !found || id != 2 {
			t.Fatalf("video %d, %v; 2 was queued longest ago", id, found)
		}
	}
	if id, found := c.videos.randy.request(); found {
		t.Errorf("video %d was chosen for a request, though all were queued lately", id)
	}
	c.settings(func(r *state.Randy) { r.BlackLists.VideoListLength = 2 })
	if id, _ := c.videos.randy.request(); id != 2 {
		t.Errorf("video %d was chosen for a request", id)
	}
	if id, _ := c.videos.randy.choose(); id != 2 {
		t.Errorf("video %d, though only 2 is not remembered any more", id)
	}
}

// A choice never breaks a wish, and is made whenever one is possible.
func TestVideoWishes(t *testing.T) {
	c := newCinema(t, 4)
	var genres []library.Tag
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error {
		for _, name := range []string{"Rock", "Jazz"} {
			tag, err := e.AddTag(library.Tag{Name: name, Class: library.ClassGenre})
			if err != nil {
				return err
			}
			genres = append(genres, tag)
		}
		return nil
	}))
	found, none := 0, 0
	lessOften(t)
	rapid.Check(t, func(t *rapid.T) {
		c.anew()
		c.settings(func(r *state.Randy) {
			r.Constraints.NoDisabled, r.Constraints.NoHated = rapid.Bool().Draw(t, "NoDisabled"), rapid.Bool().Draw(t, "NoHated")
			r.Constraints.MinSongLength = rapid.SampledFrom([]int{-1, 0, 100, 200}).Draw(t, "minimum")
			r.Constraints.MaxSongLength = 1 // does not matter for videos
		})
		settings, err := c.state.Randy()
		must(c.t, err)
		active := map[int64]bool{}
		for _, genre := range genres {
			active[genre.ID] = rapid.Bool().Draw(t, genre.Name)
			must(c.t, c.state.SetGenre(genre.Name, active[genre.ID]))
		}
		allowed := map[int64]bool{}
		for id := int64(1); id <= 4; id++ {
			disabled, favorite := rapid.Int64Range(0, 1).Draw(t, "disabled"), rapid.Int64Range(-1, 1).Draw(t, "favorite")
			playtime := rapid.SampledFrom([]int64{50, 100, 150, 250}).Draw(t, "playtime")
			genre := rapid.SampledFrom(append(genres, library.Tag{})).Draw(t, "genre").ID
			c.change(id, func(v *library.Video) { v.Disabled, v.Favorite, v.Playtime = disabled, favorite, playtime })
			must(c.t, c.library.Edit(t.Context(), func(e *library.Edit) error {
				for _, other := range genres {
					if err := e.Unassign(library.VideoTarget, id, other.ID); err != nil {
						return err
					}
				}
				if genre == 0 {
					return nil
				}
				return e.Assign(library.VideoTarget, id, genre, library.ApprovalConfirmed, 1)
			}))
			filtered := active[genres[0].ID] || active[genres[1].ID]
			allowed[id] = (!settings.Constraints.NoDisabled || disabled == 0) && (!settings.Constraints.NoHated || favorite >= 0) &&
				playtime >= int64(settings.Constraints.MinSongLength) && (!filtered || active[genre])
		}
		id, ok := c.videos.randy.choose()
		possible := allowed[1] || allowed[2] || allowed[3] || allowed[4]
		if ok != possible || ok && !allowed[id] {
			t.Fatalf("video %d, %v; allowed are %v", id, ok, allowed)
		}
		if ok {
			found++
		} else {
			none++
		}
	})
	if found == 0 || none == 0 {
		t.Errorf("%d videos were chosen, %d times none: one of both is not tested", found, none)
	}
}

// Why no video can be chosen is said once.
func TestMissingVideosAreExplained(t *testing.T) {
	c := newCinema(t, 1)
	c.change(1, func(v *library.Video) { v.Playtime = 4 })
	var log strings.Builder
	c.videos.randy.log = slog.New(slog.NewTextHandler(&log, nil))
	for range 3 {
		if _, ok := c.videos.Current(); ok {
			t.Fatal("a video was chosen")
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "MinSongLength=120") {
		t.Errorf("said %q", got)
	}
	if len(c.heard) > 0 {
		t.Errorf("heard %v", c.heard)
	}
}
