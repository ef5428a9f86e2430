package loudness

import (
	"math"
	"os"
	"testing"

	"musicdb/media/library"
)

// gains are what Level says, in dB.
func gains(m *Meter, inAlbum bool, songs ...library.Song) (dB []float64) {
	for _, s := range songs {
		dB = append(dB, 20*math.Log10(m.Level(s, inAlbum)))
	}
	return dB
}

func allNear(a, b []float64, by float64) bool {
	for i := range b {
		if len(a) != len(b) || !near(a[i], b[i], by) {
			return false
		}
	}
	return true
}

func TestLevel(t *testing.T) {
	h := newHouse(t)
	pop, classic := h.album("Pop", -6, -10), h.album("Classic", -40, -22)
	track, album := h.meter(Options{Settings: Settings{Mode: Track}}), h.meter(Options{Settings: Settings{Mode: Album}})
	h.complete(track)
	// Of the quiet song the gain is bounded: sines peak at their loudness.
	for name, c := range map[string]struct {
		m       *Meter
		inAlbum bool
		songs   []library.Song
		want    []float64
	}{
		"tracks":                    {track, true, pop, []float64{-12, -8}},
		"quiet tracks":              {track, false, classic, []float64{15, 4}},
		"songs by themselves":       {album, false, pop, []float64{-12, -8}},
		"an album, played in order": {album, true, pop, []float64{-10.45, -10.45}},
		// The gate leaves the quiet half out.
		"a quiet album": {album, true, classic, []float64{4, 4}},
		"off":           {h.meter(Options{}), true, pop, []float64{0, 0}},
	} {
		if got := gains(c.m, c.inAlbum, c.songs...); !allNear(got, c.want, 0.1) {
			t.Errorf("%s: %v dB, want %v", name, got, c.want)
		}
	}
}

// Album values are those of one long file.
func TestAlbumIsMeasuredAsAWhole(t *testing.T) {
	h := newHouse(t)
	levels := []float64{-14, -30, -20, -23}
	songs := h.album("One", levels...)
	var tones []tone
	for i, level := range levels {
		tones = append(tones, sine(8, level))
		wave(t, h.file(songs[i].Path), 44_100, tones[i])
	}
	m := h.meter(Options{Settings: Settings{Mode: Album}})
	h.complete(m)
	whole := h.file("whole.wav")
	wave(t, whole, 44_100, tones...)
	want, err := Measure(t.Context(), h.tool, whole)
	must(t, err)
	// The file has blocks that lie across its songs, the album has not.
	if got := m.album(t.Context(), songs[0].AlbumID); !near(got.Loudness, want.Loudness, 0.1) || !near(got.Peak, want.Peak, 0.002) {
		t.Errorf("the album has %+v, as one file it has %+v", *got, want.Values)
	}
}

// What was not measured is guessed: from the file's tags, else from the library's
// mean, and never made louder for the guess.
func TestUnknownSongs(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -20, -20, -20)
	m := h.meter(Options{Settings: Settings{Mode: Album}})
	if got := gains(m, false, songs[0]); !allNear(got, []float64{Reference - usual}, 1e-9) {
		t.Errorf("while nothing is known: %v dB", got)
	}
	m.sum, m.count = -60, 2
	if got := gains(m, false, songs[0]); !allNear(got, []float64{DefaultLimit}, 1e-9) {
		t.Errorf("with a quiet library: %v dB", got)
	}
	tag := func(s library.Song, tags ...string) {
		from := h.file("plain.wav")
		must(t, os.Rename(h.file(s.Path), from))
		args := []string{}
		for _, one := range tags {
			args = append(args, "-metadata", one)
		}
		transcode(t, from, append(args, "-f", "flac", h.file(s.Path))...)
	}
	tag(songs[1], "REPLAYGAIN_TRACK_GAIN=-3 dB", "REPLAYGAIN_ALBUM_GAIN=-5 dB", "REPLAYGAIN_ALBUM_PEAK=0.5")
	tag(songs[2], "REPLAYGAIN_TRACK_GAIN=6 dB", "REPLAYGAIN_TRACK_PEAK=0.1")
	if got := gains(m, false, songs[1:]...); !allNear(got, []float64{-3, 6}, 1e-6) {
		t.Errorf("with tags: %v dB", got)
	}
	if got := gains(m, true, songs[1:]...); !allNear(got, []float64{-5, 6}, 1e-6) {
		t.Errorf("with tags, in the album: %v dB", got)
	}
	h.complete(m)
	if got := gains(m, false, songs...); !allNear(got, []float64{2, 2, 2}, 0.1) {
		t.Errorf("what is known counts, not the tags: %v dB", got)
	}
	wave(t, h.file(songs[0].Path), 44_100, sine(1, -1))
	if got := gains(m, false, songs[0]); !allNear(got, []float64{DefaultLimit}, 1e-9) {
		t.Errorf("a file that was replaced has %v dB", got)
	}
}

// An album of which less than half is known has no loudness yet.
func TestAlbumThatIsHardlyKnown(t *testing.T) {
	h := newHouse(t)
	songs := h.album("One", -10, -20, -20)
	must(t, os.WriteFile(h.file(songs[1].Path), nil, 0o644))
	must(t, os.WriteFile(h.file(songs[2].Path), nil, 0o644))
	m := h.meter(Options{Settings: Settings{Mode: Album}})
	h.complete(m)
	if got := m.album(t.Context(), songs[0].AlbumID); got != nil {
		t.Errorf("a third of an album gives %+v", *got)
	}
	wave(t, h.file(songs[1].Path), 44_100, sine(1, -10))
	h.complete(h.meter(Options{Settings: Settings{Mode: Album}}))
	if got := m.album(t.Context(), songs[0].AlbumID); got == nil || !near(got.Loudness, -10, 0.1) {
		t.Errorf("two thirds of an album give %+v", got)
	}
}
