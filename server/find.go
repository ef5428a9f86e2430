package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// findings is the result of Find, each list by descending similarity.
type findings struct {
	Artists []foundArtist `json:"artists"`
	Albums  []foundAlbum  `json:"albums"`
	Songs   []foundSong   `json:"songs"`
}

type foundArtist struct {
	Artist library.Artist  `json:"artist"`
	Albums []library.Album `json:"albums"`
}

type foundAlbum struct {
	Artist library.Artist `json:"artist"`
	Album  library.Album  `json:"album"`
}

type foundSong struct {
	Artist library.Artist `json:"artist"`
	Album  library.Album  `json:"album"`
	Song   library.Song   `json:"song"`
}

type findArgs struct {
	SearchString wire.Text `json:"searchstring"`
	Limit        wire.Int  `json:"limit"`
}

// find gives three empty lists for a text with nothing to search for. Rows that
// are gone since the search cache was built are skipped and do not count.
func (s *Server) find(_ context.Context, a findArgs) (findings, error) {
	result := findings{[]foundArtist{}, []foundAlbum{}, []foundSong{}}
	limit := int(min(max(a.Limit, 0), maxFindings))
	s.rebuildSearch()
	hits := s.o.Search.Find(string(a.SearchString))
	c := s.o.Library.Catalogue()

	for _, hit := range hits.Artists {
		if len(result.Artists) == limit {
			break
		}
		if artist, ok := c.Artist(hit.ID); ok {
			result.Artists = append(result.Artists, foundArtist{artist, notHidden(c.AlbumsOf(artist.ID))})
		}
	}
	for _, hit := range hits.Albums {
		if len(result.Albums) == limit {
			break
		}
		if album, ok := c.Album(hit.ID); ok {
			result.Albums = append(result.Albums, foundAlbum{artistOf(c, album.ArtistID, album.Path), album})
		}
	}
	for _, hit := range hits.Songs {
		// The documented answer to a limit of 0 or less is one song, if any matches.
		if len(result.Songs) == max(limit, 1) {
			break
		}
		song, artist, album, err := songRows(c, hit.ID)
		if err == nil && song.Disabled == 0 && song.Favorite != -1 {
			result.Songs = append(result.Songs, foundSong{artist, album, song})
		}
	}
	return result, nil
}

// maxFindings bounds an answer; no list of a client shows more.
const maxFindings = 1 << 20

func notHidden(albums []library.Album) []library.Album {
	visible := make([]library.Album, 0, len(albums))
	for _, album := range albums {
		if album.Hidden == 0 {
			visible = append(visible, album)
		}
	}
	byRelease(visible)
	return visible
}

// rebuildSearch brings the search cache up to the present names; it costs next to
// nothing where none has changed.
func (s *Server) rebuildSearch() { s.o.Search.Rebuild(s.o.Library.Catalogue()) }
