package loudness

import (
	"context"
	"math"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

const (
	// usual is the loudness in LUFS that a song is taken for while nothing at all
	// is known: that of popular recordings.
	usual = -12.0
	// patience is how long a song that begins waits for the database.
	patience = 2 * time.Second
)

// Level is what samples of a song are multiplied with ([Settings.Factor]).
// inAlbum tells that it is heard inside its album, played in order.
//
// For a song that was not measured, or whose file is another one than was
// measured, the tags of the file are believed (ReplayGain, R128). Without them it
// is taken to be as loud as the library's mean, and as peaking at full scale, so
// that it is never made louder: a song as loud as its neighbours is the likeliest
// guess, and one that is too soft once is the lesser evil. An album counts with
// what is known of it, if that is at least half of its time.
//
// It reads the database and, if need be, the file: it may take some milliseconds,
// and waits for no measuring.
func (m *Meter) Level(song library.Song, inAlbum bool) float64 {
	s := m.o.Settings
	if s.Mode == Off {
		return 1
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var album *Values
	if inAlbum && s.Mode == Album {
		album = m.album(ctx, song.AlbumID)
	}
	n, known := m.measured(ctx, song)
	if known {
		return s.Factor(valuesOf(n), album)
	}
	gains, err := m.o.Music.ReadGains(ctx, song.Path)
	if err != nil {
		gains = files.Gains{TrackGain: math.NaN(), TrackPeak: math.NaN(), AlbumGain: math.NaN(), AlbumPeak: math.NaN()}
	}
	values, said := m.guess(gains)
	if album == nil && inAlbum && s.Mode == Album {
		album = said
	}
	return s.Factor(values, album)
}

// measured returns what is known about a song as its file is now.
func (m *Meter) measured(ctx context.Context, song library.Song) (library.Loudness, bool) {
	n, found, err := m.o.Library.Loudness(ctx, song.ID)
	if err != nil {
		m.log.Error("the loudness of a song cannot be read", "song", song.Path, "error", err)
		return n, false
	}
	if !found || n.Failure != "" || n.Checksum != song.Checksum {
		return n, false
	}
	info, err := m.o.Music.Stat(song.Path)
	return n, err == nil && info.Size() == n.Size && info.ModTime().Equal(n.Modified)
}

func valuesOf(n library.Loudness) Values {
	v := Values{Loudness: math.Inf(-1), Peak: n.Peak}
	if n.Integrated != nil {
		v.Loudness = *n.Integrated
	}
	return v
}

// album returns the values of an album, nil if too little is known of it.
func (m *Meter) album(ctx context.Context, id int64) *Values {
	var blocks Blocks
	peak, some, all := 0.0, int64(0), int64(0)
	for _, song := range m.o.Library.Catalogue().SongsOf(id) {
		length := max(song.Playtime, 1)
		all += length
		n, found, err := m.o.Library.Loudness(ctx, song.ID)
		if err != nil || !found || n.Failure != "" || n.Checksum != song.Checksum {
			continue
		}
		one, err := decodeBlocks(n.Blocks)
		if err != nil {
			m.log.Error("the loudness of a song cannot be used", "song", song.Path, "error", err)
			continue
		}
		blocks.Join(one)
		peak = max(peak, n.Peak)
		some += length
	}
	if some == 0 || 2*some < all {
		return nil
	}
	return &Values{Loudness: blocks.Loudness(), Peak: peak}
}

// guess makes values of what the tags of a file say, and of the mean of the
// library where they say nothing. said are those of the album, nil if unsaid.
func (m *Meter) guess(g files.Gains) (song Values, said *Values) {
	peak := func(tagged float64) float64 {
		if math.IsNaN(tagged) {
			return 1
		}
		return tagged
	}
	if !math.IsNaN(g.AlbumGain) {
		said = &Values{Reference - g.AlbumGain, peak(g.AlbumPeak)}
	}
	if !math.IsNaN(g.TrackGain) {
		return Values{Reference - g.TrackGain, peak(g.TrackPeak)}, said
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	mean := usual
	if m.count > 0 {
		mean = m.sum / m.count
	}
	return Values{mean, 1}, said
}
