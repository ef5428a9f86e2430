package main

import (
	"context"
	"path/filepath"

	"musicdb/media/frames"
	"musicdb/media/queue"
	"musicdb/media/stream"
	"musicdb/server"
)

// openVideos opens what the server needs for videos, from the parts that it has
// already. With videos disabled all of it is there, and the stream stands still.
func (p *parts) openVideos(ctx context.Context, c *Settings, o *server.Options) (err error) {
	o.Videos, err = queue.OpenVideos(queue.Options{Library: o.Library, State: o.State, Journal: o.History, MaxEntries: int(c.Queue.MaxEntries), Log: o.Log})
	if err != nil {
		return err
	}
	tracker := queue.NewTracker(queue.VideoHistory(o.Library), c.Tracker.CutTime.Duration(), bool(c.Tracker.TrackRandom), bool(c.Debug.DisableTracker))
	p.closers = append(p.closers, func() error { return tracker.Close(context.WithoutCancel(ctx)) })
	o.Machines = append(o.Machines, tracker.Source())
	o.VideoStream, err = stream.NewVideo(stream.VideoOptions{
		Queue: o.Videos, Library: o.Library, Tracker: tracker, Log: o.Log,
		Disabled: bool(c.Debug.DisableVideos), DisableStats: bool(c.Debug.DisableStats),
		Resume: c.Stream.Start == StartResume,
	})
	if err != nil {
		return err
	}
	pictures := frames.Options{
		Music: o.Music, Tool: o.Tool, Library: o.Library, Log: o.Log,
		Frames: int(c.VideoFrames.Frames), Preview: c.VideoFrames.PreviewLength.Duration(), Scales: []frames.Scale{},
		Complete: !bool(c.Debug.DisableVideos),
	}
	for _, size := range c.VideoFrames.Scales {
		pictures.Scales = append(pictures.Scales, frames.Scale(size))
	}
	if o.Frames, err = frames.Open(filepath.Join(c.Directories.Data, "webdata", "artwork"), pictures); err != nil {
		return err
	}
	p.closers = append(p.closers, o.Frames.Close)
	return nil
}
