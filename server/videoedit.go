package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"musicdb/media/frames"
	"musicdb/media/library"
	"musicdb/server/wire"
)

// editVideo changes one row of the videos and reports whether there is one.
func (s *Server) editVideo(ctx context.Context, id int64, change func(*library.Video)) (known bool, err error) {
	err = s.o.Library.Edit(ctx, func(e *library.Edit) error {
		video, ok := e.Catalogue().Video(id)
		if known = ok; !ok {
			return nil
		}
		change(&video)
		return e.PutVideo(video)
	})
	return known, err
}

type updateVideoStatisticArgs struct {
	VideoID   wire.ID  `json:"videoid"`
	Statistic wire.Any `json:"statistic" type:"string"`
	Modifier  wire.Any `json:"modifier" type:"string|int"`
}

// updateVideoStatistic does for a video what updateSongStatistic does for a song.
func (s *Server) updateVideoStatistic(ctx context.Context, a updateVideoStatisticArgs) (nothing, error) {
	if s.o.NoStatistics {
		return nothing{}, nil
	}
	_, err := s.editVideo(ctx, a.VideoID.Value, func(v *library.Video) { videoStatistics(v).update(a.Statistic, a.Modifier) })
	return nothing{}, err
}

func videoStatistics(v *library.Video) statistics {
	return statistics{
		"likes": &v.Likes, "dislikes": &v.Dislikes, "favorite": &v.Favorite, "disable": &v.Disabled,
		"lastplayed": &v.LastPlayed, "liverecording": &v.LiveRecording, "badaudio": &v.BadAudio, "lyricsvideo": &v.LyricsVideo,
	}
}

type videoTagArgs struct {
	VideoID wire.ID `json:"videoid"`
	TagID   wire.ID `json:"tagid"`
}

func (s *Server) setVideoTag(ctx context.Context, a videoTagArgs) (nothing, error) {
	return nothing{}, s.tagging(ctx, func(e *library.Edit) error {
		return e.Assign(library.VideoTarget, a.VideoID.Value, a.TagID.Value, library.ApprovalConfirmed, certain)
	})
}

func (s *Server) removeVideoTag(ctx context.Context, a videoTagArgs) (nothing, error) {
	return nothing{}, unlessMissing(s.tagging(ctx, func(e *library.Edit) error {
		return e.Unassign(library.VideoTarget, a.VideoID.Value, a.TagID.Value)
	}))
}

type setVideoColorArgs struct {
	VideoID   wire.Any `json:"videoid" type:"int|decimal string"`
	ColorName wire.Any `json:"colorname" type:"string"`
	Color     wire.Any `json:"color" type:"string"`
}

// setVideoColor answers as setAlbumColor does: true also for what is not stored.
func (s *Server) setVideoColor(ctx context.Context, a setVideoColorArgs) (bool, error) {
	column, isColumn := a.ColorName.Text()
	color, isText := a.Color.Text()
	if a.VideoID.IsNull() || !isColumn || !slices.Contains(colorColumns, column) || !isText || color == "" {
		return false, nil
	}
	id, ok := a.VideoID.ID()
	if !ok {
		return false, &wire.ArgumentError{Name: "videoid", Wants: "int|decimal string", Cause: wire.ErrType}
	}
	if !isColor(color) {
		return true, nil
	}
	_, err := s.editVideo(ctx, id, func(v *library.Video) {
		switch column {
		case "bgcolor":
			v.BgColor = color
		case "fgcolor":
			v.FgColor = color
		case "hlcolor":
			v.HlColor = color
		}
	})
	return true, err
}

type setVideoTimeFrameArgs struct {
	VideoID wire.ID  `json:"videoid"`
	Begin   wire.Any `json:"begin" type:"number|decimal string"`
	End     wire.Any `json:"end" type:"number|decimal string|null"`
}

// setVideoTimeFrame reports whether it was stored. Without begin a video is played
// from its begin, without end to its end.
func (s *Server) setVideoTimeFrame(ctx context.Context, a setVideoTimeFrameArgs) (stored bool, err error) {
	var begin, end int64
	if !a.Begin.IsNull() {
		seconds, ok := wholeSeconds(a.Begin)
		if !ok || seconds < 0 {
			return false, nil
		}
		begin = seconds
	}
	if !a.End.IsNull() {
		seconds, ok := wholeSeconds(a.End)
		if !ok {
			return false, nil
		}
		end = seconds
	}
	_, err = s.editVideo(ctx, a.VideoID.Value, func(v *library.Video) {
		if a.End.IsNull() {
			end = v.Playtime
		}
		if stored = begin <= end; stored {
			v.VBegin, v.VEnd = &begin, &end
		}
	})
	return stored && err == nil, err
}

type setVideoThumbnailArgs struct {
	VideoID   wire.ID  `json:"videoid"`
	Timestamp wire.Any `json:"timestamp" type:"number"`
}

// setVideoThumbnail answers when the picture is made. Clients are not told that it
// failed; the log says why.
func (s *Server) setVideoThumbnail(ctx context.Context, a setVideoThumbnailArgs) (nothing, error) {
	seconds, ok := a.Timestamp.Number()
	if !ok {
		return nothing{}, &wire.ArgumentError{Name: "timestamp", Wants: "number", Cause: wire.ErrType}
	}
	// Beyond this no duration can hold it, and no video lasts that long.
	const limit = 1e9
	at := time.Duration(min(max(seconds, -1), limit) * float64(time.Second))
	switch err := s.o.Frames.SetThumbnail(ctx, a.VideoID.Value, at); {
	case errors.Is(err, frames.ErrUnknownVideo), errors.Is(err, frames.ErrTime):
		s.log.Debug("nothing was changed", "function", "SetVideoThumbnail", "err", err)
	case err != nil:
		s.log.Warn("a video did not get its thumbnail", "video", a.VideoID.Value, "seconds", seconds, "err", err)
	}
	return nothing{}, nil
}
