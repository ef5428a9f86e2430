package queue

import "fmt"

// Rule is what keeps the random selection from choosing a song. The rules up to
// TooLong are the user's wishes, which are never relaxed; the last three keep
// what was queued lately from coming again too soon.
type Rule uint8

// The rules, in the order in which a song is held against them.
const (
	NoRule      Rule = iota // nothing is against the song
	NoAlbum                 // its album is not in the library
	HiddenAlbum             // its album is hidden
	AlbumGenre              // its album is not of the selected genres
	SongGenre               // its album is, but not the song itself
	Disabled                // NoDisabled
	Hated                   // NoHated
	BadFile                 // NoBadFile
	LiveMusic               // NoLiveMusic
	TooShort                // MinSongLength
	TooLong                 // MaxSongLength
	ArtistHeard             // a song of its artist was queued lately
	AlbumHeard              // a song of its album was queued lately
	SongHeard               // the song itself was queued lately

	numberOfRules
)

var ruleNames = [numberOfRules]string{
	"none", "noalbum", "hiddenalbum", "albumgenre", "songgenre", "disabled", "hated", "badfile", "livemusic", "tooshort", "toolong",
	"artistheard", "albumheard", "songheard",
}

// String returns the name that clients and files know the rule by.
func (r Rule) String() string {
	if r < numberOfRules {
		return ruleNames[r]
	}
	return fmt.Sprintf("rule %d", uint8(r))
}

// Rules returns all rules but NoRule, in their order.
func Rules() []Rule {
	rules := make([]Rule, 0, numberOfRules-1)
	for r := NoAlbum; r < numberOfRules; r++ {
		rules = append(rules, r)
	}
	return rules
}
