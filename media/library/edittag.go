package library

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// AddTag enters a tag; its ID is given. It fails with an EntryError: ErrExists
// with the ID of the tag of this name and class, and ErrInvalid for an unknown
// class, an icon type that is neither 1 nor 2, a colour that is not like "#RRGGBB",
// a sub genre without an existing genre as parent, or another tag with one. The name
// may be empty. Names of sub genres are unique over all genres.
func (e *Edit) AddTag(t Tag) (Tag, error) {
	t.ID = 0
	if t.Class < ClassGenre || t.Class > ClassMood {
		return Tag{}, &EntryError{Reason: ErrInvalid, Kind: "tag", Detail: "its class is not 1, 2 or 3"}
	}
	if err := e.refusedTag(nil, &t); err != nil {
		return Tag{}, err
	}
	if known, exists := e.now.TagByName(t.Name, t.Class); exists {
		return Tag{}, &EntryError{Reason: ErrExists, Kind: "tag", ID: known.ID, Detail: t.Name}
	}
	var err error
	if t.ID, err = e.insert(tagRows, t.values()); err != nil {
		return Tag{}, err
	}
	e.learn(func(c *Catalogue) { c.changeTag(nil, &t) })
	return t, nil
}

// PutTag replaces the row of a tag. It fails with an EntryError: ErrNotFound when
// there is no such tag, and ErrInvalid when the class is to change, or when what
// changes would be refused by AddTag. A name that another tag has is accepted, as
// in the old server.
func (e *Edit) PutTag(t Tag) error {
	before, exists := e.now.Tag(t.ID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "tag", ID: t.ID}
	}
	if t.Class != before.Class {
		return &EntryError{Reason: ErrInvalid, Kind: "tag", ID: t.ID, Detail: "a tag cannot change its class"}
	}
	if err := e.refusedTag(&before, &t); err != nil {
		return err
	}
	changed, err := e.update(tagRows, t.ID, before.values(), t.values())
	if err == nil && changed {
		e.learn(func(c *Catalogue) { c.changeTag(&before, &t) })
	}
	return err
}

// refusedTag refuses what is wrong with a tag, unless it has been so before;
// before is nil for a new one.
func (e *Edit) refusedTag(before, t *Tag) error {
	fresh := before == nil
	if fresh {
		before = &Tag{}
	}
	wrong := ""
	switch {
	case t.IconType != nil && orNull(t.IconType) != orNull(before.IconType) && *t.IconType != IconUnicode && *t.IconType != IconHTML:
		wrong = "its icon type is not 1 or 2"
	case t.Color != nil && orNull(t.Color) != orNull(before.Color) && !isColor(*t.Color):
		wrong = "its colour is not like #RRGGBB"
	case !fresh && orNull(t.ParentID) == orNull(before.ParentID):
	case t.Class != ClassSubgenre && t.ParentID != nil:
		wrong = "only a sub genre has a parent"
	case t.Class == ClassSubgenre && t.ParentID == nil:
		wrong = "a sub genre needs a genre as parent"
	case t.Class == ClassSubgenre && !e.now.isGenre(*t.ParentID):
		wrong = "its parent is not a genre"
	}
	if wrong == "" {
		return nil
	}
	return &EntryError{Reason: ErrInvalid, Kind: "tag", ID: t.ID, Detail: wrong}
}

func (c *Catalogue) isGenre(id int64) bool {
	t := c.tags.get(pair{id, 0})
	return t != nil && t.Class == ClassGenre
}

// isColor checks the shape alone, as the old server does.
func isColor(s string) bool { return strings.HasPrefix(s, "#") && utf8.RuneCountInString(s) == 7 }

// RemoveTag removes a tag, its sub genres, and the assignments of all of them.
func (e *Edit) RemoveTag(id int64) error {
	if e.now.tags.get(pair{id, 0}) == nil {
		return &EntryError{Reason: ErrNotFound, Kind: "tag", ID: id}
	}
	removed := map[int64]bool{id: true}
	for more := true; more; { // an old file may nest deeper than genre and sub genre
		more = false
		for t := range e.now.tags.all() {
			if t.ParentID != nil && removed[*t.ParentID] && !removed[t.ID] {
				removed[t.ID], more = true, true
			}
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(removed)) {
		for _, rows := range assignmentRows {
			if err := e.exec("DELETE FROM main."+rows.table+" WHERE tagid = ?", tag); err != nil {
				return err
			}
		}
		if err := e.delete(tagRows, tag); err != nil {
			return err
		}
	}
	e.learn(func(c *Catalogue) {
		c.tags = c.tags.filtered(func(t *Tag) bool { return !removed[t.ID] })
		for on := range assignmentRows {
			rows := c.assignments(on)
			*rows = rows.filtered(func(a *assignment) bool { return !removed[a.tag] })
		}
		c.uses = &tagUses{}
	})
	return nil
}
