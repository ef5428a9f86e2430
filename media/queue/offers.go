package queue

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"musicdb/media/library"
)

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

// offers collects the media among which the dice decide, in groups that have the
// same chance each: songs by album, videos each by itself. Only the best are kept:
// those of the lowest tier, and in it those queued longest ago.
type offers struct {
	tier    tier
	recency int
	list    []offer
}

type offer struct{ group, media int64 }

func (o *offers) add(group, media int64) { o.list = append(o.list, offer{group, media}) }

func (o *offers) consider(s library.Song, m memory) {
	t, recency := m.rank(s)
	o.weigh(t, recency, s.AlbumID, s.ID)
}

// weigh adds what is as good as the best so far, and begins anew with what is
// better.
func (o *offers) weigh(t tier, recency int, group, media int64) {
	better := t < o.tier || t == o.tier && recency < o.recency
	if better || len(o.list) == 0 {
		o.tier, o.recency, o.list = t, recency, o.list[:0]
	}
	if t == o.tier && recency == o.recency {
		o.add(group, media)
	}
}

// draw chooses a group, each with the same chance, then one of its members.
func (o *offers) draw(dice *rand.Rand) (media int64, found bool) {
	if len(o.list) == 0 {
		return 0, false
	}
	slices.SortFunc(o.list, func(a, b offer) int { return cmp.Compare(a.group, b.group) })
	var starts []int
	for i, s := range o.list {
		if i == 0 || s.group != o.list[i-1].group {
			starts = append(starts, i)
		}
	}
	group := dice.IntN(len(starts))
	from, to := starts[group], len(o.list)
	if group+1 < len(starts) {
		to = starts[group+1]
	}
	return o.list[from+dice.IntN(to-from)].media, true
}
