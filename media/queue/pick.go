package queue

import (
	"encoding/json"
	"math/rand/v2"

	"musicdb/media/state"
)

// A Pick explains a choice of the random selection: the rules in force, what they
// left to choose from, and the seed that decided.
type Pick struct {
	SongID int64  `json:"song"`
	At     int64  `json:"at"` // Unix time in seconds
	Seed   uint64 `json:"seed"`
	// AlbumID is set where only the songs of one album were to choose from. Then
	// genres, hidden albums, and the artists and albums of late do not matter.
	AlbumID int64 `json:"album,omitempty"`

	InForce
	Census     Census `json:"census"`     // of the library, or of the album
	Heard      Counts `json:"heard"`      // songs of the pool that were kept out because of what was queued lately
	Relaxed    Rule   `json:"relaxed"`    // NoRule, or what was relaxed of these
	Candidates int    `json:"candidates"` // songs that had the same chance, the chosen one among them
}

// describe notes which songs there are to choose from.
func (p *Pick) describe(from *pool) {
	p.Census = from.census
	p.Genres, p.GenreCount = from.wishes.genres()
}

// draw throws the dice.
func (p *Pick) draw(seed uint64, o offer, song func(rank int) int64) {
	p.Seed, p.Candidates, p.Heard, p.Relaxed = seed, o.size, o.heard, o.relaxed
	p.SongID = song(o.ranks.nth(throw(seed).IntN(o.size)))
}

// InForce are the rules of a choice.
type InForce struct {
	Constraints state.Constraints `json:"constraints"`
	BlackLists  state.BlackLists  `json:"blacklists"`
	// Genres are the names of the active genres, at most [MaxGenres] of them, and
	// GenreCount is how many there are. None means no filter.
	Genres     []string `json:"genres"`
	GenreCount int      `json:"genrecount"`
}

// MaxGenres bounds the genres that a pick names.
const MaxGenres = 20

// MaxSeed is the highest seed: one that every client can hold as a number.
const MaxSeed = 1<<53 - 1

// throw makes the dice of a seed.
func throw(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) } //nolint:gosec // nobody gains by guessing a song

// nextSeed is the seed of the choice after one.
func nextSeed(seed uint64) uint64 { return throw(^seed).Uint64() & MaxSeed }

// MarshalJSON writes an object with the counts that are not 0, by rule.
func (c Counts) MarshalJSON() ([]byte, error) { return json.Marshal(c.Map()) }

// UnmarshalJSON reads what MarshalJSON writes. Rules that it does not know are
// left out.
func (c *Counts) UnmarshalJSON(text []byte) error {
	var named map[string]int
	if err := json.Unmarshal(text, &named); err != nil {
		return err
	}
	*c = Counts{}
	for rule, name := range ruleNames {
		c[rule] = named[name]
	}
	return nil
}

// Map returns the counts that are not 0, by the name of the rule.
func (c Counts) Map() map[string]int {
	named := map[string]int{}
	for rule, n := range c {
		if n != 0 {
			named[ruleNames[rule]] = n
		}
	}
	return named
}

// MarshalText writes the name of a rule.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads it again. What it does not know is NoRule.
func (r *Rule) UnmarshalText(name []byte) error {
	*r = NoRule
	for rule, known := range ruleNames {
		if known == string(name) {
			*r = Rule(rule)
		}
	}
	return nil
}
