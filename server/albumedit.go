package server

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// editAlbum changes one row of the albums. An unknown album is no failure: the
// functions that use it answer as if it had been changed.
func (s *Server) editAlbum(ctx context.Context, id int64, change func(*library.Album)) error {
	return unlessMissing(s.o.Library.Edit(ctx, func(e *library.Edit) error {
		album, ok := e.Catalogue().Album(id)
		if !ok {
			return &UnknownError{"album", id}
		}
		change(&album)
		return e.PutAlbum(album)
	}))
}

type hideAlbumArgs struct {
	AlbumID wire.Int  `json:"albumid"`
	Hide    wire.Bool `json:"hide"`
}

func (s *Server) hideAlbum(ctx context.Context, a hideAlbumArgs) (nothing, error) {
	return nothing{}, s.editAlbum(ctx, int64(a.AlbumID), func(album *library.Album) {
		album.Hidden = 0
		if a.Hide {
			album.Hidden = 1
		}
	})
}

type setAlbumOriginArgs struct {
	AlbumID wire.Any `json:"albumid" type:"int"`
	Origin  wire.Any `json:"origin" type:"string"`
}

// setAlbumOrigin ignores arguments of other types.
func (s *Server) setAlbumOrigin(ctx context.Context, a setAlbumOriginArgs) (nothing, error) {
	id, isID := a.AlbumID.Integer()
	origin, isText := a.Origin.Text()
	if !isID || !isText {
		return nothing{}, nil
	}
	return nothing{}, s.editAlbum(ctx, id, func(album *library.Album) { album.Origin = &origin })
}

type setAlbumImportTimeArgs struct {
	AlbumID    wire.Any `json:"albumid" type:"int"`
	ImportTime wire.Any `json:"importtime" type:"int|decimal string"`
}

// setAlbumImportTime ignores arguments of other types, and what is no number.
func (s *Server) setAlbumImportTime(ctx context.Context, a setAlbumImportTimeArgs) (nothing, error) {
	id, isID := a.AlbumID.Integer()
	at, isTime := wholeSeconds(a.ImportTime)
	if !isID || !isTime {
		return nothing{}, nil
	}
	return nothing{}, s.editAlbum(ctx, id, func(album *library.Album) { album.Added = at })
}

// wholeSeconds is a time or duration: an integer, a number whose fraction is cut,
// or the text of either.
func wholeSeconds(value wire.Any) (int64, bool) {
	if seconds, ok := value.ID(); ok {
		return seconds, true
	}
	seconds, ok := value.Number()
	if text, isText := value.Text(); isText {
		n, err := strconv.ParseFloat(text, 64)
		seconds, ok = n, err == nil
	}
	if !ok || !(math.Abs(seconds) < 1<<53) { // not NaN, nor beyond whole numbers
		return 0, false
	}
	return int64(seconds), true
}

type setAlbumColorArgs struct {
	AlbumID   wire.Any `json:"albumid" type:"int|decimal string"`
	ColorName wire.Any `json:"colorname" type:"string"`
	Color     wire.Any `json:"color" type:"string"`
}

// setAlbumColor reports whether the arguments name a column and have a value for it.
// As documented, that is true also for a value that is no color and is not stored,
// and for an unknown album.
func (s *Server) setAlbumColor(ctx context.Context, a setAlbumColorArgs) (bool, error) {
	column, isColumn := a.ColorName.Text()
	color, isText := a.Color.Text()
	if a.AlbumID.IsNull() || !isColumn || !slices.Contains(colorColumns, column) || !isText || color == "" {
		return false, nil
	}
	id, ok := a.AlbumID.ID()
	if !ok {
		return false, &wire.ArgumentError{Name: "albumid", Wants: "int|decimal string", Cause: wire.ErrType}
	}
	if !isColor(color) {
		return true, nil
	}
	return true, s.editAlbum(ctx, id, func(album *library.Album) {
		switch column {
		case "bgcolor":
			album.BgColor = color
		case "fgcolor":
			album.FgColor = color
		case "hlcolor":
			album.HlColor = color
		}
	})
}

// colorColumns are the colors of albums and videos.
var colorColumns = []string{"bgcolor", "fgcolor", "hlcolor"}

// isColor tells whether a text has the form of a color; as documented, the digits
// are not looked at.
func isColor(text string) bool { return utf8.RuneCountInString(text) == 7 && text[0] == '#' }

// unlessMissing drops the errors of changes to rows that do not exist.
func unlessMissing(err error) error {
	var unknown *UnknownError
	if errors.As(err, &unknown) || errors.Is(err, library.ErrNotFound) {
		return nil
	}
	return err
}
