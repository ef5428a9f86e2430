package queue

import (
	"cmp"
	"slices"
	"sort"

	"musicdb/media/library"
)

// A segment holds the ids of songs ordered by artist, album and id: those of an
// artist lie together, and so do those of an album that are of one artist. It
// takes 8 bytes per song and 28 per album. What was made of it is never changed;
// a segment with other removed songs shares the rest.
type segment struct {
	songs   []int64
	runs    []run
	byAlbum []int32 // runs, ordered by album
	removed []int32 // sorted positions of songs that do not count any more
}

// A run is the songs of an album that are of one artist.
type run struct {
	artist, album int64
	from          int32 // position of the first one
}

// size is how many songs count.
func (s *segment) size() int { return len(s.songs) - len(s.removed) }

// rank tells how many songs that count lie before a position.
func (s *segment) rank(position int) int {
	return position - sort.Search(len(s.removed), func(i int) bool { return int(s.removed[i]) >= position })
}

// at returns the song of a rank.
func (s *segment) at(rank int) int64 {
	before := sort.Search(len(s.removed), func(i int) bool { return int(s.removed[i])-i > rank })
	return s.songs[rank+before]
}

// begin is where a run begins; behind the last run it is the end.
func (s *segment) begin(run int) int {
	if run == len(s.runs) {
		return len(s.songs)
	}
	return int(s.runs[run].from)
}

// ofArtist returns the ranks of the songs of an artist.
func (s *segment) ofArtist(id int64) span {
	first := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].artist >= id })
	behind := first + sort.Search(len(s.runs)-first, func(i int) bool { return s.runs[first+i].artist > id })
	return span{s.rank(s.begin(first)), s.rank(s.begin(behind))}
}

// runsOf returns the runs of an album.
func (s *segment) runsOf(album int64) []int32 {
	first := sort.Search(len(s.byAlbum), func(i int) bool { return s.runs[s.byAlbum[i]].album >= album })
	behind := first + sort.Search(len(s.byAlbum)-first, func(i int) bool { return s.runs[s.byAlbum[first+i]].album > album })
	return s.byAlbum[first:behind]
}

// ofAlbum appends the ranks of the songs of an album.
func (s *segment) ofAlbum(to []span, id int64) []span {
	for _, run := range s.runsOf(id) {
		to = append(to, span{s.rank(s.begin(int(run))), s.rank(s.begin(int(run) + 1))})
	}
	return to
}

// find returns the position of a song that counts.
func (s *segment) find(album, id int64) (position int, found bool) {
	for _, run := range s.runsOf(album) {
		from, to := s.begin(int(run)), s.begin(int(run)+1)
		if i, found := slices.BinarySearch(s.songs[from:to], id); found {
			_, gone := slices.BinarySearch(s.removed, int32(from+i))
			return from + i, !gone
		}
	}
	return 0, false
}

// without is the segment less the songs at these positions, which count so far.
func (s *segment) without(positions []int32) segment {
	if len(positions) == 0 {
		return *s
	}
	removed := slices.Concat(s.removed, positions)
	slices.Sort(removed)
	return segment{s.songs, s.runs, s.byAlbum, removed}
}

// A builder makes a segment of songs that come ordered by id.
type builder struct {
	runs  []run              // from counts the songs meanwhile
	known map[[2]int64]int32 // artist and album: run
	songs []int64
	of    []int32 // run of each song
}

func newBuilder(songs int) *builder {
	return &builder{known: map[[2]int64]int32{}, songs: make([]int64, 0, songs), of: make([]int32, 0, songs)}
}

func (b *builder) add(s *library.Song) {
	at := b.run(s.ArtistID, s.AlbumID)
	b.runs[at].from++
	b.songs, b.of = append(b.songs, s.ID), append(b.of, at)
}

// run finds the run of an album's songs of one artist, or begins it.
func (b *builder) run(artist, album int64) int32 {
	if n := len(b.of); n > 0 {
		// Songs of an album mostly follow each other.
		if last := b.of[n-1]; b.runs[last].artist == artist && b.runs[last].album == album {
			return last
		}
	}
	at, known := b.known[[2]int64{artist, album}]
	if !known {
		at = int32(len(b.runs))
		b.known[[2]int64{artist, album}] = at
		b.runs = append(b.runs, run{artist: artist, album: album})
	}
	return at
}

func (b *builder) segment() segment {
	order := make([]int32, len(b.runs)) // place in the segment: run as built
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(b.runs[x].artist, b.runs[y].artist), cmp.Compare(b.runs[x].album, b.runs[y].album))
	})
	s := segment{songs: make([]int64, len(b.songs)), runs: make([]run, len(b.runs)), byAlbum: make([]int32, len(b.runs))}
	next := make([]int32, len(b.runs)) // run as built: where its next song goes
	from := int32(0)
	for place, i := range order {
		length := b.runs[i].from
		s.runs[place] = b.runs[i]
		s.runs[place].from, next[i] = from, from
		s.byAlbum[place] = int32(place)
		from += length
	}
	for i, id := range b.songs {
		s.songs[next[b.of[i]]] = id
		next[b.of[i]]++
	}
	slices.SortFunc(s.byAlbum, func(x, y int32) int { return cmp.Compare(s.runs[x].album, s.runs[y].album) })
	return s
}
