package server

import (
	"context"
	"encoding/json"
	"strings"

	"musicdb/media/library"
	"musicdb/media/stream"
	"musicdb/server/wire"
)

// bounce passes on what came in, to the last digit.
func bounce(arguments json.RawMessage) json.RawMessage { return arguments }

// serverState is the result of GetMDBState.
type serverState struct {
	GenreFilter    []string            `json:"GenreFilter"`
	SubgenreFilter map[string][]string `json:"SubgenreFilter"`
	MusicDB        struct {
		UIMode string `json:"uimode"`
	} `json:"MusicDB"`
	AudioStream struct {
		IsConnected bool          `json:"isconnected"`
		IsPlaying   bool          `json:"isplaying"`
		CurrentSong *library.Song `json:"currentsong"`
	} `json:"audiostream"`
	VideoStream struct {
		IsStreaming  bool           `json:"isstreaming"`
		IsPlaying    bool           `json:"isplaying"`
		CurrentVideo *library.Video `json:"currentvideo"`
	} `json:"videostream"`
}

func (s *Server) getMDBState(context.Context, none) (serverState, error) {
	var state serverState
	catalogue, choice := s.o.Library.Catalogue(), s.o.State.Choice()

	state.GenreFilter = []string{}
	state.SubgenreFilter = map[string][]string{}
	genres := map[int64]string{}
	for _, tag := range catalogue.Tags() {
		if tag.Class == library.ClassGenre {
			genres[tag.ID] = tag.Name
			if state.SubgenreFilter[tag.Name] == nil {
				state.SubgenreFilter[tag.Name] = []string{}
			}
			if choice.GenreActive(tag.Name) {
				state.GenreFilter = append(state.GenreFilter, tag.Name)
			}
		}
	}
	for _, tag := range catalogue.Tags() {
		if tag.Class != library.ClassSubgenre || tag.ParentID == nil {
			continue
		}
		if genre, known := genres[*tag.ParentID]; known && choice.SubgenreActive(genre, tag.Name) {
			state.SubgenreFilter[genre] = append(state.SubgenreFilter[genre], tag.Name)
		}
	}

	state.MusicDB.UIMode = choice.UIMode()
	now := s.o.Stream.State()
	state.AudioStream.IsConnected, state.AudioStream.IsPlaying = now.Connected, now.Playing
	if current, ok := s.o.Queue.Current(); ok {
		if song, known := s.o.Library.Catalogue().Song(current.SongID); known {
			state.AudioStream.CurrentSong = &song
		}
	}
	_, video, hasVideo := s.currentVideo()
	shown := s.o.VideoStream.State().State
	state.VideoStream.IsStreaming, state.VideoStream.IsPlaying = shown.Streaming(), shown.Playing()
	if hasVideo {
		state.VideoStream.CurrentVideo = &video
	}
	return state, nil
}

type setMDBStateArgs struct {
	Category wire.Text `json:"category"`
	Name     wire.Text `json:"name"`
	Value    wire.Any  `json:"value" type:"bool|string"`
}

// setMDBState stores one value. An unknown category or mode and a value of the wrong
// type change nothing; the broadcast of the state is sent all the same. The names
// of genres are not checked.
func (s *Server) setMDBState(_ context.Context, a setMDBStateArgs) (nothing, error) {
	on, isBool := a.Value.Bool()
	text, isText := a.Value.Text()
	section, genre, hasGenre := strings.Cut(string(a.Category), ":")
	switch {
	case section == "GenreFilter" && !hasGenre && isBool:
		return nothing{}, s.chooseBy(s.o.State.SetGenre(string(a.Name), on))
	case section == "SubgenreFilter" && hasGenre && isBool:
		return nothing{}, s.chooseBy(s.o.State.SetSubgenre(genre, string(a.Name), on))
	case section == "MusicDB" && !hasGenre && a.Name == "uimode" && (text == "audio" || text == "video") && isText:
		return nothing{}, s.o.State.SetUIMode(text)
	default:
		return nothing{}, nil
	}
}

// chooseBy prepares the random selection for what was stored, so that the stream
// does not wait for that at its next song. A video stream that waits for a video takes
// one at once, if there is one now: what enters the queue wakes it.
func (s *Server) chooseBy(stored error) error {
	if stored != nil {
		return stored
	}
	s.o.Queue.Refresh()
	if s.o.VideoStream.State().State == stream.VideoWaiting {
		s.o.Videos.Current()
	}
	return nil
}
