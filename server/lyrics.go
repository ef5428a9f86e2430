package server

import (
	"context"
	"encoding/json"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// songLyrics is the result of GetSongLyrics.
type songLyrics struct {
	SongID      json.RawMessage `json:"songid"` // as the client sent it
	Song        library.Song    `json:"song"`
	Album       library.Album   `json:"album"`
	Artist      library.Artist  `json:"artist"`
	Lyrics      *string         `json:"lyrics"` // lines separated by \n
	LyricsState int64           `json:"lyricsstate"`
}

func (s *Server) getSongLyrics(ctx context.Context, a songArgs) (songLyrics, error) {
	song, artist, album, err := songRows(s.o.Library.Catalogue(), a.SongID.Value)
	if err != nil {
		return songLyrics{}, err
	}
	lyrics, err := s.o.Library.Lyrics(ctx, song.ID)
	if err != nil {
		return songLyrics{}, err
	}
	return songLyrics{a.SongID.Raw, song, album, artist, lyrics, song.LyricsState}, nil
}

type setSongLyricsArgs struct {
	SongID      wire.ID  `json:"songid"`
	Lyrics      wire.Any `json:"lyrics" type:"string|null"`
	LyricsState wire.Any `json:"lyricsstate" type:"int|decimal string"`
}

// setSongLyrics changes nothing for a state that is none; the song is broadcast all
// the same.
func (s *Server) setSongLyrics(ctx context.Context, a setSongLyricsArgs) (nothing, error) {
	var lyrics *string
	if !a.Lyrics.IsNull() {
		text, isText := a.Lyrics.Text()
		if !isText {
			return nothing{}, &wire.ArgumentError{Name: "lyrics", Wants: "string or null", Cause: wire.ErrType}
		}
		lyrics = &text
	}
	state, ok := a.LyricsState.ID()
	if !ok || state < library.LyricsNone || state > library.LyricsInstrumental {
		return nothing{}, nil
	}
	return nothing{}, s.o.Library.Edit(ctx, func(e *library.Edit) error {
		return e.SetLyrics(a.SongID.Value, lyrics, state)
	})
}
