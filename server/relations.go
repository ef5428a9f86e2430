package server

import (
	"cmp"
	"context"
	"slices"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// songRelations is the result of GetSongRelationship.
type songRelations struct {
	SongID int64          `json:"songid"`
	Song   library.Song   `json:"song"`
	Album  library.Album  `json:"album"`
	Artist library.Artist `json:"artist"`
	Songs  []relatedSong  `json:"songs"`
}

// relatedSong is a song that was played directly before or after another.
type relatedSong struct {
	Song   library.Song   `json:"song"`
	Tags   songTags       `json:"tags"`
	Weight int64          `json:"weight"` // how often
	Album  library.Album  `json:"album"`
	Artist library.Artist `json:"artist"`
}

type getSongRelationshipArgs struct {
	SongID wire.Int `json:"songid"`
}

// getSongRelationship leaves out disabled and hated songs, and those that are gone.
func (s *Server) getSongRelationship(ctx context.Context, a getSongRelationshipArgs) (songRelations, error) {
	c := s.o.Library.Catalogue()
	song, artist, album, err := songRows(c, int64(a.SongID))
	if err != nil {
		return songRelations{}, err
	}
	relations, err := s.o.Library.SongRelations(ctx, song.ID)
	if err != nil {
		return songRelations{}, err
	}
	result := songRelations{song.ID, song, album, artist, []relatedSong{}}
	for _, relation := range relations {
		song, artist, album, err := songRows(c, relation.ID)
		if err == nil && song.Disabled == 0 && song.Favorite != -1 {
			result.Songs = append(result.Songs, relatedSong{song, tagsOfSong(c, song.ID, idJSON(song.ID)), relation.Weight, album, artist})
		}
	}
	slices.SortFunc(result.Songs, func(a, b relatedSong) int {
		return cmp.Or(cmp.Compare(a.Artist.Name, b.Artist.Name), cmp.Compare(a.Artist.ID, b.Artist.ID),
			cmp.Compare(year(a.Album), year(b.Album)), cmp.Compare(a.Album.Name, b.Album.Name),
			cmp.Compare(a.Song.CD, b.Song.CD), cmp.Compare(a.Song.Number, b.Song.Number), cmp.Compare(a.Song.ID, b.Song.ID))
	})
	return result, nil
}

type cutSongRelationshipArgs struct {
	SongID        wire.Any `json:"songid" type:"int"`
	RelatedSongID wire.Any `json:"relatedsongid" type:"int"`
}

// cutSongRelationship ignores arguments of other types and pairs that are none.
func (s *Server) cutSongRelationship(ctx context.Context, a cutSongRelationshipArgs) (nothing, error) {
	song, isSong := a.SongID.Integer()
	related, isRelated := a.RelatedSongID.Integer()
	if !isSong || !isRelated || s.o.NoTracker {
		return nothing{}, nil
	}
	return nothing{}, s.o.Library.CutSongRelation(ctx, song, related)
}
