package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// audioStreamState is the result of GetAudioStreamState. Without a current song
// its five keys are absent, not null: clients test for their presence.
type audioStreamState struct {
	IsConnected bool            `json:"isconnected"`
	IsPlaying   bool            `json:"isplaying"`
	HasQueue    bool            `json:"hasqueue"`
	Song        *library.Song   `json:"song,omitempty"`
	Album       *library.Album  `json:"album,omitempty"`
	Artist      *library.Artist `json:"artist,omitempty"`
	SongTags    *songTags       `json:"songtags,omitempty"`
	AlbumTags   *albumTags      `json:"albumtags,omitempty"`
}

// getAudioStreamState fills an empty queue with a random song.
func (s *Server) getAudioStreamState(context.Context, none) (audioStreamState, error) {
	now := s.o.Stream.State()
	state := audioStreamState{IsConnected: now.Connected, IsPlaying: now.Playing}
	current, ok := s.o.Queue.Current()
	if !ok {
		return state, nil
	}
	catalogue := s.o.Library.Catalogue()
	song, artist, album, err := songRows(catalogue, current.SongID)
	if err != nil { // it was removed this moment; the queue drops it
		return state, nil //nolint:nilerr // a client that asks must not wait for ever
	}
	ofSong := tagsOfSong(catalogue, song.ID, idJSON(song.ID))
	ofAlbum := tagsOfAlbum(catalogue, album.ID, idJSON(album.ID))
	state.HasQueue = true
	state.Song, state.Album, state.Artist = &song, &album, &artist
	state.SongTags, state.AlbumTags = &ofSong, &ofAlbum
	return state, nil
}

type setAudioStreamStateArgs struct {
	State wire.Any `json:"state" type:"string"`
}

// setAudioStreamState returns at once; the stream tells when it is done.
func (s *Server) setAudioStreamState(ctx context.Context, a setAudioStreamStateArgs) (nothing, error) {
	switch state, _ := a.State.Text(); state {
	case "play":
		s.audio(ctx).Play(true)
	case "pause":
		s.audio(ctx).Play(false)
	case "playpause":
		s.audio(ctx).Toggle()
	}
	return nothing{}, nil
}

// playNextSong returns at once; the stream takes the current song off the queue.
func (s *Server) playNextSong(ctx context.Context, _ none) (nothing, error) {
	s.audio(ctx).Skip()
	return nothing{}, nil
}
