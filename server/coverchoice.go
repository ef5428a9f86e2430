package server

import (
	"context"
	"errors"
	"io/fs"

	"musicdb/media/files"
	"musicdb/server/wire"
)

type getCoverColorsArgs struct {
	AlbumID wire.ID `json:"albumid"`
}

// coverColors are colors for SetAlbumColor.
type coverColors struct {
	AlbumID int64  `json:"albumid"`
	BgColor string `json:"bgcolor"` // "#RRGGBB", the color that covers most of the cover
	FgColor string `json:"fgcolor"` // contrast with bgcolor at least 4.5 (WCAG 2.1)
	HlColor string `json:"hlcolor"` // contrast with bgcolor at least 3
}

// getCoverColors proposes colors that go with the cover of an album. It stores
// nothing: the colors of an album are the user's choice.
func (s *Server) getCoverColors(ctx context.Context, a getCoverColorsArgs) (coverColors, error) {
	album, ok := s.o.Library.Catalogue().Album(a.AlbumID.Value)
	if !ok {
		return coverColors{}, &UnknownError{"album", a.AlbumID.Value}
	}
	colors, err := s.o.Artwork.Colors(ctx, album.ArtworkPath)
	if err != nil {
		return coverColors{}, err
	}
	return coverColors{album.ID, colors.Background.String(), colors.Foreground.String(), colors.Highlight.String()}, nil
}

type getCoverCandidatesArgs struct {
	AlbumPath wire.Text `json:"albumpath"`
}

// coverCandidate is a picture that InitiateArtworkImport takes as its source.
type coverCandidate struct {
	Path    string  `json:"path"`    // of the picture, or of the song that holds it, relative to the music directory
	Source  string  `json:"source"`  // folder, embedded
	Format  string  `json:"format"`  // JPEG, PNG, GIF, WebP; empty if there is a problem
	Width   int     `json:"width"`   // pixels
	Height  int     `json:"height"`  // pixels
	Bytes   int     `json:"bytes"`   // of the picture
	Problem *string `json:"problem"` // why the picture cannot be used
}

// getCoverCandidates lists the pictures in an album's directory, the best first. The
// album need not be in the library. A directory that does not exist has none.
func (s *Server) getCoverCandidates(ctx context.Context, a getCoverCandidatesArgs) ([]coverCandidate, error) {
	list := []coverCandidate{}
	found, err := s.o.Artwork.Candidates(ctx, s.o.Music, string(a.AlbumPath))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, files.ErrPath) {
		return nil, err
	}
	for _, c := range found {
		one := coverCandidate{c.Path, c.Source.String(), c.Format, c.Width, c.Height, c.Bytes, nil}
		if c.Err != nil {
			one.Problem = new(c.Err.Error())
		}
		list = append(list, one)
	}
	return list, nil
}
