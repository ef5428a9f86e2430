package search

import (
	"iter"
	"log/slog"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/media/library"
)

// Hit is a row whose name was found, and how well, from Threshold to 100.
type Hit struct {
	ID    int64
	Score float64
}

// Hits are what was found, best first. Nothing found is an empty list.
type Hits struct{ Artists, Albums, Songs []Hit }

// Engine searches the names of one Library. It finds nothing before the first
// Rebuild.
type Engine struct {
	log        *slog.Logger
	rebuilding sync.Mutex
	names      atomic.Pointer[names]
}

// names is all that is searched; it is never modified.
type names struct {
	generation, version    uint64 // of the catalogue that the names come from
	letters                alphabet
	artists, albums, songs *list
}

// NewEngine makes an engine without names. A nil log discards.
func NewEngine(log *slog.Logger) *Engine {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{log: log}
	none := &list{starts: []uint32{0}}
	e.names.Store(&names{letters: newAlphabet(), artists: none, albums: none, songs: none})
	return e
}

// Rebuild makes the names of a snapshot the ones that are searched. Searches
// under way go on with the old ones. It costs what has changed since the last
// time, plus a look at each row: call it after every change. A snapshot older
// than the one before is ignored, so concurrent calls leave the newest.
func (e *Engine) Rebuild(c *library.Catalogue) {
	e.rebuilding.Lock()
	defer e.rebuilding.Unlock()
	old := e.names.Load()
	if c.Generation() < old.generation || c.Names() == old.version {
		return
	}
	began := time.Now()
	letters := old.letters.clone()
	e.names.Store(&names{
		generation: c.Generation(),
		version:    c.Names(),
		letters:    letters,
		artists:    old.artists.revised(letters, artistNames(c)),
		albums:     old.albums.revised(letters, albumNames(c)),
		songs:      old.songs.revised(letters, songNames(c)),
	})
	e.log.Debug("search names revised", "took", time.Since(began))
}

func artistNames(c *library.Catalogue) iter.Seq2[int64, string] {
	return func(yield func(int64, string) bool) {
		for _, a := range c.Artists() {
			if !yield(a.ID, a.Name) {
				return
			}
		}
	}
}

func albumNames(c *library.Catalogue) iter.Seq2[int64, string] {
	return func(yield func(int64, string) bool) {
		for _, a := range c.Albums() {
			if !yield(a.ID, a.Name) {
				return
			}
		}
	}
}

func songNames(c *library.Catalogue) iter.Seq2[int64, string] {
	return func(yield func(int64, string) bool) {
		for s := range c.Songs() {
			if !yield(s.ID, s.Name) {
				return
			}
		}
	}
}

// slow is how long a search may take before the log mentions it.
const slow = time.Second

// Find returns the rows whose names resemble text. A text of which
// normalisation leaves nothing finds nothing. Of a longer text only the first
// 256 characters count.
func (e *Engine) Find(text string) Hits {
	began := time.Now()
	n := e.names.Load()
	q := newQuery(n.letters, text)
	hits := Hits{Artists: q.search(n.artists), Albums: q.search(n.albums), Songs: q.search(n.songs)}
	if took := time.Since(began); took > slow {
		e.log.Warn("slow search", "characters", len(q.codes), "took", took)
	}
	return hits
}

// query is a search text prepared for comparing it with many names.
type query struct {
	pattern
	mask uint64
}

func newQuery(letters alphabet, text string) *query {
	codes := letters.lookup(Normalise(text))
	q := &query{mask: mask(codes)}
	q.codes = codes[:min(len(codes), maxCodes)]
	q.places = make([]uint64, letters.size())
	if len(q.codes) <= 64 {
		fill(q.places, q.codes)
	}
	return q
}

func fill(places []uint64, codes []uint16) {
	for i, c := range codes {
		if c != 0 {
			places[c] |= 1 << i
		}
	}
}

// search rates all names of a list.
func (q *query) search(l *list) []Hit {
	if len(q.codes) == 0 {
		return nil
	}
	var exact, beginning, perfect, others []Hit
	for i, named := range l.masks {
		length := int(l.starts[i+1] - l.starts[i])
		if !q.possible(named, length) {
			continue
		}
		name := l.at(i)
		hit := Hit{ID: l.ids[i], Score: q.rate(name)}
		switch {
		case hit.Score < Threshold:
		case hit.Score < 100:
			others = append(others, hit)
		case length < len(q.codes) || !slices.Equal(name[:len(q.codes)], q.codes):
			perfect = append(perfect, hit)
		case length == len(q.codes):
			exact = append(exact, hit)
		default:
			beginning = append(beginning, hit)
		}
	}
	slices.SortStableFunc(others, func(a, b Hit) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return slices.Concat(exact, beginning, perfect, others)
}

// possible tells by the characters alone whether a name can be a hit: to reach
// the threshold the longest common subsequence must have two thirds of the
// shorter text, so at most a third of it may be strangers to the longer one.
func (q *query) possible(named uint64, length int) bool {
	n := len(q.codes)
	return (n > length || bits.OnesCount64(q.mask&^named) <= n/3) &&
		(length > n || bits.OnesCount64(named&^q.mask) <= length/3)
}

func (q *query) rate(name []uint16) float64 {
	switch {
	case len(q.codes) <= 64:
		return q.ratio(name)
	case len(name) > 64:
		return wideRatio(q.codes, name)
	}
	// The ratio is symmetric: let the name be the pattern.
	fill(q.places, name)
	r := pattern{codes: name, places: q.places}.ratio(q.codes)
	for _, c := range name {
		q.places[c] = 0
	}
	return r
}
