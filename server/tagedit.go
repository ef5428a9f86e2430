package server

import (
	"context"
	"strings"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// Making, changing and deleting tags. With tagging switched off nothing changes; in
// either case all tags are broadcast.

type addGenreArgs struct {
	Name wire.Text `json:"name"`
}

// addGenre changes nothing if there is a genre of this name.
func (s *Server) addGenre(ctx context.Context, a addGenreArgs) (nothing, error) {
	return nothing{}, s.addTag(ctx, library.Tag{Name: string(a.Name), Class: library.ClassGenre})
}

type addSubgenreArgs struct {
	Name       wire.Text `json:"name"`
	ParentName wire.Text `json:"parentname"`
}

// addSubgenre changes nothing if the parent is unknown or any genre has a sub genre
// of this name.
func (s *Server) addSubgenre(ctx context.Context, a addSubgenreArgs) (nothing, error) {
	return nothing{}, s.tagging(ctx, func(e *library.Edit) error {
		parent, known := e.Catalogue().TagByName(string(a.ParentName), library.ClassGenre)
		if !known {
			return nil
		}
		return addTag(e, library.Tag{Name: string(a.Name), Class: library.ClassSubgenre, ParentID: &parent.ID})
	})
}

type addMoodFlagArgs struct {
	Name  wire.Text `json:"name"`
	Icon  wire.Text `json:"icon"`
	Color wire.Any  `json:"color" type:"string|null"`
	PosX  wire.Int  `json:"posx"`
	PosY  wire.Int  `json:"posy"`
}

// addMoodFlag changes nothing if there is a mood of this name. One with a color that
// is none is made without color and position, as documented.
func (s *Server) addMoodFlag(ctx context.Context, a addMoodFlagArgs) (nothing, error) {
	mood := library.Tag{Name: string(a.Name), Class: library.ClassMood}
	color, isText := a.Color.Text()
	switch {
	case a.Icon == "":
		return nothing{}, &wire.ArgumentError{Name: "icon", Wants: "string, not empty", Cause: wire.ErrType}
	case !a.Color.IsNull() && (!isText || color == ""):
		return nothing{}, &wire.ArgumentError{Name: "color", Wants: "#RRGGBB or null", Cause: wire.ErrType}
	}
	setIcon(&mood, string(a.Icon))
	if a.Color.IsNull() || isColor(color) {
		x, y := int64(a.PosX), int64(a.PosY)
		mood.PosX, mood.PosY = &x, &y
		if isText {
			mood.Color = &color
		}
	}
	return nothing{}, s.addTag(ctx, mood)
}

// addTag enters a tag unless its class has one of this name.
func (s *Server) addTag(ctx context.Context, tag library.Tag) error {
	return s.tagging(ctx, func(e *library.Edit) error { return addTag(e, tag) })
}

func addTag(e *library.Edit, tag library.Tag) error {
	if _, known := e.Catalogue().TagByName(tag.Name, tag.Class); known {
		return nil
	}
	_, err := e.AddTag(tag)
	return err
}

// setIcon sets icon and type: HTML begins and ends with angle brackets, everything
// else is a character.
func setIcon(tag *library.Tag, icon string) {
	kind := library.IconUnicode
	if strings.HasPrefix(icon, "<") && strings.HasSuffix(icon, ">") {
		kind = library.IconHTML
	}
	tag.Icon, tag.IconType = &icon, &kind
}

type deleteTagArgs struct {
	TagID wire.Int `json:"tagid"`
}

// deleteTag removes a tag, its children and every assignment of them.
func (s *Server) deleteTag(ctx context.Context, a deleteTagArgs) (nothing, error) {
	return nothing{}, unlessMissing(s.tagging(ctx, func(e *library.Edit) error { return e.RemoveTag(int64(a.TagID)) }))
}

type modifyTagArgs struct {
	TagID     wire.Int  `json:"tagid"`
	Attribute wire.Text `json:"attribute"`
	Value     wire.Any  `json:"value"`
}

// modifyTag changes one column. A value that the column cannot have is refused; an
// unknown tag is no failure.
func (s *Server) modifyTag(ctx context.Context, a modifyTagArgs) (nothing, error) {
	change := tagAttributes[string(a.Attribute)]
	if change == nil {
		return nothing{}, &wire.ArgumentError{Name: "attribute", Wants: "name, parentid, icontype, icon, color, posx or posy", Cause: wire.ErrType}
	}
	return nothing{}, unlessMissing(s.tagging(ctx, func(e *library.Edit) error {
		tag, known := e.Catalogue().Tag(int64(a.TagID))
		if !known {
			return &UnknownError{"tag", int64(a.TagID)}
		}
		if !change(e.Catalogue(), &tag, a.Value) {
			return &wire.ArgumentError{Name: "value", Wants: "a value for " + string(a.Attribute), Cause: wire.ErrType}
		}
		return e.PutTag(tag)
	}))
}

// tagAttributes are the columns that can be modified, each with what sets it and
// reports whether the value is one for the column.
var tagAttributes = map[string]func(*library.Catalogue, *library.Tag, wire.Any) bool{
	"name": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) (ok bool) {
		tag.Name, ok = value.Text()
		return ok
	},
	// Only a sub genre has a parent, always an existing genre.
	"parentid": func(c *library.Catalogue, tag *library.Tag, value wire.Any) bool {
		if tag.Class != library.ClassSubgenre {
			tag.ParentID = nil
			return value.IsNull()
		}
		id, isID := value.ID()
		parent, known := c.Tag(id)
		tag.ParentID = &id
		return isID && known && parent.Class == library.ClassGenre
	},
	"icontype": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) bool {
		kind, _ := value.Integer()
		tag.IconType = &kind
		return kind == library.IconUnicode || kind == library.IconHTML
	},
	"icon": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) bool {
		icon, _ := value.Text()
		setIcon(tag, icon)
		return icon != ""
	},
	"color": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) bool {
		color, isText := value.Text()
		if tag.Color = nil; value.IsNull() || isText && color == "" {
			return true
		}
		tag.Color = &color
		return isColor(color)
	},
	"posx": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) (ok bool) {
		tag.PosX, ok = place(value)
		return ok
	},
	"posy": func(_ *library.Catalogue, tag *library.Tag, value wire.Any) (ok bool) {
		tag.PosY, ok = place(value)
		return ok
	},
}

// place is where a tag is in the grid of the tags, or none.
func place(value wire.Any) (*int64, bool) {
	if value.IsNull() {
		return nil, true
	}
	n, ok := value.ID()
	return &n, ok
}
