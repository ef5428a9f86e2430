package server

import (
	"context"

	"musicdb/media/library"
)

// artistWithAlbums is one entry of the artist lists.
type artistWithAlbums struct {
	Artist library.Artist `json:"artist"`
	Albums []albumEntry   `json:"albums"`
}

func (s *Server) getArtists(context.Context, none) ([]library.Artist, error) {
	artists := s.o.Library.Catalogue().ArtistsByName()
	if artists == nil {
		artists = []library.Artist{}
	}
	return artists, nil
}

// getArtistsWithAlbums includes artists without visible albums, with an empty list.
func (s *Server) getArtistsWithAlbums(context.Context, none) ([]artistWithAlbums, error) {
	return artistsWithAlbums(s.o.Library.Catalogue(), library.Selection{}, true), nil
}

func (s *Server) getFilteredArtistsWithAlbums(context.Context, none) ([]artistWithAlbums, error) {
	catalogue := s.o.Library.Catalogue()
	return artistsWithAlbums(catalogue, catalogue.Select(s.o.State.Choice()), false), nil
}

func artistsWithAlbums(c *library.Catalogue, sel library.Selection, withoutAlbums bool) []artistWithAlbums {
	artists := c.ArtistsByName()
	list := make([]artistWithAlbums, 0, len(artists))
	for _, artist := range artists {
		albums := visibleAlbums(c, sel, c.AlbumsOf(artist.ID))
		if len(albums) > 0 || withoutAlbums {
			list = append(list, artistWithAlbums{artist, albums})
		}
	}
	return list
}
