package intake

import (
	"fmt"
	"strings"
)

// doubted is one doubt as a planner finds it.
type doubted struct {
	kind       Doubt
	path       string
	text       string
	confidence float64 // that it is a mistake, 0 to 1
	suggestion string
}

// collections are artists' directories in which every song has an artist of its
// own.
var collections = map[string]bool{
	"variousartists": true, "various": true, "va": true, "soundtrack": true, "soundtracks": true, "ost": true, "compilation": true, "compilations": true,
	"sampler": true, "samplers": true, "diverse": true, "verschiedene": true,
}

// consistent compares what tags say with what the path says. The path decides;
// a tag that is not there says nothing.
func (l looked) consistent() (doubts []doubted) {
	years, artists, names := said[int]{}, said[string]{}, said[string]{}
	at := l.album.Location
	for _, s := range l.album.Songs {
		if year := s.Tags.Year; year != nil && *year > 0 && *year != at.Release {
			years.add(*year, s.Path)
		}
		if artist := s.Tags.Artist; artist != nil && !l.by(*artist) {
			artists.add(*artist, s.Path)
		}
		if album := s.Tags.Album; album != nil && folded(*album) != "" && !same(*album, at.Album) {
			names.add(*album, s.Path)
		}
	}
	total := float64(max(len(l.album.Songs), 1))
	years.each(at.Path, func(year int, rel string, songs int) {
		doubts = append(doubts, doubted{kind: Year, path: rel, confidence: 0.3 + 0.4*float64(songs)/total,
			text: fmt.Sprintf("the path says %d, %s %d", at.Release, count(songs), year)})
	})
	artists.each(at.Path, func(artist, rel string, songs int) {
		doubts = append(doubts, doubted{kind: Artist, path: rel, confidence: 0.3 + 0.5*float64(songs)/total,
			text: fmt.Sprintf("the path says %q, %s %q", at.Artist, count(songs), artist)})
	})
	names.each(at.Path, func(album, rel string, songs int) {
		doubts = append(doubts, doubted{kind: Title, path: rel, confidence: 0.2 + 0.4*float64(songs)/total,
			text: fmt.Sprintf("the path calls the album %q, %s %q", at.Album, count(songs), album)})
	})
	return append(doubts, l.songsConsistent()...)
}

// songsConsistent compares song by song.
func (l looked) songsConsistent() (doubts []doubted) {
	for _, s := range l.album.Songs {
		if title := s.Tags.Title; title != nil && folded(*title) != "" && !same(*title, s.Name) {
			doubts = append(doubts, doubted{kind: Title, path: s.Path, confidence: 0.5,
				text: fmt.Sprintf("the path calls the song %q, the tag %q", s.Name, *title)})
		}
		if s.Tags.Track != 0 && s.Tags.Track != s.Number {
			doubts = append(doubts, doubted{kind: Number, path: s.Path, confidence: 0.5,
				text: fmt.Sprintf("the path says song %d, the tag %d", s.Number, s.Tags.Track)})
		}
		// Each CD of a box is often a directory of its own, whose songs keep their disc.
		if s.Tags.Disc != 0 && s.Tags.Disc != s.CD && l.album.CDs > 1 {
			doubts = append(doubts, doubted{kind: Number, path: s.Path, confidence: 0.5,
				text: fmt.Sprintf("the path says CD %d, the tag %d", s.CD, s.Tags.Disc)})
		}
	}
	return doubts
}

// by reports whether an artist of a tag is the one of the path: alone, with
// guests, or among the many of a collection.
func (l looked) by(artist string) bool {
	tag, own := folded(artist), folded(l.album.Artist)
	return tag == "" || tag == own || collections[own] || own != "" && strings.HasPrefix(tag, own) && guests(artist)
}

// guests reports whether a tag names more than one artist.
func guests(artist string) bool {
	artist = strings.ToLower(artist)
	for _, joint := range []string{" feat", " ft.", " featuring", " with ", " & ", " and ", " vs", " x ", ", ", ";", " / ", "/"} {
		if strings.Contains(artist, joint) {
			return true
		}
	}
	return false
}
