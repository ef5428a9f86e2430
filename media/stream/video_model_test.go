package stream

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/queue"
)

// A screen is the video stream the dumb way: what is queued, what is shown, and
// what must have been told and counted.
type screen struct {
	queued []queue.VideoEntry
	shown  queue.EntryID // "": nothing
	on     bool
	told   []string
	plays  []int64
}

func (s *screen) follow() {
	if s.shown != "" && (len(s.queued) == 0 || s.queued[0].ID != s.shown) {
		s.shown = ""
	}
}

func (s *screen) advance() {
	s.shown = ""
	s.queued = s.queued[min(1, len(s.queued)):]
}

func (s *screen) want(on bool) {
	s.on = on
	s.tell(VideoStatusChanged)
}

func (s *screen) tell(kind VideoNoticeKind) {
	s.told = append(s.told, fmt.Sprint(kind, " ", s.on, " ", s.shown != "", " ", s.shown))
}

func (s *screen) execute(o videoOrder) {
	s.follow()
	switch o.kind {
	case orderVideoPlay:
		s.want(true)
	case orderVideoPause:
		s.want(false)
	case orderVideoToggle:
		s.want(!s.on)
	case orderVideoSkip:
		s.advance()
	case orderVideoEnded:
		if s.shown != "" && s.shown == o.entry {
			s.plays = append(s.plays, s.queued[0].VideoID)
			s.advance()
		}
	}
}

func (s *screen) settle() {
	s.follow()
	if s.on && s.shown == "" && len(s.queued) > 0 {
		s.shown = s.queued[0].ID
		s.tell(StreamNextVideo)
	}
}

// playList is a Tracker that remembers.
type playList struct{ ids []int64 }

func (p *playList) Track(_ context.Context, id int64, _ bool, _ time.Time) error {
	p.ids = append(p.ids, id)
	return nil
}

// Any commands in any order, several between two steps of the worker, do to the
// stream what they do to the model.
func TestVideoStreamAgainstModel(t *testing.T) {
	c := newCinema(t, 3)
	c.queueOnly(t)
	rapid.Check(t, func(t *rapid.T) {
		tracked := &playList{}
		for _, e := range c.queue.Entries() {
			c.queue.Forget(e.VideoID)
		}
		v, err := NewVideo(VideoOptions{Queue: c.queue, Library: c.library, Tracker: tracked, DisableStats: true})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		v.Subscribe(func(n VideoNotice) {
			told = append(told, fmt.Sprint(n.Kind, " ", n.Status.State.Streaming(), " ", n.Status.State.Playing(), " ", n.Status.Entry.ID))
			if n.Kind == StreamNextVideo && n.Video.ID != n.Status.Entry.VideoID {
				t.Fatalf("video %d for entry %+v", n.Video.ID, n.Status.Entry)
			}
		})
		v.fire(VideoBegin)
		model := &screen{on: true}
		var waiting []videoOrder

		known := []queue.EntryID{"77"}
		order := func(o videoOrder, call func()) {
			call()
			waiting = append(waiting, o)
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				video := rapid.Int64Range(1, 3).Draw(t, "video")
				id, err := c.queue.Add(video, queue.Last())
				if err != nil {
					t.Fatal(err)
				}
				known = append(known, id)
				model.queued = append(model.queued, queue.VideoEntry{ID: id, VideoID: video})
			},
			"forget": func(t *rapid.T) {
				video := rapid.Int64Range(1, 3).Draw(t, "video")
				c.queue.Forget(video)
				model.queued = slices.DeleteFunc(slices.Clone(model.queued), func(e queue.VideoEntry) bool { return e.VideoID == video })
			},
			"play":   func(*rapid.T) { order(videoOrder{kind: orderVideoPlay}, func() { v.Play(true) }) },
			"pause":  func(*rapid.T) { order(videoOrder{kind: orderVideoPause}, func() { v.Play(false) }) },
			"toggle": func(*rapid.T) { order(videoOrder{kind: orderVideoToggle}, v.Toggle) },
			"next":   func(*rapid.T) { order(videoOrder{kind: orderVideoSkip}, v.Next) },
			"ended": func(t *rapid.T) {
				id := rapid.SampledFrom(known).Draw(t, "entry")
				if rapid.Bool().Draw(t, "the current one") && len(model.queued) > 0 {
					id = model.queued[0].ID
				}
				order(videoOrder{kind: orderVideoEnded, entry: id}, func() { v.Ended(id) })
			},
			"step": func(t *rapid.T) {
				v.step(t.Context())
				for _, o := range waiting {
					model.execute(o)
				}
				waiting = nil
				model.settle()
				now := v.State()
				if now.State.Streaming() != model.on || now.State.Playing() != (model.shown != "") || now.Entry.ID != model.shown {
					t.Fatalf("state %+v, model %+v", now, model)
				}
				if !slices.Equal(told, model.told) || !slices.Equal(tracked.ids, model.plays) || !slices.Equal(c.queue.Entries(), model.queued) {
					t.Fatalf("told %q, model %q; plays %v, model %v; queue %v, model %v", told, model.told, tracked.ids, model.plays, c.queue.Entries(), model.queued)
				}
			},
		})
		if refused := v.Sources()[0].Figures().Refused; refused != 0 {
			t.Fatalf("%d events were refused", refused)
		}
	})
}
