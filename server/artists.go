package server

import (
	"context"
	"iter"

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
	return s.artistsWithAlbums(listKey{function: "GetArtistsWithAlbums", version: c.AlbumsVersion()}, func() iter.Seq[artistWithAlbums] {
		return artistsWithAlbums(c, library.Selection{}, true)
	}), nil
}

func (s *Server) getFilteredArtistsWithAlbums(context.Context, none) (shared[[]artistWithAlbums], error) {
	c := s.o.Library.Catalogue()
	sel := c.Select(s.o.State.Choice())
	return s.artistsWithAlbums(listKey{"GetFilteredArtistsWithAlbums", selectionKey(sel), c.AlbumsVersion()}, func() iter.Seq[artistWithAlbums] {
		return artistsWithAlbums(c, sel, false)
	}), nil
}

// artistsWithAlbums returns the list that was made for this key before, or makes it.
func (s *Server) artistsWithAlbums(key listKey, list func() iter.Seq[artistWithAlbums]) shared[[]artistWithAlbums] {
	return shared[[]artistWithAlbums]{s.lists.get(key, func() []byte { return appendSeq(nil, list(), appendArtistWithAlbums) })}
}

func artistsWithAlbums(c *library.Catalogue, sel library.Selection, withoutAlbums bool) iter.Seq[artistWithAlbums] {
	return func(yield func(artistWithAlbums) bool) {
		for _, artist := range c.ArtistsByName() {
			albums := visibleAlbums(c, sel, c.AlbumsOf(artist.ID))
			if (len(albums) > 0 || withoutAlbums) && !yield(artistWithAlbums{artist, albums}) {
				return
			}
		}
	}
}
