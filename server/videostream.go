package server

import (
	"context"
	"encoding/json"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/stream"
	"musicdb/server/wire"
)

// videoStreamState is the result of GetVideoStreamState. Without a current video
// its three keys are absent, not null: clients test for their presence.
type videoStreamState struct {
	IsStreaming  bool            `json:"isstreaming"`
	IsPlaying    bool            `json:"isplaying"`
	CurrentEntry *queue.EntryID  `json:"currententry"` // nil: no video is out
	HasQueue     bool            `json:"hasqueue"`
	Video        *library.Video  `json:"video,omitempty"`
	Artist       *library.Artist `json:"artist,omitempty"`
	VideoTags    *videoTags      `json:"videotags,omitempty"`
}

// getVideoStreamState fills an empty queue with a random video, unless videos are
// disabled: then the queue has no head, whatever is in it.
func (s *Server) getVideoStreamState(context.Context, none) (videoStreamState, error) {
	catalogue, video, hasQueue := s.currentVideo()
	now := s.o.VideoStream.State()
	state := videoStreamState{IsStreaming: now.State.Streaming(), IsPlaying: now.State.Playing(), HasQueue: hasQueue}
	if !hasQueue { // then nothing is current, even if the stream has not noticed yet
		return state, nil
	}
	if now.Entry.ID != "" {
		state.CurrentEntry = &now.Entry.ID
	}
	tags := tagsOfVideo(catalogue, video.ID, idJSON(video.ID))
	artist := artistOf(catalogue, video.ArtistID, video.Path)
	state.Video, state.Artist, state.VideoTags = &video, &artist, &tags
	return state, nil
}

// currentVideo is the head of the queue, into which a random video is put if it is
// empty. With videos disabled there is none.
func (s *Server) currentVideo() (c *library.Catalogue, video library.Video, ok bool) {
	if s.o.VideoStream.State().State == stream.VideoDisabled {
		return nil, video, false
	}
	current, ok := s.o.Videos.Current()
	c = s.o.Library.Catalogue()
	if ok {
		video, ok = c.Video(current.VideoID)
	}
	return c, video, ok
}

type setVideoStreamStateArgs struct {
	State wire.Any `json:"state" type:"string"`
}

// setVideoStreamState returns at once; the stream tells when it is done.
func (s *Server) setVideoStreamState(ctx context.Context, a setVideoStreamStateArgs) (nothing, error) {
	switch state, _ := a.State.Text(); state {
	case "play":
		s.video(ctx).Play(true)
	case "pause":
		s.video(ctx).Play(false)
	case "playpause":
		s.video(ctx).Toggle()
	}
	return nothing{}, nil
}

// playNextVideo returns at once; the stream takes the current video off the queue.
func (s *Server) playNextVideo(ctx context.Context, _ none) (nothing, error) {
	s.video(ctx).Next()
	return nothing{}, nil
}

type videoEndedArgs struct {
	EntryID wire.Any `json:"entryid" type:"string|int"`
}

// videoEnded ignores what is no entry id. An id as number keeps its digits.
func (s *Server) videoEnded(ctx context.Context, a videoEndedArgs) (nothing, error) {
	if a.EntryID.IsNull() {
		return nothing{}, &wire.ArgumentError{Name: "entryid", Wants: "string or int", Cause: wire.ErrMissing}
	}
	text, isText := a.EntryID.Text()
	if !isText {
		text = string(a.EntryID)
	}
	if entry, err := queue.ParseEntryID(text); err == nil {
		s.video(ctx).Ended(entry)
	}
	return nothing{}, nil
}

// Sources of notifications about videos (MusicDB protocol, section 6).
const (
	videoStreamSource = "MusicDB:VideoStream"
	videoQueueSource  = "MusicDB:VideoQueue"
)

// videoStatus is the state of the stream in notifications. Unlike in the answer to
// GetVideoStreamState no entry is "0".
type videoStatus struct {
	IsStreaming  bool   `json:"isstreaming"`
	IsPlaying    bool   `json:"isplaying"`
	CurrentEntry string `json:"currententry"`
}

// nextVideo is what clients shall show.
type nextVideo struct {
	Video library.Video `json:"video"`
	Queue struct {
		EntryID  queue.EntryID `json:"entryid"`
		VideoID  int64         `json:"videoid"`
		IsRandom bool          `json:"israndom"`
	} `json:"queue"`
	StreamState videoStatus `json:"streamstate"`
}

// subscribeVideos turns the events of the video queue and stream into
// notifications, as subscribe does for songs.
func (s *Server) subscribeVideos() {
	changed := wire.Notification(videoQueueSource, "onVideoQueueChanged", nil)
	next := wire.Notification(videoQueueSource, "onVideoChanged", nil)
	s.unsubscribe = append(s.unsubscribe,
		s.o.Videos.Subscribe(func(e queue.Event) {
			switch e {
			case queue.VideoQueueChanged:
				s.broadcast(changed)
			case queue.VideoChanged:
				s.broadcast(next)
			default: // those of songs
			}
		}),
		s.o.VideoStream.Subscribe(func(n stream.VideoNotice) {
			switch n.Kind {
			case stream.VideoStatusChanged:
				s.notify(videoStreamSource, "onStatusChanged", videoStatusOf(n.Status))
			case stream.StreamNextVideo:
				next := nextVideo{Video: n.Video, StreamState: videoStatusOf(n.Status)}
				next.Queue.EntryID, next.Queue.VideoID, next.Queue.IsRandom = n.Status.Entry.ID, n.Status.Entry.VideoID, n.Status.Entry.Random
				s.notify(videoStreamSource, "onStreamNextVideo", next)
			}
		}),
	)
}

// notify broadcasts a notification with a content.
func (s *Server) notify(source, event string, content any) {
	arguments, err := json.Marshal(content)
	if err != nil {
		s.log.Error("a notification could not be written", "source", source, "event", event, "err", err)
		return
	}
	s.broadcast(wire.Notification(source, event, arguments))
}

func videoStatusOf(now stream.VideoStatus) videoStatus {
	status := videoStatus{IsStreaming: now.State.Streaming(), IsPlaying: now.State.Playing(), CurrentEntry: "0"}
	if now.Entry.ID != "" {
		status.CurrentEntry = string(now.Entry.ID)
	}
	return status
}
