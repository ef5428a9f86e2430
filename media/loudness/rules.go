package loudness

import "math"

// Reference is the loudness that all songs are brought to, in LUFS (ReplayGain 2.0).
const Reference = -18.0

// What Settings do not go beyond.
const (
	// DefaultLimit is the highest true peak behind the gain, in dBTP. The encoders
	// of the stream change peaks by some tenths.
	DefaultLimit = -1.0
	// MaxGain is the most in dB by which anything is made louder: what is 15 dB
	// below the reference is an interlude or noise, and shall stay one.
	MaxGain = 15.0
	// MaxPreamp bounds the setting in dB, both ways.
	MaxPreamp = 15.0
)

// Mode says which loudness is made equal.
type Mode uint8

// The modes.
const (
	Off   Mode = iota // everything is played as it is
	Track             // all songs are equally loud
	Album             // all albums are; inside an album songs differ as they were meant to
)

// Settings are the rules of one installation.
type Settings struct {
	Mode   Mode
	Preamp float64 // dB added to every gain, within ±MaxPreamp
	Limit  float64 // highest true peak in dBTP, at most 0; 0 means DefaultLimit
}

// Values are what the rules need to know of a song, or of an album.
type Values struct {
	Loudness float64 // LUFS; −Inf for silence
	Peak     float64 // true peak, 1 is full scale
}

// Factor is what samples of a song are multiplied with. It is positive, at most
// 15 dB, and exactly 1 where the mode is Off. album are the values of the album
// inside which the song is heard, nil where it is heard by itself or they are not
// known.
//
// The gain brings the loudness of the album (mode Album) or of the song to the
// reference. It is lowered where the true peak would exceed the limit; inside an
// album it is lowered for all songs alike.
func (s Settings) Factor(song Values, album *Values) float64 {
	if s.Mode == Off {
		return 1
	}
	v := song
	if s.Mode == Album && album != nil {
		v.Loudness, v.Peak = album.Loudness, max(album.Peak, song.Peak)
	}
	gain := 0.0 // silence has no loudness that could be wrong
	if !math.IsInf(v.Loudness, -1) {
		gain = min(Reference-v.Loudness+s.Preamp, MaxGain)
	}
	factor := linear(gain)
	if v.Peak > 0 {
		factor = min(factor, linear(s.limit())/v.Peak)
	}
	return factor
}

func (s Settings) limit() float64 {
	if s.Limit == 0 {
		return DefaultLimit
	}
	return s.Limit
}

// linear is the factor of a gain in dB.
func linear(gain float64) float64 { return math.Pow(10, gain/20) }
