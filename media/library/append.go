package library

// Long lists ask for the albums of each artist and the tags of each album in turn:
// these give the same as their namesakes, into room that is used again.

// AppendAlbumsOf appends what AlbumsOf returns.
func (c *Catalogue) AppendAlbumsOf(to []Album, artistID int64) []Album {
	for id := range found(c.albumsOf, artistID) {
		to = append(to, *c.albums.get(pair{id, 0}))
	}
	return to
}

// AppendAlbumTags appends what AlbumTags returns.
func (c *Catalogue) AppendAlbumTags(to []TargetTag, albumID int64) []TargetTag {
	for a, tag := range c.assigned(c.albumTags, albumID) {
		to = append(to, TargetTag{EntryID: a.entry, AlbumID: albumID, TagID: a.tag,
			Confidence: a.confidence, Approval: a.approval, Tag: *tag})
	}
	return to
}
