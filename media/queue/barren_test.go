package queue

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/state"
)

// A station where nothing can be chosen asks again with every look at its state.
// It does not judge all songs each time, but notices when something has changed.
func TestBarrenLibraryIsNoticed(t *testing.T) {
	h := newHouse(t, []int{2})
	h.barren()
	r := h.songs.randy
	for range 3 {
		if _, found := r.choose(); found || r.pools.built != 1 {
			t.Fatalf("a song was found: %v; all were judged %d times", found, r.pools.built)
		}
	}
	for name, help := range map[string]func(){
		"settings": func() { h.settings(func(r *state.Randy) { r.Constraints.MinSongLength = 100 }) },
		"genres": func() {
			must(t, h.state.SetGenre("Other", true))
			if _, found := r.choose(); found {
				t.Error("an album without the genre was chosen")
			}
			must(t, h.state.SetGenre("Other", false))
		},
	} {
		help()
		if _, found := r.choose(); !found && name == "settings" {
			t.Errorf("%s: still nothing is found", name)
		}
	}
	h.barren()
	r.choose()
	_, err := h.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "New", ArtistPath: "New", Name: "Long", Path: "New/2001 - Long",
		Songs: []library.NewSong{{Name: "Long", Path: "New/2001 - Long/01 Long.mp3", Playtime: 550}}})
	must(t, err)
	if id, found := r.choose(); !found || id != 3 {
		t.Errorf("the new song is not found: %d, %v", id, found)
	}
}

// Why a library with songs is silent is said once each time it falls silent.
func TestSilentLibraryIsExplained(t *testing.T) {
	h := newHouse(t, []int{2})
	r := h.songs.randy
	var log strings.Builder
	r.log = slog.New(slog.NewTextHandler(&log, nil))
	for range 2 {
		h.barren()
		for i := range 3 {
			r.choose()
			must(t, h.library.SetLastPlayed(t.Context(), 1, time.Unix(int64(i), 0))) // another catalogue
		}
		if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "config/randy.ini") || !strings.Contains(got, "MinSongLength=500") || !strings.Contains(got, "tooshort:2") {
			t.Errorf("said %q", got)
		}
		log.Reset()
		h.settings(func(r *state.Randy) { r.Constraints.MinSongLength = 0 })
		if _, found := r.choose(); !found || log.String() != "" {
			t.Errorf("found %v, said %q", found, log.String())
		}
	}
	r = newHouse(t, nil).songs.randy
	r.log = slog.New(slog.NewTextHandler(&log, nil))
	if _, found := r.choose(); found || log.String() != "" {
		t.Errorf("empty library: found %v, said %q", found, log.String())
	}
}
