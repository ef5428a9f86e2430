package loudness

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func values(t *rapid.T, name string) Values {
	return Values{rapid.Float64Range(-70, 5).Draw(t, name+" loudness"), rapid.Float64Range(0, 2).Draw(t, name+" peak")}
}

func settings(t *rapid.T) Settings {
	return Settings{rapid.SampledFrom([]Mode{Track, Album}).Draw(t, "mode"),
		rapid.Float64Range(-MaxPreamp, MaxPreamp).Draw(t, "preamp"), rapid.Float64Range(-6, 0).Draw(t, "limit")}
}

func maybeAlbum(t *rapid.T) *Values {
	if rapid.Bool().Draw(t, "has album") {
		v := values(t, "album")
		return &v
	}
	return nil
}

// Sums of decibels are rounded.
const rounding = 1e-9

func TestPeaksStayBelowTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, song, album := settings(t), values(t, "song"), maybeAlbum(t)
		f := s.Factor(song, album)
		if !(f > 0 && f <= linear(MaxGain)*(1+rounding)) {
			t.Errorf("factor %v", f)
		}
		limit := s.Limit
		if limit == 0 {
			limit = DefaultLimit
		}
		if peak := 20 * math.Log10(f*song.Peak); peak > limit+rounding {
			t.Errorf("peak at %v dBTP, the limit is %v", peak, limit)
		}
	})
}

func TestFactorIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, song, album := settings(t), values(t, "song"), maybeAlbum(t)
		f := s.Factor(song, album)
		more := rapid.Float64Range(0, 10).Draw(t, "more")

		louder, higher, raised := song, song, s
		louder.Loudness += more
		higher.Peak += more
		raised.Preamp += more
		loudAlbum := album
		if album != nil {
			loudAlbum = &Values{album.Loudness + more, album.Peak}
		}
		if g := s.Factor(louder, loudAlbum); g > f*(1+rounding) {
			t.Errorf("louder: %v becomes %v", f, g)
		}
		if g := s.Factor(higher, album); g > f*(1+rounding) {
			t.Errorf("higher peak: %v becomes %v", f, g)
		}
		if g := raised.Factor(song, album); g < f*(1-rounding) {
			t.Errorf("more preamp: %v becomes %v", f, g)
		}
	})
}

func TestOffChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := settings(t)
		s.Mode = Off
		if f := s.Factor(values(t, "song"), maybeAlbum(t)); f != 1 {
			t.Errorf("factor %v", f)
		}
	})
}

// Songs inside an album keep their differences.
func TestAlbumHasOneFactor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, album := settings(t), values(t, "album")
		s.Mode = Album
		quiet := Values{-60, rapid.Float64Range(0, album.Peak).Draw(t, "one peak")}
		loud := Values{0, rapid.Float64Range(0, album.Peak).Draw(t, "other peak")}
		if a, b := s.Factor(quiet, &album), s.Factor(loud, &album); a != b {
			t.Errorf("%v and %v", a, b)
		}
	})
}

func TestFactor(t *testing.T) {
	album := &Values{-12, 0.9}
	for name, c := range map[string]struct {
		s     Settings
		song  Values
		album *Values
		gain  float64 // dB
	}{
		"loud song":              {Settings{Mode: Track}, Values{-8, 1}, album, -10},
		"quiet song":             {Settings{Mode: Track}, Values{-24, 0.2}, album, 6},
		"quiet with a peak":      {Settings{Mode: Track}, Values{-24, 1}, album, -1},
		"preamp":                 {Settings{Mode: Track, Preamp: 4}, Values{-8, 0.5}, album, -6},
		"limit":                  {Settings{Mode: Track, Limit: -3}, Values{-24, 1}, album, -3},
		"in an album":            {Settings{Mode: Album}, Values{-30, 0.1}, album, -6},
		"by itself":              {Settings{Mode: Album}, Values{-20, 0.1}, nil, 2},
		"almost nothing":         {Settings{Mode: Track}, Values{-50, 0.001}, nil, MaxGain},
		"silence":                {Settings{Mode: Track, Preamp: 5}, Values{math.Inf(-1), 0}, nil, 0},
		"silence with one click": {Settings{Mode: Track}, Values{math.Inf(-1), 1}, nil, -1},
	} {
		if got := 20 * math.Log10(c.s.Factor(c.song, c.album)); !near(got, c.gain, 1e-6) {
			t.Errorf("%s: %v dB, want %v", name, got, c.gain)
		}
	}
}
