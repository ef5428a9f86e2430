package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/server/wire"
)

const (
	historyLimit     = 100  // changes in an answer, where a client does not say how many
	historyLimitMost = 1000 // changes in an answer, whatever it says
)

type getQueueHistoryArgs struct {
	Queue  wire.MaybeAny `json:"queue" type:"string"`
	Limit  wire.MaybeInt `json:"limit"`
	Before wire.MaybeInt `json:"before"`
}

// queueChange is one change of one entry of a queue, or something else that happened
// to the queue.
type queueChange struct {
	ID         int64          `json:"id"`         // ascending, never used again
	Command    int64          `json:"command"`    // the id of the first change that was made by the same command
	Time       float64        `json:"time"`       // Unix time in seconds
	What       string         `json:"what"`       // add, random, remove, move, skip, next, …
	Connection *uint64        `json:"connection"` // of the client; null: the server itself
	Client     *string        `json:"client"`     // its address
	EntryID    *queue.EntryID `json:"entryid"`
	MediaID    *int64         `json:"mediaid"` // of the song or video
	IsRandom   bool           `json:"israndom"`
	Position   *int           `json:"position"` // where the entry was put, taken from, or is after a move; 0 is the current one
	From       *int           `json:"from"`     // where it was before a move
	Name       *string        `json:"name"`     // of the song or video; null: it is gone
	Artist     *string        `json:"artist"`
}

// getQueueHistory returns who has changed a queue, the newest change first. What a
// client has added, moved or removed is there when its command was answered; what it
// has ordered of a stream (skip, play, pause) when the stream has done it.
func (s *Server) getQueueHistory(ctx context.Context, a getQueueHistoryArgs) ([]queueChange, error) {
	kind := library.SongQueue
	switch name, isText := a.Queue.Text(); {
	case !a.Queue.Given || isText && name == "songs":
	case isText && name == "videos":
		kind = library.VideoQueue
	default:
		return nil, &wire.ArgumentError{Name: "queue", Wants: `"songs" or "videos"`, Cause: wire.ErrType}
	}
	limit := int64(historyLimit)
	if a.Limit.Given {
		limit = min(max(a.Limit.Value, 0), historyLimitMost)
	}
	before := int64(0)
	if a.Before.Given {
		before = max(a.Before.Value, 1) // nothing has a lower id
	}
	changes, err := s.o.History.Before(ctx, kind, before, int(limit))
	if err != nil {
		return nil, err
	}
	catalogue := s.o.Library.Catalogue()
	list := make([]queueChange, len(changes))
	for i, c := range changes {
		list[i] = queueChangeOf(c)
		list[i].Name, list[i].Artist = nameOf(catalogue, kind, c.MediaID)
	}
	return list, nil
}

func queueChangeOf(c library.QueueChange) queueChange {
	change := queueChange{ID: c.ID, Command: c.Command, Time: float64(c.At.UnixMilli()) / 1000, What: c.What, IsRandom: c.Random}
	if c.Connection != 0 {
		change.Connection, change.Client = &c.Connection, &c.Client
	}
	if c.EntryID != "" {
		id := queue.EntryID(c.EntryID)
		change.EntryID, change.MediaID, change.Position = &id, &c.MediaID, &c.Position
	}
	if c.What == string(queue.Moved) {
		change.From = &c.From
	}
	return change
}

// nameOf returns the names of a song or video and of its artist; nil where there is
// none any more.
func nameOf(c *library.Catalogue, kind library.QueueKind, id int64) (name, artist *string) {
	var artistID int64
	if kind == library.VideoQueue {
		video, known := c.Video(id)
		if !known {
			return nil, nil
		}
		name, artistID = &video.Name, video.ArtistID
	} else {
		song, known := c.Song(id)
		if !known {
			return nil, nil
		}
		name, artistID = &song.Name, song.ArtistID
	}
	if row, known := c.Artist(artistID); known {
		artist = &row.Name
	}
	return name, artist
}
