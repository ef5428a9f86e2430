package queue

import "slices"

// A memory is what was queued lately, each id once, longest ago first.
type memory struct{ songs, albums, artists []int64 }

// An offer is the songs among which the dice decide, all with equal chances.
type offer struct {
	ranks   spans
	size    int
	heard   Counts // songs of the pool that the memory keeps out, by the first rule
	relaxed Rule   // what had to be relaxed: NoRule, ArtistHeard, AlbumHeard or SongHeard
}

// offer returns the songs of the pool that were not heard lately. If there are
// none, the memory is relaxed where that is allowed: first of artists, then of
// albums, then of songs, and what was queued longest ago comes first.
func (p *pool) offer(m memory, relax bool) offer {
	all := spans{{0, p.size()}}
	artists := tidy(gather(m.artists, p.ofArtist))
	albums := gather(m.albums, p.ofAlbum)
	songs := gather(m.songs, p.ofSong)
	fresh := tidy(slices.Concat(albums, songs)) // what stays out when artists are relaxed
	upToAlbums := tidy(slices.Concat(artists, albums))
	heard := tidy(slices.Concat(artists, fresh))

	var o offer
	o.heard[ArtistHeard] = artists.size()
	o.heard[AlbumHeard] = upToAlbums.size() - artists.size()
	o.heard[SongHeard] = heard.size() - upToAlbums.size()
	if o.take(all.minus(nil, heard)) || !relax {
		return o
	}
	repeated := tidy(songs)
	for _, step := range []struct {
		rule Rule
		ids  []int64
		of   func([]span, int64) []span
		out  spans
	}{
		{ArtistHeard, m.artists, p.ofArtist, fresh},
		{AlbumHeard, m.albums, p.ofAlbum, repeated},
		{SongHeard, m.songs, p.ofSong, nil},
	} {
		for _, id := range step.ids {
			if o.take(tidy(step.of(nil, id)).minus(nil, step.out)) {
				o.relaxed = step.rule
				return o
			}
		}
	}
	return o
}

func (o *offer) take(ranks spans) bool {
	o.ranks, o.size = ranks, ranks.size()
	return o.size > 0
}

func gather(ids []int64, of func([]span, int64) []span) []span {
	var ranges []span
	for _, id := range ids {
		ranges = of(ranges, id)
	}
	return ranges
}
