package stream

import (
	"context"
	"errors"
	"time"

	"musicdb/media/queue"
)

// This file is what the worker of the video stream does.

// newVideos is how often a stream without videos looks whether the library has
// new ones.
const newVideos = time.Second

func (v *Video) run(ctx context.Context) {
	cancel := v.o.Queue.Subscribe(func(queue.Event) { v.look() })
	defer cancel()
	ticker := time.NewTicker(newVideos)
	defer ticker.Stop()
	for more := true; more; more = v.rest(ctx, ticker.C) {
		v.step(ctx)
	}
}

// rest waits until there is something to look at. It returns false when ctx ends.
func (v *Video) rest(ctx context.Context, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-v.wake:
			return true
		case <-tick:
			if v.machine.State() == VideoWaiting && v.o.Library.Catalogue().Generation() != v.searched {
				return true
			}
		}
	}
}

// step reacts to everything that may have happened: what was ordered, what the
// queue is now.
func (v *Video) step(ctx context.Context) {
	for _, one := range v.orders.take() {
		v.followQueue()
		v.execute(ctx, one)
	}
	v.followQueue()
	v.handOut()
}

func (v *Video) execute(ctx context.Context, one videoOrder) {
	state := v.machine.State()
	switch one.kind {
	case orderVideoPlay:
		v.want(one.who, VideoPlay)
	case orderVideoPause:
		v.want(one.who, VideoPause)
	case orderVideoToggle:
		if state.Streaming() {
			v.want(one.who, VideoPause)
		} else {
			v.want(one.who, VideoPlay)
		}
	case orderVideoSkip:
		v.skip(one)
	case orderVideoEnded:
		if state.Playing() && one.entry == v.shown.ID {
			v.played(ctx)
			v.o.Queue.By(one.who).NextFrom(one.entry, queue.Played)
			v.leave(VideoPlayed)
		}
	}
}

// skip goes on with the next video. Which one is meant is for the queue to know.
func (v *Video) skip(one videoOrder) {
	if v.machine.State() == VideoDisabled {
		v.leave(VideoSkip)
		return
	}
	videos := v.o.Queue.By(one.who)
	head, err := videos.Meant(one.entry, one.at)
	if err != nil && !errors.Is(err, queue.ErrEmpty) {
		v.log.Debug("a video that was to be skipped is gone already", "connection", one.who.Connection, "why", err)
		return
	}
	if err == nil {
		videos.NextFrom(head.ID, queue.Skipped)
	}
	v.leave(VideoSkip)
}

// resume switches the stream off again, if it was off before the start.
func (v *Video) resume(ctx context.Context) {
	if v.o.Disabled || !v.o.Resume {
		return
	}
	streaming, err := v.o.Library.VideoStreaming(ctx)
	if err != nil {
		v.log.Error("whether the video stream was switched off cannot be read; it is on", "error", err)
	}
	if !streaming {
		v.fire(VideoPause)
	}
}

// want switches the stream on or off.
func (v *Video) want(who queue.Actor, on VideoEvent) {
	before := v.machine.State().Streaming()
	v.fire(on)
	if now := v.machine.State().Streaming(); now != before {
		did := queue.Paused
		if now {
			did = queue.Resumed
		}
		v.o.Queue.By(who).Note(did)
		if err := v.o.Library.SaveVideoStreaming(context.Background(), now); err != nil {
			v.log.Error("that the video stream was switched could not be noted; a restart will not know it", "error", err)
		}
	}
	if v.machine.State() != VideoDisabled {
		v.notify(VideoNotice{Kind: VideoStatusChanged})
	}
}

// leave goes on from the video that is shown, if one is.
func (v *Video) leave(on VideoEvent) {
	v.shown = queue.VideoEntry{}
	v.fire(on)
}

// followQueue notices that what is shown has left the queue.
func (v *Video) followQueue() {
	if !v.machine.State().Playing() {
		return
	}
	if head, ok := v.o.Queue.Head(); !ok || head.ID != v.shown.ID {
		v.leave(VideoReplaced)
	}
}

// handOut tells the clients to show the head of the queue. Into an empty queue a
// random video is put first.
func (v *Video) handOut() {
	for v.machine.State() == VideoWaiting {
		catalogue := v.o.Library.Catalogue()
		entry, ok := v.o.Queue.Current()
		if !ok {
			v.searched = catalogue.Generation()
			return
		}
		row, known := catalogue.Video(entry.VideoID)
		if !known {
			if _, known = v.o.Library.Catalogue().Video(entry.VideoID); !known {
				v.o.Queue.Forget(entry.VideoID)
			}
			continue
		}
		v.shown = entry
		v.fire(VideoHandOut)
		v.notify(VideoNotice{Kind: StreamNextVideo, Video: row})
	}
}

// played notes that what is shown was seen to its end.
func (v *Video) played(ctx context.Context) {
	now := v.o.Now()
	if v.o.Tracker != nil {
		if err := v.o.Tracker.Track(ctx, v.shown.VideoID, v.shown.Random, now); err != nil {
			v.log.Error("the play of a video could not be tracked", "video", v.shown.VideoID, "error", err)
		}
	}
	if !v.o.DisableStats {
		if err := v.o.Library.SetVideoLastPlayed(ctx, v.shown.VideoID, now); err != nil {
			v.log.Error("the time of the last play of a video could not be noted", "video", v.shown.VideoID, "error", err)
		}
	}
}

// fire moves the machine, and shows where it is.
func (v *Video) fire(on VideoEvent) {
	if err := v.machine.Fire(context.Background(), on, nil); err != nil {
		v.log.Error("the video stream refused an event", "error", err, "trace", v.machine.Trace())
	}
	v.show()
}

// show makes what holds now visible to State.
func (v *Video) show() { v.now.Store(&VideoStatus{State: v.machine.State(), Entry: v.shown}) }

func (v *Video) notify(n VideoNotice) {
	n.Status = v.State()
	v.events.fire(n)
}
