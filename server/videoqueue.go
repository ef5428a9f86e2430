package server

import (
	"context"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/stream"
	"musicdb/server/wire"
)

// videoQueueEntry is one entry of the video queue as clients see it.
type videoQueueEntry struct {
	EntryID  queue.EntryID   `json:"entryid"`
	IsRandom bool            `json:"israndom"`
	Video    library.Video   `json:"video"`
	Album    *library.Album  `json:"album"`
	Artist   *library.Artist `json:"artist"`
}

// getVideoQueue does not fill an empty queue, unlike the state queries. An entry
// whose video is gone is left out.
func (s *Server) getVideoQueue(context.Context, none) ([]videoQueueEntry, error) {
	catalogue := s.o.Library.Catalogue()
	entries := s.o.Videos.Entries()
	list := make([]videoQueueEntry, 0, len(entries))
	for _, e := range entries {
		video, known := catalogue.Video(e.VideoID)
		if !known {
			continue
		}
		entry := videoQueueEntry{EntryID: e.ID, IsRandom: e.Random, Video: video, Album: albumOfVideo(catalogue, video)}
		if artist, known := catalogue.Artist(video.ArtistID); known {
			entry.Artist = &artist
		}
		list = append(list, entry)
	}
	return list, nil
}

type addVideoToQueueArgs struct {
	VideoID  wire.Int `json:"videoid"`
	Position wire.Any `json:"position" type:"string|int"`
}

// addVideoToQueue adds nothing for an unknown video or position.
func (s *Server) addVideoToQueue(ctx context.Context, a addVideoToQueueArgs) (nothing, error) {
	position, ok := queuePosition(a.Position)
	if !ok {
		return nothing{}, nil
	}
	_, err := s.videoQueue(ctx).Add(int64(a.VideoID), position)
	return nothing{}, s.added(err)
}

type addRandomVideoToQueueArgs struct {
	Position wire.Any `json:"position" type:"string"`
}

// addRandomVideoToQueue knows no entry ids as position.
func (s *Server) addRandomVideoToQueue(ctx context.Context, a addRandomVideoToQueueArgs) (nothing, error) {
	if text, _ := a.Position.Text(); text != "next" && text != "last" {
		return nothing{}, nil
	}
	position, _ := queuePosition(a.Position)
	_, err := s.videoQueue(ctx).AddRandom(position)
	return nothing{}, s.added(err)
}

// moveVideoInQueue does what moveSongInQueue does, with the same arguments.
func (s *Server) moveVideoInQueue(ctx context.Context, a moveSongInQueueArgs) (nothing, error) {
	return nothing{}, moveEntry(a, s.videoQueue(ctx).Move)
}

// removeVideoFromQueue skips the current video instead of removing it, since the
// clients show it. Where videos are disabled nobody does.
func (s *Server) removeVideoFromQueue(ctx context.Context, a removeSongFromQueueArgs) (nothing, error) {
	return nothing{}, removeEntryOf(a, s.videoQueue(ctx).Remove, func(entry queue.EntryID) {
		if s.o.VideoStream.State().State == stream.VideoDisabled {
			s.videoQueue(ctx).NextFrom(entry, queue.Skipped)
		} else {
			s.video(ctx).NextFrom(entry)
		}
	})
}
