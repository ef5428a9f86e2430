package library

// How a catalogue and its indexes follow a change of a row: before is nil for a
// new row, after for a removed one. The indexes are those that load builds.

func (c *Catalogue) changeArtist(before, after *Artist) {
	c.artists = changed(c.artists, before, after)
	c.artistPaths = reindexed(c.artistPaths, before, after, (*Artist).byPath)
	c.byName = &nameOrder{}
	if before == nil || after == nil || before.Name != after.Name {
		c.names = c.generation
	}
}

func (c *Catalogue) changeAlbum(before, after *Album) {
	c.albums = changed(c.albums, before, after)
	c.albumPaths = reindexed(c.albumPaths, before, after, (*Album).byPath)
	c.albumsOf = reindexed(c.albumsOf, before, after, (*Album).byArtist)
	if before == nil || after == nil || before.Name != after.Name {
		c.names = c.generation
	}
}

func (c *Catalogue) changeSong(before, after *Song) {
	c.songs = changed(c.songs, before, after)
	c.songPaths = reindexed(c.songPaths, before, after, (*Song).byPath)
	c.songsOf = reindexed(c.songsOf, before, after, (*Song).byAlbum)
	if before == nil || after == nil || before.Name != after.Name {
		c.names = c.generation
	}
}

func (c *Catalogue) changeVideo(before, after *Video) {
	c.videos = changed(c.videos, before, after)
	c.videoPaths = reindexed(c.videoPaths, before, after, (*Video).byPath)
	c.videosOf = reindexed(c.videosOf, before, after, (*Video).byArtist)
	if before == nil || after == nil || before.Name != after.Name {
		c.names = c.generation
	}
}

func (c *Catalogue) changeTag(before, after *Tag) {
	c.tags = changed(c.tags, before, after)
	c.uses = &tagUses{}
}

func (c *Catalogue) changeAssignment(on Target, before, after *assignment) {
	rows := c.assignments(on)
	*rows = changed(*rows, before, after)
	c.uses = &tagUses{}
}

func changed[R any, P ordered[R]](rows table[R, P], before, after *R) table[R, P] {
	if after == nil {
		return rows.without(P(before).order())
	}
	return rows.with(*after)
}

// reindexed moves a row from its old entry of an index to its new one. Rows that
// have no entry say so by the second result of key.
func reindexed[R any](ix index, before, after *R, key func(*R) (pair, bool)) index {
	var from, to pair
	was, is := false, false
	if before != nil {
		from, was = key(before)
	}
	if after != nil {
		to, is = key(after)
	}
	if was && is && from == to {
		return ix
	}
	if was {
		ix = ix.without(from)
	}
	if is {
		ix = ix.with(to)
	}
	return ix
}

func indexed[R any, P ordered[R]](rows table[R, P], key func(*R) (pair, bool)) index {
	entries := make([]pair, 0, rows.rows)
	for row := range rows.all() {
		if entry, has := key(row); has {
			entries = append(entries, entry)
		}
	}
	return tableOf(entries)
}

func (a *Artist) byPath() (pair, bool) { return pair{pathHash(a.Path), a.ID}, true }
func (a *Album) byPath() (pair, bool)  { return pair{pathHash(a.Path), a.ID}, true }
func (s *Song) byPath() (pair, bool)   { return pair{pathHash(s.Path), s.ID}, true }
func (v *Video) byPath() (pair, bool)  { return pair{pathHash(v.Path), v.ID}, true }

// 0 and NULL are nobody, who has no albums, songs or videos.
func (a *Album) byArtist() (pair, bool) { return pair{a.ArtistID, a.ID}, a.ArtistID != 0 }
func (s *Song) byAlbum() (pair, bool)   { return pair{s.AlbumID, s.ID}, s.AlbumID != 0 }
func (v *Video) byArtist() (pair, bool) { return pair{v.ArtistID, v.ID}, v.ArtistID != 0 }
