package plans

import (
	"fmt"
	"slices"
	"strings"

	"musicdb/media/files"
)

// check refuses what is no plan: operations that say nothing or two things, paths that
// lead out of the music directory, rows of other tables.
func (p *Plan) check() error {
	if p.Kind == "" || p.Title == "" {
		return &InvalidError{-1, "kind or title is empty"}
	}
	if len(p.Operations) == 0 {
		return &InvalidError{-1, "it changes nothing"}
	}
	for i := range p.Operations {
		o := &p.Operations[i]
		if n := len(o.set()); n != 1 {
			return &InvalidError{i, fmt.Sprintf("it says %d things in place of one", n)}
		}
		for _, rel := range o.paths() {
			if err := files.CheckPath(rel); err != nil {
				return &InvalidError{i, err.Error()}
			}
		}
		if o.Move != nil && leftBy(p.Operations[:i], o.Move.From) {
			return &InvalidError{i, "it moves what an operation before has moved elsewhere; name it as that has left it"}
		}
		if why := o.wrong(); why != "" {
			return &InvalidError{i, why}
		}
		if o.WriteTags != nil && initial(p.Operations[:i], o.WriteTags.File.Path) != o.WriteTags.File.Path {
			return &InvalidError{i, "tags are written before the file is moved"}
		}
	}
	return nil
}

// leftBy reports whether nothing is at a path any more after the operations.
func leftBy(before []Operation, rel string) (left bool) {
	for _, o := range before {
		if o.Move == nil {
			continue
		}
		for path, gone := range map[string]bool{o.Move.From: true, o.Move.To: false} {
			if rest, ok := strings.CutPrefix(rel, path); ok && (rest == "" || rest[0] == '/') {
				left = gone
			}
		}
	}
	return left
}

// initial returns the path that something had before the operations.
func initial(before []Operation, rel string) string {
	for _, o := range slices.Backward(before) {
		if o.Move == nil {
			continue
		}
		if rest, ok := strings.CutPrefix(rel, o.Move.To); ok && (rest == "" || rest[0] == '/') {
			rel = o.Move.From + rest
		}
	}
	return rel
}

// final returns the path that something has after the operations.
func final(after []Operation, rel string) string {
	for _, o := range after {
		if o.Move == nil {
			continue
		}
		if rest, ok := strings.CutPrefix(rel, o.Move.From); ok && (rest == "" || rest[0] == '/') {
			rel = o.Move.To + rest
		}
	}
	return rel
}

// set returns the names of the fields that are set.
func (o *Operation) set() []string {
	var set []string
	for name, is := range map[string]bool{
		"makedirectory": o.MakeDirectory != nil, "move": o.Move != nil, "writetags": o.WriteTags != nil, "setcover": o.SetCover != nil,
		"enteralbum": o.EnterAlbum != nil, "entersongs": o.EnterSongs != nil, "entervideo": o.EnterVideo != nil,
		"changerow": o.ChangeRow != nil, "removerow": o.RemoveRow != nil, "makeframes": o.MakeFrames != nil,
	} {
		if is {
			set = append(set, name)
		}
	}
	return set
}

// paths returns all paths inside the music directory that the operation names.
func (o *Operation) paths() []string {
	songs := func(album string, songs []Song) []string {
		paths := []string{album}
		for _, s := range songs {
			paths = append(paths, s.File.Path)
		}
		return paths
	}
	switch {
	case o.MakeDirectory != nil:
		return []string{o.MakeDirectory.Path}
	case o.Move != nil:
		paths := []string{o.Move.From, o.Move.To}
		for _, f := range o.Move.Holds {
			paths = append(paths, f.Path)
		}
		return paths
	case o.WriteTags != nil:
		return []string{o.WriteTags.File.Path}
	case o.SetCover != nil:
		paths := []string{o.SetCover.AlbumPath}
		for _, rel := range []string{o.SetCover.Source.Song, o.SetCover.Source.File} {
			if rel != "" {
				paths = append(paths, rel)
			}
		}
		return paths
	case o.EnterAlbum != nil:
		return append(songs(o.EnterAlbum.Path, o.EnterAlbum.Songs), o.EnterAlbum.ArtistPath)
	case o.EnterSongs != nil:
		return songs(o.EnterSongs.AlbumPath, o.EnterSongs.Songs)
	case o.EnterVideo != nil:
		return []string{o.EnterVideo.ArtistPath, o.EnterVideo.File.Path}
	case o.MakeFrames != nil:
		return []string{o.MakeFrames.VideoPath}
	}
	return nil
}

// wrong says what is wrong with an operation, or nothing.
func (o *Operation) wrong() string {
	switch {
	case o.Move != nil && o.Move.From == o.Move.To:
		return "the new path is the old one"
	case o.Move != nil && strings.HasPrefix(o.Move.To, o.Move.From+"/"):
		return "a directory cannot go into itself"
	case o.Move != nil && o.Move.File != nil && o.Move.File.Path != o.Move.From:
		return "it expects another file than the one it moves"
	case o.WriteTags != nil && len(o.WriteTags.After) == 0:
		return "it writes no tag"
	case o.SetCover != nil && o.SetCover.Source.count() != 1:
		return "a cover has one source"
	case o.ChangeRow != nil && !isEntryTable(o.ChangeRow.Table), o.RemoveRow != nil && !isEntryTable(o.RemoveRow.Table):
		return "rows are of artists, albums, songs or videos"
	case o.ChangeRow != nil && (len(o.ChangeRow.After) == 0 || o.ChangeRow.After["id"] != nil):
		return "it changes no column, or the id"
	case o.WriteTags != nil:
		for key := range o.WriteTags.After {
			if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '}' || r == '=' || 'a' <= r && r <= 'z' }) {
				return fmt.Sprintf("%q is no key of a tag", key)
			}
		}
	}
	return ""
}

func (s CoverSource) count() (n int) {
	for _, text := range []string{s.Song, s.File, s.Picture} {
		if text != "" {
			n++
		}
	}
	return n
}

func isEntryTable(name string) bool {
	return name == "artists" || name == "albums" || name == "songs" || name == "videos"
}
