package files

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Gains is what the tags of a song say about its loudness (ReplayGain 2.0, and
// RFC 7845 for Opus). Numbers are NaN where they say nothing.
type Gains struct {
	TrackGain float64 // dB that bring the song to −18 LUFS
	TrackPeak float64 // 1 is full scale
	AlbumGain float64 // dB
	AlbumPeak float64
}

// ReadGains reads the tags about loudness. A file without any has no error. It
// takes some milliseconds; errors are those of [Music.ReadTags].
func (m *Music) ReadGains(ctx context.Context, rel string) (Gains, error) {
	if err := ctx.Err(); err != nil {
		return Gains{}, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return Gains{}, err
	}
	defer f.Close()
	raw, err := rawTags(f)
	if err != nil {
		return Gains{}, fmt.Errorf("files: %q: %w", rel, err)
	}
	return gainsOf(raw), nil
}

// r128Reference is what the gains of Opus files refer to, in LU below that of
// ReplayGain: −23 LUFS.
const r128Reference = 5

func gainsOf(raw map[string][]string) Gains {
	first := func(key string) string {
		if values := raw[key]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	gain := func(key, opus string) float64 {
		if q := number(first(opus), -32768, 32767); !math.IsNaN(q) {
			return q/256 + r128Reference // Q7.8
		}
		text := strings.TrimSpace(first(key))
		if cut := len(text) - 2; cut > 0 && strings.EqualFold(text[cut:], "dB") {
			text = text[:cut]
		}
		return number(text, -60, 60)
	}
	return Gains{
		TrackGain: gain("REPLAYGAIN_TRACK_GAIN", "R128_TRACK_GAIN"), TrackPeak: number(first("REPLAYGAIN_TRACK_PEAK"), 0, 16),
		AlbumGain: gain("REPLAYGAIN_ALBUM_GAIN", "R128_ALBUM_GAIN"), AlbumPeak: number(first("REPLAYGAIN_ALBUM_PEAK"), 0, 16),
	}
}

// number reads a number in a range; NaN is everything else.
func number(text string, least, most float64) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(least <= n && n <= most) {
		return math.NaN()
	}
	return n
}
