package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// albumEntry is an album in a list.
type albumEntry struct {
	Album library.Album `json:"album"`
	Tags  albumTags     `json:"tags"`
}

// songEntry is a song in a list.
type songEntry struct {
	Song library.Song `json:"song"`
	Tags songTags     `json:"tags"`
}

// albumInfo is the result of GetAlbum.
type albumInfo struct {
	Artist library.Artist `json:"artist"`
	Album  library.Album  `json:"album"`
	Tags   albumTags      `json:"tags"`
	CDs    [][]songEntry  `json:"cds"`
}

type getAlbumsArgs struct {
	ArtistID    wire.ListID `json:"artistid"`
	ApplyFilter wire.Bool   `json:"applyfilter"`
}

// getAlbums drops what is hidden or not selected and sorts by release; an album
// without one comes first, ties keep the row order.
func (s *Server) getAlbums(_ context.Context, a getAlbumsArgs) (shared[[]albumEntry], error) {
	c := s.o.Library.Catalogue()
	var sel library.Selection
	if a.ApplyFilter {
		sel = c.Select(s.o.State.Choice())
	}
	if a.ArtistID.Value != 0 {
		return shared[[]albumEntry]{newAlbumList(c, sel).appendAlbums(nil, c.AlbumsOf(a.ArtistID.Value))}, nil
	}
	return shared[[]albumEntry]{s.lists.get(listKey{"GetAlbums", selectionKey(sel), c.AlbumsVersion()}, func(dst []byte) []byte {
		return newAlbumList(c, sel).appendAlbums(dst, c.Albums())
	})}, nil
}

func byRelease(albums []library.Album) {
	slices.SortStableFunc(albums, func(a, b library.Album) int { return cmp.Compare(year(a), year(b)) })
}

// getHiddenAlbums lists the hidden albums of all artists, ordered by path.
func (s *Server) getHiddenAlbums(context.Context, none) ([]albumEntry, error) {
	catalogue := s.o.Library.Catalogue()
	list := []albumEntry{}
	for _, album := range catalogue.Albums() {
		if album.Hidden != 0 {
			list = append(list, albumEntry{album, tagsOfAlbum(catalogue, album.ID, idJSON(album.ID))})
		}
	}
	slices.SortStableFunc(list, func(a, b albumEntry) int { return cmp.Compare(a.Album.Path, b.Album.Path) })
	return list, nil
}

// year is the release of an album, 0 if it is not known.
func year(a library.Album) int64 {
	if a.Release == nil {
		return 0
	}
	return *a.Release
}

type albumArgs struct {
	AlbumID wire.ID `json:"albumid"`
}

// getAlbum stays silent on an unknown id: clients use the result unchecked.
func (s *Server) getAlbum(_ context.Context, a albumArgs) (albumInfo, error) {
	catalogue := s.o.Library.Catalogue()
	album, ok := catalogue.Album(a.AlbumID.Value)
	if !ok {
		return albumInfo{}, &UnknownError{"album", a.AlbumID.Value}
	}
	return albumInfo{
		Artist: artistOf(catalogue, album.ArtistID, album.Path), Album: album,
		Tags: tagsOfAlbum(catalogue, album.ID, a.AlbumID.Raw),
		CDs:  albumCDs(catalogue, album),
	}, nil
}

// idJSON is an id as it stands in a result.
func idJSON(id int64) json.RawMessage { return strconv.AppendInt(nil, id, 10) }

type addAlbumToQueueArgs struct {
	AlbumID  wire.ID       `json:"albumid"`
	Position wire.Any      `json:"position" type:"string|int"`
	CD       wire.MaybeInt `json:"cd"`
}

// addAlbumToQueue leaves out disabled and hated songs. A negative index of the CD
// is unknown, as one that is too large.
func (s *Server) addAlbumToQueue(ctx context.Context, a addAlbumToQueueArgs) (nothing, error) {
	catalogue := s.o.Library.Catalogue()
	position, ok := queuePosition(a.Position)
	album, known := catalogue.Album(a.AlbumID.Value)
	if !ok || !known {
		return nothing{}, nil
	}
	cds := sortedCDs(album, catalogue.SongsOf(album.ID))
	if a.CD.Given {
		if a.CD.Value < 0 || a.CD.Value >= int64(len(cds)) {
			return nothing{}, nil
		}
		cds = cds[a.CD.Value : a.CD.Value+1]
	}
	var songs []int64
	for _, cd := range cds {
		for _, song := range cd {
			if song.Disabled == 0 && song.Favorite != -1 {
				songs = append(songs, song.ID)
			}
		}
	}
	_, err := s.songQueue(ctx).AddAlbum(songs, position)
	return nothing{}, s.added(err)
}
