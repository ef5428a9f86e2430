package stream

import (
	"context"
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
		v.want(VideoPlay)
	case orderVideoPause:
		v.want(VideoPause)
	case orderVideoToggle:
		if state.Streaming() {
			v.want(VideoPause)
		} else {
			v.want(VideoPlay)
		}
	case orderVideoSkip:
		if state != VideoDisabled {
			v.o.Queue.Next()
		}
		v.leave(VideoSkip)
	case orderVideoEnded:
		if state.Playing() && one.entry == v.shown.ID {
			v.played(ctx)
			v.o.Queue.Next()
			v.leave(VideoPlayed)
		}
	}
}

// want switches the stream on or off.
func (v *Video) want(on VideoEvent) {
	v.fire(on)
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
