package intake

import (
	"fmt"
	"path"
	"slices"

	"musicdb/media/files"
	"musicdb/media/plans"
	"musicdb/media/plans/mojibake"
)

// sure is the confidence from which texts are written anew without a person's word:
// the plan as a whole still waits for it.
const sure = 0.9

// encodings is what the texts of an album should say.
type encodings struct {
	doubts []doubted
	writes []plans.Operation
	tags   map[string]map[string]string // by path of the song and key, where a tag is mistaken
}

// text is one text of a tag.
type text struct {
	song  int
	key   string // of TagLib
	value string
}

// encoded looks for texts whose encoding was mistaken: in all tags together, and in
// all names together.
func (l looked) encoded() encodings {
	e := encodings{tags: map[string]map[string]string{}}
	songs := append(append([]files.Song{}, l.album.Songs...), l.misnamed...)
	var texts []text
	var values []string
	for i, s := range songs {
		for key, value := range map[string]*string{"TITLE": s.Tags.Title, "ALBUM": s.Tags.Album, "ARTIST": s.Tags.Artist} {
			if value != nil {
				texts, values = append(texts, text{i, key, *value}), append(values, *value)
			}
		}
	}
	if r, found := mojibake.Guess(values...); found {
		e.mistaken(songs, texts, r)
	}
	e.names(l, songs)
	return e
}

// applied is the album with tags as they should be.
func (e encodings) applied(l looked) looked {
	l.album.Songs = slices.Clone(l.album.Songs)
	for i := range l.album.Songs {
		s := &l.album.Songs[i]
		for key, field := range map[string]**string{"TITLE": &s.Tags.Title, "ALBUM": &s.Tags.Album, "ARTIST": &s.Tags.Artist} {
			if right, mistaken := e.tags[s.Path][key]; mistaken {
				*field = &right
			}
		}
	}
	return l
}

// mistaken notes what the tags of each song should say.
func (e *encodings) mistaken(songs []files.Song, texts []text, r mojibake.Reading) {
	changes := make([]plans.WriteTags, len(songs))
	for i, t := range texts {
		if r.Texts[i] == t.value {
			continue
		}
		w := &changes[t.song]
		if w.After == nil {
			w.Before, w.After = map[string][]string{}, map[string][]string{}
			e.tags[songs[t.song].Path] = map[string]string{}
		}
		w.Before[t.key], w.After[t.key] = []string{t.value}, []string{r.Texts[i]}
		e.tags[songs[t.song].Path][t.key] = r.Texts[i]
	}
	for i, w := range changes {
		if w.After == nil {
			continue
		}
		key := "TITLE"
		for _, key = range []string{"TITLE", "ARTIST", "ALBUM"} {
			if w.After[key] != nil {
				break
			}
		}
		e.doubts = append(e.doubts, doubted{kind: Encoding, path: songs[i].Path, confidence: r.Confidence, suggestion: w.After[key][0],
			text: fmt.Sprintf("its tags were written in %v and read in another encoding: %q should be %q", r.Encoding, w.Before[key][0], w.After[key][0])})
		if r.Confidence >= sure {
			w.File = file(songs[i])
			e.writes = append(e.writes, plans.Operation{WriteTags: &w})
		}
	}
}

// names notes names of files and directories that were mistaken. They are not
// changed: the directories belong to other music, too.
func (e *encodings) names(l looked, songs []files.Song) {
	paths, names := []string{l.album.Artist, l.album.Path}, []string{l.album.Artist, path.Base(l.album.Path)}
	for _, s := range songs {
		paths, names = append(paths, s.Path), append(names, path.Base(s.Path))
	}
	r, found := mojibake.Guess(names...)
	if !found {
		return
	}
	for i, name := range names {
		if r.Texts[i] == name {
			continue
		}
		e.doubts = append(e.doubts, doubted{kind: Encoding, path: paths[i], confidence: r.Confidence, suggestion: r.Texts[i],
			text: fmt.Sprintf("its name was written in %v and read in another encoding: %q should be %q", r.Encoding, name, r.Texts[i])})
	}
}
