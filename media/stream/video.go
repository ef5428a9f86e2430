package stream

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"musicdb/fsm"
	"musicdb/media/library"
	"musicdb/media/queue"
)

// VideoOptions are what a video stream works with. Queue and Library are needed.
type VideoOptions struct {
	Queue        *queue.Videos
	Library      *library.Library
	Tracker      Tracker          // of videos, used by Run only; nil: nothing is tracked
	DisableStats bool             // the time of the last play is not noted
	Disabled     bool             // there are no videos; commands change nothing
	Resume       bool             // a stream that was switched off before the start stays off; else it begins switched on
	Log          *slog.Logger     // nil discards
	Now          func() time.Time // nil is time.Now
}

// Video is the video stream: it hands out the videos of the queue to all clients,
// one after the other. Any goroutine may call its methods.
type Video struct {
	o   VideoOptions
	log *slog.Logger

	machine *fsm.Runner[VideoState, VideoEvent]
	seen    *fsm.Observer[VideoState, VideoEvent]

	wake   chan struct{} // one token: Run has something to look at
	orders orders[videoOrder]
	events events[VideoNotice]
	once   sync.Once

	now      atomic.Pointer[VideoStatus]
	shown    queue.VideoEntry // what was handed out; Run's
	searched uint64           // generation of the catalogue that had no video to hand out; Run's
}

// VideoStatus is what clients are told about the video stream.
type VideoStatus struct {
	State VideoState
	Entry queue.VideoEntry // handed out and not ended; the zero value if there is none
}

// VideoNoticeKind tells notices apart.
type VideoNoticeKind uint8

// The kinds of notices.
const (
	// VideoStatusChanged: a play or pause was executed.
	VideoStatusChanged VideoNoticeKind = iota
	// StreamNextVideo: clients shall show a video from its begin.
	StreamNextVideo
)

func (k VideoNoticeKind) String() string {
	return [...]string{"StatusChanged", "StreamNextVideo"}[k]
}

// VideoNotice is something that clients are told, with the status that holds
// then.
type VideoNotice struct {
	Kind   VideoNoticeKind
	Status VideoStatus
	Video  library.Video // of StreamNextVideo; its queue entry is in Status
}

// NewVideo makes a video stream that does nothing until Run.
func NewVideo(o VideoOptions) (*Video, error) {
	if o.Queue == nil || o.Library == nil {
		return nil, errors.New("stream: a queue of videos and a library are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	v := &Video{o: o, log: o.Log, wake: make(chan struct{}, 1), seen: fsm.NewObserver(video, 64)}
	v.machine = fsm.NewRunner(video, v.seen, fsm.Effects[VideoState, VideoEvent]{})
	v.show()
	return v, nil
}

// State tells where the stream is.
func (v *Video) State() VideoStatus { return *v.now.Load() }

// Subscribe has call called for every notice from now on, in order, one at a
// time: call must not wait for anything. cancel ends that; a call that is under
// way is not waited for.
func (v *Video) Subscribe(call func(VideoNotice)) (cancel func()) { return v.events.add(call) }

// Sources are the figures of the machine.
func (v *Video) Sources() []fsm.Source { return []fsm.Source{v.seen} }

// look makes Run look at everything again.
func (v *Video) look() {
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// Run does the work until ctx ends. What fails inside is logged; only a second
// call returns an error, ErrRunning.
func (v *Video) Run(ctx context.Context) error {
	err := ErrRunning
	v.once.Do(func() {
		err = nil
		begin := VideoBegin
		if v.o.Disabled {
			begin = VideoDisable
		}
		v.fire(begin)
		v.resume(ctx)
		supervise(ctx, v.log, "video stream", v.run)
		v.shown = queue.VideoEntry{}
		v.fire(VideoStop)
		if closeErr := v.machine.Close(); closeErr != nil {
			v.log.Error("the video stream was dropped", "error", closeErr)
		}
	})
	return err
}
