package server

import (
	"cmp"
	"context"
	"slices"

	"musicdb/media/library"
	"musicdb/server/wire"
)

type getSortedAlbumCDsArgs struct {
	AlbumID wire.NamedID `json:"albumid"`
}

// getSortedAlbumCDs gives no CDs for an unknown album.
func (s *Server) getSortedAlbumCDs(_ context.Context, a getSortedAlbumCDsArgs) ([][]songEntry, error) {
	catalogue := s.o.Library.Catalogue()
	album, ok := catalogue.Album(a.AlbumID.Value)
	if !ok {
		return [][]songEntry{}, nil
	}
	return albumCDs(catalogue, album), nil
}

// albumCDs is the songs of an album, CD by CD, with their tags.
func albumCDs(c *library.Catalogue, album library.Album) [][]songEntry {
	cds := [][]songEntry{}
	for _, cd := range sortedCDs(album, c.SongsOf(album.ID)) {
		entries := make([]songEntry, 0, len(cd))
		for _, song := range cd {
			entries = append(entries, songEntry{song, tagsOfSong(c, song.ID, idJSON(song.ID))})
		}
		cds = append(cds, entries)
	}
	return cds
}

// sortedCDs distributes the songs of an album: one list for each CD that has songs,
// ordered by track number; of an album without CDs one list, ordered by name.
// No list is empty, because clients show the first song of each, and no song is
// left out, even if the album has fewer CDs than the song says.
func sortedCDs(album library.Album, songs []library.Song) [][]library.Song {
	if len(songs) == 0 {
		return nil
	}
	if album.NumOfCDs == nil || *album.NumOfCDs <= 0 {
		slices.SortStableFunc(songs, func(a, b library.Song) int { return cmp.Compare(a.Name, b.Name) })
		return [][]library.Song{songs}
	}
	slices.SortStableFunc(songs, func(a, b library.Song) int {
		return cmp.Or(cmp.Compare(a.CD, b.CD), cmp.Compare(a.Number, b.Number))
	})
	var cds [][]library.Song
	for i, song := range songs {
		if i == 0 || song.CD != songs[i-1].CD {
			cds = append(cds, nil)
		}
		cds[len(cds)-1] = append(cds[len(cds)-1], song)
	}
	return cds
}
