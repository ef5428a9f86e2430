package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
)

// A song of the library that is copied into a new album is doubted under any name and
// with any tags, as long as the file in the library is still what was heard.
func TestARecordingOfTheLibraryIsDoubted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const old = "Old/1998 - Best/01 Four.mp3"
	h.sound(old, 4, map[string]string{"title": "Four"})
	_, err := h.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Old", ArtistPath: "Old", Name: "Best", Path: "Old/1998 - Best",
		Songs: []library.NewSong{{Name: "Four", Path: old, Number: 1}}})
	must(t, err)
	sum, err := h.files.ContentChecksum(t.Context(), old)
	must(t, err)
	h.know(sum, old)
	dir := "New/2020 - Copies/"
	for _, name := range []string{"07 Quatre.mp3", "no number.mp3"} {
		h.ffmpeg(dir+name, append([]string{"-i", filepath.Join(h.music, old), "-map_metadata", "-1", "-c", "copy"}, metadata(map[string]string{"title": "Quatre", "artist": "New", "track": "7"})...))
	}
	doubted := func() (found []string) {
		p, err := h.planner.Plan(t.Context(), "New/2020 - Copies", intake.Everything)
		must(t, err)
		for _, d := range p.Doubts {
			if d.Kind == intake.Duplicate.String() || d.Kind == intake.Repeated.String() {
				found = append(found, d.Kind+" "+d.Path+" = "+d.Suggestion)
			}
		}
		return found
	}
	want := []string{"duplicate " + dir + "07 Quatre.mp3 = " + old, "repeated " + dir + "no number.mp3 = " + dir + "07 Quatre.mp3"}
	if got := doubted(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	must(t, os.Chtimes(filepath.Join(h.music, old), time.Time{}, time.Unix(1, 0)))
	if got := doubted(); !slices.Equal(got, want[1:]) {
		t.Errorf("after the file has changed: %q, want %q", got, want[1:])
	}
}

// The songs of a plan carry the checksum of their sound, whatever was wished.
func TestPlansCarryTheChecksumOfTheSound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sound("Band/1999 - A/01 One.flac", 1, nil)
	h.sound("Band/1999 - A/Two.mp3", 2, nil)
	for _, w := range []intake.Wish{{}, intake.Everything} {
		p, err := h.planner.Album(t.Context(), "Band/1999 - A", w)
		must(t, err)
		i := slices.IndexFunc(p.Operations, func(o plans.Operation) bool { return o.EnterAlbum != nil })
		songs := p.Operations[i].EnterAlbum.Songs
		if len(songs) != 1 && !w.Repair || len(songs) != 2 && w.Repair {
			t.Fatalf("%+v", songs)
		}
		for n, rel := range []string{"Band/1999 - A/01 One.flac", "Band/1999 - A/Two.mp3"}[:len(songs)] {
			if sum, err := h.files.ContentChecksum(t.Context(), rel); err != nil || songs[n].Content != sum {
				t.Errorf("%s: %q, want %q, %v", rel, songs[n].Content, sum, err)
			}
		}
	}
}
