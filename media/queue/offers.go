package queue

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"musicdb/media/library"
	"musicdb/media/state"
)

// wishes are what the user wants to hear.
type wishes struct {
	catalogue   *library.Catalogue
	selection   library.Selection
	constraints state.Constraints
}

// allow reports whether a song of an album that passes fits the wishes.
func (w wishes) allow(s library.Song) bool {
	c := w.constraints
	switch {
	case c.NoDisabled && s.Disabled != 0:
	case c.NoHated && s.Favorite < 0:
	case c.NoBadFile && s.BadAudio != 0:
	case c.NoLiveMusic && s.LiveRecording != 0:
	case c.MinSongLength >= 0 && s.Playtime < int64(c.MinSongLength):
	case c.MaxSongLength >= 0 && s.Playtime > int64(c.MaxSongLength):
	default:
		return w.catalogue.PassingSong(w.selection, s.ID)
	}
	return false
}

// A memory tells how recently songs, albums and artists were queued.
type memory struct{ songs, albums, artists map[int64]int }

// A tier says what must be forgotten for a song to be chosen. The lower, the
// better.
type tier uint8

const (
	unheard     tier = iota // nothing
	artistHeard             // that its artist was queued lately
	albumHeard              // and its album
	songHeard               // and the song itself
)

func (m memory) tier(s library.Song) tier {
	t, _ := m.rank(s)
	return t
}

// rank returns the tier of a song and, within the tier, how recently that was
// queued which must be forgotten.
func (m memory) rank(s library.Song) (t tier, recency int) {
	if recency := m.songs[s.ID]; recency > 0 {
		return songHeard, recency
	}
	if recency := m.albums[s.AlbumID]; recency > 0 {
		return albumHeard, recency
	}
	if recency := m.artists[s.ArtistID]; recency > 0 {
		return artistHeard, recency
	}
	return unheard, 0
}

// offers collects the songs among which the dice decide. Only the best are kept:
// those of the lowest tier, and in it those queued longest ago.
type offers struct {
	tier    tier
	recency int
	songs   []offer
}

type offer struct{ album, song int64 }

func (o *offers) add(s library.Song) { o.songs = append(o.songs, offer{s.AlbumID, s.ID}) }

func (o *offers) consider(s library.Song, m memory) {
	t, recency := m.rank(s)
	better := t < o.tier || t == o.tier && recency < o.recency
	if better || len(o.songs) == 0 {
		o.tier, o.recency, o.songs = t, recency, o.songs[:0]
	}
	if t == o.tier && recency == o.recency {
		o.add(s)
	}
}

// draw chooses an album, each with the same chance, then one of its songs.
func (o *offers) draw(dice *rand.Rand) (songID int64, found bool) {
	if len(o.songs) == 0 {
		return 0, false
	}
	slices.SortFunc(o.songs, func(a, b offer) int { return cmp.Compare(a.album, b.album) })
	var starts []int
	for i, s := range o.songs {
		if i == 0 || s.album != o.songs[i-1].album {
			starts = append(starts, i)
		}
	}
	album := dice.IntN(len(starts))
	from, to := starts[album], len(o.songs)
	if album+1 < len(starts) {
		to = starts[album+1]
	}
	return o.songs[from+dice.IntN(to-from)].song, true
}
