package intake

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"musicdb/media/files"
	"musicdb/media/plans"
)

// names is what becomes of songs whose names break the conventions.
type names struct {
	doubts []doubted
	moves  []plans.Operation
	songs  []files.Song // under their new names
}

// named proposes a name for each misnamed song: its number from the tag, from the
// name as it is, or the next that is free; its title from the tag or the name.
func (l looked) named(e encodings) names {
	n := names{}
	taken, last := map[string]bool{}, 0
	cds := l.album.CDs > 1
	for _, s := range slices.Concat(l.album.Songs, l.known) {
		taken[strings.ToLower(path.Base(s.Path))] = true
		last = max(last, s.Number)
	}
	for _, s := range l.misnamed {
		cds = cds || s.Tags.Disc > 1
		last = max(last, s.Tags.Track)
	}
	for _, s := range l.misnamed {
		number, title, how := numberOf(s), titleOf(s, e.tags[s.Path]["TITLE"]), "its tags"
		if number == 0 {
			last++
			number, how = last, "the next free number, because neither name nor tag has one"
		}
		name := fmt.Sprintf("%02d %s%s", number, title, path.Ext(s.Path))
		if cds {
			name = fmt.Sprintf("%d-%s", max(s.Tags.Disc, 1), name)
		}
		to := path.Join(path.Dir(s.Path), name)
		at, err := files.Analyse(to, files.KindSong)
		d := doubted{kind: Naming, path: s.Path, confidence: 1, text: fmt.Sprintf("%q is not the name of a song; it does not enter the library under it", path.Base(s.Path))}
		if err == nil && at.Name != "" && len(name) <= maxName && !taken[strings.ToLower(name)] {
			taken[strings.ToLower(name)] = true
			d.text += fmt.Sprintf("; by %s it would be %q", how, name)
			d.suggestion = to
			expected := file(s)
			n.moves = append(n.moves, plans.Operation{Move: &plans.Move{From: s.Path, To: to, File: &expected}})
			s.Location = at
			n.songs = append(n.songs, s)
		}
		n.doubts = append(n.doubts, d)
	}
	return n
}

// maxName is the longest name in bytes that common file systems take.
const maxName = 255

// leading reads a number in front of a name, as other programs write it: "03_x",
// "03-x", "03. x", "Track 03 x".
var leading = regexp.MustCompile(`^(?i:track[ _-]*)?(\d{1,3})(?:[ _.\-)]+|$)`)

func numberOf(s files.Song) int {
	if s.Tags.Track > 0 {
		return s.Tags.Track
	}
	if found := leading.FindStringSubmatch(path.Base(s.Path)); found != nil {
		number, err := strconv.Atoi(found[1])
		if err == nil {
			return number
		}
	}
	return 0
}

// titleOf is the title of the tag, as it should be written, or what the name says.
func titleOf(s files.Song, repaired string) string {
	title := repaired
	if title == "" && s.Tags.Title != nil {
		title = *s.Tags.Title
	}
	if strings.TrimSpace(title) == "" {
		stem := strings.TrimSuffix(path.Base(s.Path), path.Ext(s.Path))
		title = strings.ReplaceAll(stem, "_", " ")
		if rest := leading.ReplaceAllString(title, ""); strings.TrimSpace(rest) != "" {
			title = rest
		}
	}
	return element(title)
}

// element makes a text part of one path element: the slash becomes U+2215 as
// everywhere in the music directory, and what cannot be seen is left out.
func element(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '\u2215'
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}
