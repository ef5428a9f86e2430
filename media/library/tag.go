package library

import (
	"sync"
)

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

// VideoTags does for a video what SongTags does for a song.
func (c *Catalogue) VideoTags(videoID int64) []TargetTag {
	var tags []TargetTag
	for a, tag := range c.assigned(c.videoTags, videoID) {
		tags = append(tags, TargetTag{EntryID: a.entry, VideoID: videoID, TagID: a.tag,
			Confidence: a.confidence, Approval: a.approval, Tag: *tag})
	}
	return tags
}

// TagUse counts where a tag is used. Assignments to what no longer exists, as
// old files hold them, count too.
type TagUse struct {
	Songs    int
	Albums   int
	Videos   int
	Children int // sub genres of this genre
}

// tagUses counts the first time somebody wants to know.
type tagUses struct {
	once sync.Once
	of   map[int64]TagUse
}

// TagUse returns how often a tag is assigned, and how many sub genres it has.
func (c *Catalogue) TagUse(tagID int64) TagUse {
	c.uses.once.Do(func() {
		of := make(map[int64]TagUse, c.tags.rows)
		count := func(rows table[assignment, *assignment], add func(*TagUse)) {
			for a := range rows.all() {
				use := of[a.tag]
				add(&use)
				of[a.tag] = use
			}
		}
		count(c.songTags, func(u *TagUse) { u.Songs++ })
		count(c.albumTags, func(u *TagUse) { u.Albums++ })
		count(c.videoTags, func(u *TagUse) { u.Videos++ })
		for t := range c.tags.all() {
			if t.ParentID != nil {
				use := of[*t.ParentID]
				use.Children++
				of[*t.ParentID] = use
			}
		}
		c.uses.of = of
	})
	return c.uses.of[tagID]
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
