package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/server/wire"
)

type updateSongStatisticArgs struct {
	SongID    wire.ID  `json:"songid"`
	Statistic wire.Any `json:"statistic" type:"string"`
	Modifier  wire.Any `json:"modifier" type:"string|int"`
}

// updateSongStatistic changes one column. An unknown statistic or modifier changes
// nothing; the song is broadcast all the same.
func (s *Server) updateSongStatistic(ctx context.Context, a updateSongStatisticArgs) (nothing, error) {
	if s.o.NoStatistics {
		return nothing{}, nil
	}
	return nothing{}, s.o.Library.Edit(ctx, func(e *library.Edit) error {
		song, ok := e.Catalogue().Song(a.SongID.Value)
		if !ok {
			return &UnknownError{"song", a.SongID.Value}
		}
		if !songStatistics(&song).update(a.Statistic, a.Modifier) {
			return nil
		}
		return e.PutSong(song)
	})
}

// statistics are the columns of a row that clients count and set, under the names
// that clients use.
type statistics map[string]*int64

func songStatistics(s *library.Song) statistics {
	return statistics{
		"likes": &s.Likes, "dislikes": &s.Dislikes, "favorite": &s.Favorite, "disable": &s.Disabled,
		"lastplayed": &s.LastPlayed, "liverecording": &s.LiveRecording, "badaudio": &s.BadAudio,
	}
}

// update changes one column and reports whether it did: likes and dislikes are
// counters, a time is set as it is, everything else to what the modifier means.
func (columns statistics) update(statistic, modifier wire.Any) (changed bool) {
	name, _ := statistic.Text()
	column, known := columns[name]
	if !known {
		return false
	}
	before := *column
	if name == "lastplayed" {
		if at, ok := modifier.Integer(); ok && at >= 0 {
			*column = at
		}
		return *column != before
	}
	word, _ := modifier.Text()
	step, known := modifiers[word]
	switch {
	case !known:
	case name == "likes" || name == "dislikes":
		*column += step
	default:
		*column = step
	}
	return *column != before
}

var modifiers = map[string]int64{
	"inc": 1, "love": 1, "yes": 1,
	"dec": -1, "hate": -1,
	"reset": 0, "none": 0, "no": 0,
}
