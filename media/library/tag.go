package library

// assignment is a row of albumtags or songtags, ordered by target and entry so
// that the tags of a target lie together in assignment order.
type assignment struct {
	target     int64
	entry      int64
	tag        int64
	confidence float64
	approval   int64
}

func (a *assignment) order() pair { return pair{a.target, a.entry} }

// Tags returns all tags of all classes in row order.
func (c *Catalogue) Tags() []Tag { return c.tags.slice() }

// Tag returns the tag with this id.
func (c *Catalogue) Tag(id int64) (Tag, bool) { return value(c.tags.get(pair{id, 0})) }

// TagByName returns the first tag with this name in a class.
func (c *Catalogue) TagByName(name string, class int64) (Tag, bool) {
	for t := range c.tags.all() {
		if t.Class == class && t.Name == name {
			return *t, true
		}
	}
	return Tag{}, false
}

// SongTags returns the tags of a song of all classes and approvals in the order
// of their assignment. Assignments of tags that no longer exist, as old files
// hold them, are left out.
func (c *Catalogue) SongTags(songID int64) []TargetTag {
	var tags []TargetTag
	for a, tag := range c.assigned(c.songTags, songID) {
		tags = append(tags, TargetTag{EntryID: a.entry, SongID: songID, TagID: a.tag,
			Confidence: a.confidence, Approval: a.approval, Tag: *tag})
	}
	return tags
}

// AlbumTags does for an album what SongTags does for a song.
func (c *Catalogue) AlbumTags(albumID int64) []TargetTag {
	var tags []TargetTag
	for a, tag := range c.assigned(c.albumTags, albumID) {
		tags = append(tags, TargetTag{EntryID: a.entry, AlbumID: albumID, TagID: a.tag,
			Confidence: a.confidence, Approval: a.approval, Tag: *tag})
	}
	return tags
}

// assigned iterates over the existing tags of a target.
func (c *Catalogue) assigned(to table[assignment, *assignment], target int64) func(func(*assignment, *Tag) bool) {
	return func(yield func(*assignment, *Tag) bool) {
		for a := range to.from(pair{target, -1 << 63}) {
			if a.target != target {
				return
			}
			if tag := c.tags.get(pair{a.tag, 0}); tag != nil && !yield(a, tag) {
				return
			}
		}
	}
}
