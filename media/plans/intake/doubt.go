package intake

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"musicdb/media/files"
	"musicdb/media/plans"
)

// Doubt says what kind of reason there is to look twice at new music. Its text is
// its name in a plan.
type Doubt uint8

// The doubts.
const (
	Duplicate   Doubt = iota + 1 // the same recording is in the library already
	Repeated                     // the same recording twice in the album
	Year                         // tags and path disagree on the year
	Artist                       // on the artist
	Title                        // on the name of the album or of a song
	Number                       // on the number of a song or CD
	Encoding                     // texts whose encoding was mistaken
	Naming                       // a name outside the conventions: it does not enter
	Gap                          // a song number is missing
	Double                       // a song number is given twice
	Damaged                      // a file that cannot be read, or not to its end
	Unsupported                  // what is no music, or lies where none is searched
)

var doubtNames = [...]string{
	Duplicate: "duplicate", Repeated: "repeated", Year: "year", Artist: "artist", Title: "title", Number: "number", Encoding: "encoding",
	Naming: "naming", Gap: "gap", Double: "double", Damaged: "damaged", Unsupported: "unsupported",
}

func (d Doubt) String() string {
	if d == 0 || int(d) >= len(doubtNames) {
		return fmt.Sprintf("doubt %d", uint8(d))
	}
	return doubtNames[d]
}

// looked is an album as it was read: what doubts are about.
type looked struct {
	album    files.Album
	findings []*files.Finding
	misnamed []files.Song // songs whose names say nothing; their tags may
	known    []files.Song // songs of the same directory that are in the library
}

// same compares names as people do: case, blanks, punctuation, the form of
// accented letters and the replaced slash do not count.
func same(a, b string) bool { return folded(a) == folded(b) }

func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
}

// said is what tags say about one thing: each value with the songs that say it.
type said[V cmp.Ordered] map[V][]string

func (s said[V]) add(value V, rel string) { s[value] = append(s[value], rel) }

// each walks the values in their order. at is the song when one alone says so, else
// the album.
func (s said[V]) each(album string, yield func(value V, at string, songs int)) {
	values := make([]V, 0, len(s))
	for value := range s {
		values = append(values, value)
	}
	slices.Sort(values)
	for _, value := range values {
		at := album
		if len(s[value]) == 1 {
			at = s[value][0]
		}
		yield(value, at, len(s[value]))
	}
}

// count is "the tag" of one song, or "the tags of 3 songs".
func count(songs int) string {
	if songs == 1 {
		return "the tag says"
	}
	return fmt.Sprintf("the tags of %d songs say", songs)
}

func base(rel string) string { return path.Base(rel) }

// public is a doubt as a plan holds it.
func (d doubted) public() plans.Doubt {
	text := d.text
	if d.confidence > 0 && d.confidence < 1 {
		text += fmt.Sprintf(" (%.0f %% sure)", 100*d.confidence)
	}
	return plans.Doubt{Kind: d.kind.String(), Path: d.path, Text: text, Suggestion: d.suggestion}
}
