package queue

import (
	"math"
	"math/rand/v2"
	"testing"

	"musicdb/media/library"
	"musicdb/media/state"
)

// chiSquare says how far what was drawn is from what a fair selection draws.
func chiSquare(drawn map[int64]int, expected map[int64]float64) float64 {
	sum := 0.0
	for id, want := range expected {
		d := float64(drawn[id]) - want
		sum += d * d / want
	}
	return sum
}

// Deviations of the normal distribution that are exceeded with these probabilities.
const oneInAThousand, oneInAMillion = 3.0902, 4.7534

// quantile is the chi-square that a fair selection among so many exceeds with the
// probability of a deviation (Wilson and Hilferty).
func quantile(among int, deviation float64) float64 {
	k := float64(among - 1)
	return k * math.Pow(1-2/(9*k)+deviation*math.Sqrt(2/(9*k)), 3)
}

// equal expects the same number for each of the songs that the dumb way finds.
func (h *house) equal(draws int) map[int64]float64 {
	expected := map[int64]float64{}
	settings, err := h.state.Randy()
	must(h.t, err)
	c, choice := h.library.Catalogue(), h.state.Choice()
	for s := range c.Songs() {
		if wanted(c, choice, settings, s) && h.tier(s) == NoRule {
			expected[s.ID] = 0
		}
	}
	for id := range expected {
		expected[id] = float64(draws) / float64(len(expected))
	}
	return expected
}

// In 100,000 picks all songs that the rules leave have the same chance, whatever
// the sizes of their albums: with genres, with songs that were queued lately, and
// with songs that came into the library, left it, and changed since the index was
// made. Once by a seed of the test, once by one of the system.
func TestEqualChances(t *testing.T) {
	const draws = 100_000
	h := aLibrary(t)
	h.settings(func(r *state.Randy) {
		r.Constraints = state.Constraints{NoDisabled: true, NoHated: true, MinSongLength: 20, MaxSongLength: -1}
		r.BlackLists = state.BlackLists{SongListLength: 6, AlbumListLength: 2, ArtistListLength: 1, MaxAge: 24}
	})
	must(t, h.state.SetGenre("Rock", true))
	r := h.songs.randy
	r.queued(3, 14, 58, 33, 7, 51)
	r.choose()
	must(t, h.library.Edit(t.Context(), func(e *library.Edit) error {
		for song := range e.Catalogue().Songs() {
			switch song.ID % 6 {
			case 1:
				song.Disabled = 1 - max(song.Disabled, 0)
			case 2:
				song.LastPlayed++
			}
			if err := e.PutSong(song); err != nil {
				return err
			}
		}
		album, err := e.AddAlbum(library.NewAlbum{ArtistName: "Artist 2", ArtistPath: "Artist 2", Name: "Late", Path: "Artist 2/2020 - Late", Songs: []library.NewSong{
			{Name: "First", Path: "Artist 2/2020 - Late/1 First.mp3", Playtime: 300}, {Name: "Second", Path: "Artist 2/2020 - Late/2 Second.mp3", Playtime: 300}}})
		if err != nil {
			return err
		}
		return e.Assign(library.AlbumTarget, album.ID, 2, library.ApprovalConfirmed, 1)
	}))
	expected := h.equal(draws)
	seed := rand.Uint64()
	t.Logf("%d songs; the seed of the system is %d", len(expected), seed)
	for deviation, dice := range map[float64]*rand.Rand{oneInAThousand: rand.New(rand.NewPCG(1, 2)), oneInAMillion: rand.New(rand.NewPCG(seed, 0))} {
		drawn := map[int64]int{}
		p, m := r.pool(), r.memory()
		for range draws {
			var pick Pick
			pick.draw(dice.Uint64()&MaxSeed, p.offer(m, false), p.song)
			drawn[pick.SongID]++
		}
		if r.pools.built != 1 || len(p.base.removed) == 0 || len(p.late.songs) == 0 {
			t.Errorf("all songs were judged %d times, instead of following %d and %d", r.pools.built, len(p.base.removed), len(p.late.songs))
		}
		got, bound := chiSquare(drawn, expected), quantile(len(expected), deviation)
		t.Logf("chi-square %.1f of at most %.1f", got, bound)
		if got > bound || len(drawn) != len(expected) {
			t.Errorf("chi-square %.1f > %.1f: %d songs of %d were drawn: %v", got, bound, len(drawn), len(expected), drawn)
		}
	}
}

// The choices of the running stream are as even.
func TestEqualChancesOfTheStream(t *testing.T) {
	const draws = 3000
	h := newHouse(t, []int{1, 3, 10, 2})
	h.forgetful()
	drawn := map[int64]int{}
	for range draws {
		id, _ := h.songs.randy.choose()
		drawn[id]++
	}
	expected := h.equal(draws)
	if got, bound := chiSquare(drawn, expected), quantile(16, oneInAThousand); got > bound || len(drawn) != 16 || len(expected) != 16 {
		t.Errorf("chi-square %.1f > %.1f: %v", got, bound, drawn)
	}
}

// Relaxed, too: among the songs of the artist queued longest ago.
func TestEqualChancesOfTheRelaxed(t *testing.T) {
	const draws = 8000
	h := newHouse(t, []int{4, 5, 6, 3})
	h.settings(func(r *state.Randy) {
		r.Constraints.MinSongLength = 0
		r.BlackLists = state.BlackLists{ArtistListLength: 3, SongListLength: 3, MaxAge: 24}
	})
	r := h.songs.randy
	r.queued(2, 11, 7)
	drawn := map[int64]int{}
	p := r.pool()
	for seed := range uint64(draws) {
		var pick Pick
		pick.draw(seed, p.offer(r.memory(), true), p.song)
		drawn[pick.SongID]++
	}
	expected := map[int64]float64{}
	for song := int64(10); song <= 18; song++ { // of the second artist, but not 11
		if song != 11 {
			expected[song] = draws / 8.0
		}
	}
	if got, bound := chiSquare(drawn, expected), quantile(8, oneInAThousand); got > bound || len(drawn) != 8 {
		t.Errorf("chi-square %.1f > %.1f: %v", got, bound, drawn)
	}
}
