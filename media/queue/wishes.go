package queue

import (
	"maps"
	"slices"

	"musicdb/media/library"
	"musicdb/media/state"
)

// wishes are what the user wants to hear and see.
type wishes struct {
	catalogue   *library.Catalogue
	selection   library.Selection
	constraints state.Constraints
}

func newWishes(c *library.Catalogue, choice library.GenreChoice, constraints state.Constraints) wishes {
	return wishes{c, c.Select(choice), constraints}
}

// same reports whether the wishes are those of another snapshot.
func (w wishes) same(other wishes) bool {
	return w.constraints == other.constraints && maps.EqualFunc(w.selection.Genres, other.selection.Genres, slices.Equal)
}

// genres are the names of the active genres, in row order, and how many there are.
func (w wishes) genres() (names []string, count int) {
	names = []string{}
	ids := slices.Sorted(maps.Keys(w.selection.Genres))
	for _, id := range ids[:min(len(ids), MaxGenres)] {
		if tag, exists := w.catalogue.Tag(id); exists {
			names = append(names, tag.Name)
		}
	}
	return names, len(ids)
}

// judge returns the first wish that a song is against.
func (w wishes) judge(s *library.Song) Rule {
	return w.judgeBehind(w.catalogue.PassageOf(w.selection, s), s)
}

// judgeBehind is judge for a song of which it is known how it passes.
func (w wishes) judgeBehind(p library.Passage, s *library.Song) Rule {
	if rule := ofPassage[p]; rule != NoRule {
		return rule
	}
	return constrained(w.constraints, s)
}

var ofPassage = [...]Rule{
	library.Passes: NoRule, library.NoAlbum: NoAlbum, library.HiddenAlbum: HiddenAlbum,
	library.OtherAlbum: AlbumGenre, library.OtherSong: SongGenre,
}

// constrained returns the first constraint that a song is against. It ends there,
// since a library may have a million songs; see [against] for all of them.
func constrained(c state.Constraints, s *library.Song) Rule {
	for rule := Disabled; rule <= TooLong; rule++ {
		if violates(c, rule, s) {
			return rule
		}
	}
	return NoRule
}

func violates(c state.Constraints, rule Rule, s *library.Song) bool {
	switch rule {
	case Disabled:
		return c.NoDisabled && s.Disabled != 0
	case Hated:
		return c.NoHated && s.Favorite < 0
	case BadFile:
		return c.NoBadFile && s.BadAudio != 0
	case LiveMusic:
		return c.NoLiveMusic && s.LiveRecording != 0
	case TooShort:
		return c.MinSongLength >= 0 && s.Playtime < int64(c.MinSongLength)
	case TooLong:
		return c.MaxSongLength >= 0 && s.Playtime > int64(c.MaxSongLength)
	default:
		return false
	}
}

// against returns all wishes that a song is against, in their order. Of those
// about albums and genres it names only the first.
func (w wishes) against(s *library.Song) []Rule {
	var rules []Rule
	if rule := ofPassage[w.catalogue.PassageOf(w.selection, s)]; rule != NoRule {
		rules = append(rules, rule)
	}
	for rule := Disabled; rule <= TooLong; rule++ {
		if violates(w.constraints, rule, s) {
			rules = append(rules, rule)
		}
	}
	return rules
}
