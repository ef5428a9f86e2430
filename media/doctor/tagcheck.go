package doctor

import (
	"fmt"
	"slices"
	"strings"

	"musicdb/media/plans/mojibake"
)

// Keys of TagLib that are compared with paths.
const (
	keyTitle  = "TITLE"
	keyAlbum  = "ALBUM"
	keyArtist = "ARTIST"
	keyDate   = "DATE"
	keyTrack  = "TRACKNUMBER"
	keyDisc   = "DISCNUMBER"
)

// compare compares the tags of all songs with their paths.
func (c *albumCase) compare() {
	garbled := c.encodings()
	for _, s := range c.songs {
		if s.at.Kind != 0 && s.readable && !slices.Contains(garbled, s.path) {
			c.songTags(s)
		}
	}
	if len(garbled) > 0 {
		return // what they say about the album is garbled, too
	}
	said := func(text func(songCase) *string) []saying { return c.said(text) }
	albums := said(func(s songCase) *string { return s.tags.Album })
	if !c.mixed(albums) {
		c.together(keyAlbum, "album", c.at.Album, albums)
	}
	artists := said(func(s songCase) *string { return s.tags.Artist })
	if len(artists) < compilation && !isCompilation(c.at.Artist) {
		c.together(keyArtist, "artist", c.at.Artist, artists)
	}
	c.together(keyDate, "year", fmt.Sprint(c.at.Release), said(func(s songCase) *string {
		if s.tags.Year == nil {
			return nil // a year that is no number, or none
		}
		year := fmt.Sprint(*s.tags.Year)
		return &year
	}))
}

// songTags compares what a song's tags say about the song alone.
func (c *albumCase) songTags(s songCase) {
	var reasons, keys []string
	certainty := Possible
	if title := s.tags.Title; title != nil && strings.TrimSpace(*title) != "" {
		if likeness := like(s.at.Name, *title); likeness != same {
			reasons, keys = append(reasons, fmt.Sprintf("the title is %q", *title)), append(keys, keyTitle)
			if likeness == other {
				certainty = Likely
			}
		}
	}
	if s.tags.Track != 0 && s.tags.Track != s.at.Number {
		reasons, keys, certainty = append(reasons, fmt.Sprintf("the number is %d", s.tags.Track)), append(keys, keyTrack), Likely
	}
	if s.tags.Disc != 0 && s.tags.Disc != s.at.CD {
		reasons, keys = append(reasons, fmt.Sprintf("the CD is %d", s.tags.Disc)), append(keys, keyDisc)
	}
	if len(reasons) == 0 {
		return
	}
	c.add(verdict(TagDisagrees, SubjectSong, s.path, certainty, "by its tags %s", strings.Join(reasons, ", ")).of(s.id).
		fixed(FixTags, treatment{keys: keys, songs: []string{s.path}}))
}

// saying is what some songs of an album say about it.
type saying struct {
	text  string // as the first of them spells it
	songs []string
}

// said collects what the songs say, those who say the same together, in the order of
// the songs.
func (c *albumCase) said(text func(songCase) *string) (sayings []saying) {
	for _, s := range c.songs {
		t := text(s)
		if s.at.Kind == 0 || !s.readable || t == nil || strings.TrimSpace(*t) == "" {
			continue
		}
		i := slices.IndexFunc(sayings, func(known saying) bool { return like(known.text, *t) == same })
		if i < 0 {
			sayings = append(sayings, saying{text: *t})
			i = len(sayings) - 1
		}
		sayings[i].songs = append(sayings[i].songs, s.path)
	}
	return sayings
}

// together compares what the songs say about their album with its path. All that say
// the same are one verdict.
func (c *albumCase) together(key, what, name string, sayings []saying) {
	for _, said := range sayings {
		likeness := like(name, said.text)
		if likeness == same {
			continue
		}
		certainty := Likely
		if likeness == akin || key == keyDate { // editions appear again in later years
			certainty = Possible
		}
		v := verdict(TagDisagrees, SubjectAlbum, c.path, certainty, "by the tags of %s the %s is %q", songs(len(said.songs)), what, said.text).of(c.row.ID)
		if len(said.songs) < len(c.songs) {
			v.Related = said.songs
		}
		c.add(v.fixed(FixTags, treatment{keys: []string{key}, songs: said.songs}))
	}
}

// mixed reports the songs of several albums in one directory.
func (c *albumCase) mixed(albums []saying) bool {
	var several []string
	for i, said := range albums {
		alike := slices.ContainsFunc(albums[:i], func(before saying) bool { return like(before.text, said.text) != other })
		if len(said.songs) > 1 && !alike {
			several = append(several, fmt.Sprintf("%q (%s)", said.text, songs(len(said.songs))))
		}
	}
	if len(several) < 2 {
		return false
	}
	c.add(verdict(MixedAlbums, SubjectAlbum, c.path, Likely, "its songs belong to %s by their tags", strings.Join(several, " and ")).of(c.row.ID))
	return true
}

// compilation is how many different artists make an album one of many artists.
const compilation = 3

// isCompilation recognises the names that people give to the artist of such albums.
func isCompilation(artist string) bool {
	switch letters(artist) {
	case "variousartists", "various", "va", "sampler", "samplers", "soundtrack", "soundtracks", "ost", "compilation", "compilations", "diverse":
		return true
	}
	return false
}

// encodings finds texts whose bytes were taken for those of another encoding, proved
// by a path that reads as they should. It returns the songs.
func (c *albumCase) encodings() (garbled []string) {
	var texts []string
	var of []songCase
	for _, s := range c.songs {
		if s.at.Kind != 0 && s.readable && s.tags.Title != nil {
			texts, of = append(texts, *s.tags.Title), append(of, s)
		}
	}
	reading, doubtful := mojibake.Guess(texts...)
	if !doubtful {
		return nil
	}
	for i, s := range of {
		if like(s.at.Name, texts[i]) == other && like(s.at.Name, reading.Texts[i]) != other {
			garbled = append(garbled, s.path)
		}
	}
	if len(garbled) > 0 {
		c.add(verdict(WrongEncoding, SubjectAlbum, c.path, Likely, "the tags of %s are %s that was taken for Latin-1", songs(len(garbled)), reading.Encoding).
			of(c.row.ID).with(garbled...).fixed(FixTags, treatment{keys: []string{keyTitle, keyAlbum, keyArtist}, songs: garbled}))
	}
	return garbled
}
