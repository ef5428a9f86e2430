package server

import (
	"context"
	"fmt"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// UnknownError says that a row does not exist. Its function stays silent.
type UnknownError struct {
	Kind string // artist, album, song
	ID   int64
}

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no %s %d", e.Kind, e.ID) }

// songInfo is the result of GetSong.
type songInfo struct {
	Song   library.Song   `json:"song"`
	Artist library.Artist `json:"artist"`
	Album  library.Album  `json:"album"`
	Tags   songTags       `json:"tags"`
}

type songArgs struct {
	SongID wire.ID `json:"songid"`
}

func (s *Server) getSong(_ context.Context, a songArgs) (songInfo, error) {
	catalogue := s.o.Library.Catalogue()
	song, artist, album, err := songRows(catalogue, a.SongID.Value)
	if err != nil {
		return songInfo{}, err
	}
	return songInfo{song, artist, album, tagsOfSong(catalogue, song.ID, a.SongID.Raw)}, nil
}

// songRows returns a song with the rows it belongs to. The error is an *UnknownError.
func songRows(c *library.Catalogue, id int64) (song library.Song, artist library.Artist, album library.Album, err error) {
	song, ok := c.Song(id)
	if !ok {
		return song, artist, album, &UnknownError{"song", id}
	}
	return song, artistOf(c, song.ArtistID, song.Path), albumOf(c, song), nil
}
