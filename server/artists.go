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
func (s *Server) getArtistsWithAlbums(context.Context, none) (shared[[]artistWithAlbums], error) {
	c := s.o.Library.Catalogue()
	return shared[[]artistWithAlbums]{s.lists.get(listKey{"GetArtistsWithAlbums", "", c.AlbumsVersion()}, func(dst []byte) []byte {
		return newAlbumList(c, library.Selection{}).appendArtists(dst, true)
	})}, nil
}

func (s *Server) getFilteredArtistsWithAlbums(context.Context, none) (shared[[]artistWithAlbums], error) {
	c := s.o.Library.Catalogue()
	sel := c.Select(s.o.State.Choice())
	return shared[[]artistWithAlbums]{s.lists.get(listKey{"GetFilteredArtistsWithAlbums", selectionKey(sel), c.AlbumsVersion()}, func(dst []byte) []byte {
		return newAlbumList(c, sel).appendArtists(dst, false)
	})}, nil
}
