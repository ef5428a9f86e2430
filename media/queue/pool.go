package queue

// A pool is all songs that the user's wishes allow, as the index of which the
// random selection draws: every song has a rank, and ranks of an artist's or an
// album's songs are found without a search through all. A pool is never changed.
type pool struct {
	wishes wishes
	base   segment // ranks from 0
	late   segment // what came in since base was made; its ranks follow
	census Census
}

// Census tells what the user's wishes leave of the library.
type Census struct {
	Songs    int    `json:"songs"`    // in the library
	Pool     int    `json:"pool"`     // that the wishes allow
	Excluded Counts `json:"excluded"` // the others, each by the first rule against it
}

// Counts are numbers of songs by rule.
type Counts [numberOfRules]int

// build judges all songs of the library.
func build(w wishes) *pool {
	_, _, songs := w.catalogue.NumberOf()
	p := &pool{wishes: w}
	b := newBuilder(songs)
	for song, passage := range w.catalogue.Passages(w.selection) {
		rule := w.judgeBehind(passage, song)
		p.census.count(rule, 1)
		if rule == NoRule {
			b.add(song)
		}
	}
	p.base = b.segment()
	return p
}

func (c *Census) count(rule Rule, songs int) {
	c.Songs += songs
	if rule == NoRule {
		c.Pool += songs
	} else {
		c.Excluded[rule] += songs
	}
}

// size is the number of songs in the pool.
func (p *pool) size() int { return p.base.size() + p.late.size() }

// song returns the song of a rank.
func (p *pool) song(rank int) int64 {
	if n := p.base.size(); rank >= n {
		return p.late.at(rank - n)
	}
	return p.base.at(rank)
}

// ofArtist appends the ranks of an artist's songs.
func (p *pool) ofArtist(to []span, id int64) []span {
	return append(to, p.base.ofArtist(id), p.late.ofArtist(id).shifted(p.base.size()))
}

// ofAlbum appends the ranks of an album's songs.
func (p *pool) ofAlbum(to []span, id int64) []span {
	to = p.base.ofAlbum(to, id)
	n := len(to)
	to = p.late.ofAlbum(to, id)
	for i := range to[n:] {
		to[n+i] = to[n+i].shifted(p.base.size())
	}
	return to
}

// ofSong appends the rank of a song, if it is in the pool.
func (p *pool) ofSong(to []span, id int64) []span {
	if rank, found := p.rank(id); found {
		to = append(to, span{rank, rank + 1})
	}
	return to
}

func (p *pool) rank(song int64) (rank int, found bool) {
	s, exists := p.wishes.catalogue.Song(song)
	if !exists {
		return 0, false
	}
	if at, found := p.base.find(s.AlbumID, song); found {
		return p.base.rank(at), true
	}
	at, found := p.late.find(s.AlbumID, song)
	return p.base.size() + at, found
}

func (s span) shifted(by int) span { return span{s.from + by, s.to + by} }
