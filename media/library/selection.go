package library

import "slices"

// GenreChoice is what somebody has chosen to hear: a switch per genre and a
// switch per sub genre of a genre, by name.
type GenreChoice interface {
	GenreActive(genre string) bool
	SubgenreActive(genre, subgenre string) bool
}

// Selection is a choice resolved to the tags of one Catalogue. The zero value
// selects nothing in particular: every album that is not hidden passes.
type Selection struct {
	// Genres holds the ids of the active genres, each with the ids of its
	// active sub genres.
	Genres map[int64][]int64
}

// Empty reports whether there is no active genre, which means no filter.
func (s Selection) Empty() bool { return len(s.Genres) == 0 }

// HasSubgenre reports whether an active genre has this sub genre active.
func (s Selection) HasSubgenre(tagID int64) bool {
	for _, subgenres := range s.Genres {
		if slices.Contains(subgenres, tagID) {
			return true
		}
	}
	return false
}

// HasGenre reports whether this genre is active.
func (s Selection) HasGenre(tagID int64) bool {
	_, active := s.Genres[tagID]
	return active
}

// Select resolves a choice: all active genres, and of those the active sub
// genres. Sub genres whose genre is not active, or no genre, are left out.
func (c *Catalogue) Select(g GenreChoice) Selection {
	genres := make(map[int64][]int64)
	for t := range c.tags.all() {
		if t.Class == ClassGenre && g.GenreActive(t.Name) {
			genres[t.ID] = nil
		}
	}
	for t := range c.tags.all() {
		if t.Class != ClassSubgenre || t.ParentID == nil {
			continue
		}
		genre := c.tags.get(pair{*t.ParentID, 0})
		if genre == nil {
			continue
		}
		if _, active := genres[genre.ID]; active && g.SubgenreActive(genre.Name, t.Name) {
			genres[genre.ID] = append(genres[genre.ID], t.ID)
		}
	}
	return Selection{Genres: genres}
}

// Passing reports whether an album is to be heard: it exists, is not hidden,
// and, unless the selection is empty, has at least one active genre of which no
// sub genre is active, or one of whose active sub genres it has, or it has no
// sub genre at all. Approval and confidence of its tags do not matter.
func (c *Catalogue) Passing(s Selection, albumID int64) bool {
	return c.passageOfAlbum(s, albumID) == Passes
}

func (c *Catalogue) passingTagsOf(s Selection, albumID int64) bool {
	if s.Empty() {
		return true
	}
	plain := true // has no sub genre tag
	for _, t := range c.assigned(c.albumTags, albumID) {
		plain = plain && t.Class != ClassSubgenre
	}
	for _, genre := range c.assigned(c.albumTags, albumID) {
		if genre.Class != ClassGenre {
			continue
		}
		subgenres, active := s.Genres[genre.ID]
		if !active {
			continue
		}
		if plain || len(subgenres) == 0 {
			return true
		}
		for _, t := range c.assigned(c.albumTags, albumID) {
			if t.Class == ClassSubgenre && slices.Contains(subgenres, t.ID) {
				return true
			}
		}
	}
	return false
}

// PassingAlbums returns the ids of all albums that pass, in row order.
func (c *Catalogue) PassingAlbums(s Selection) []int64 {
	var ids []int64
	for a := range c.albums.all() {
		if c.Passing(s, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// PassingSong reports whether the song's own tags speak against the selection:
// its approved genres, if it has any, must include an active one, and so its
// approved sub genres. It does not look at the album.
func (c *Catalogue) PassingSong(s Selection, songID int64) bool {
	if s.Empty() {
		return true
	}
	genres, subgenres := c.ApprovedTags(songID)
	return (len(genres) == 0 || slices.ContainsFunc(genres, s.HasGenre)) &&
		(len(subgenres) == 0 || slices.ContainsFunc(subgenres, s.HasSubgenre))
}

// ApprovedTags returns the ids of the genres and sub genres of a song that are
// not mere suggestions.
func (c *Catalogue) ApprovedTags(songID int64) (genres, subgenres []int64) {
	for a, t := range c.assigned(c.songTags, songID) {
		switch {
		case a.approval < ApprovalConfirmed:
		case t.Class == ClassGenre:
			genres = append(genres, t.ID)
		case t.Class == ClassSubgenre:
			subgenres = append(subgenres, t.ID)
		}
	}
	return genres, subgenres
}
