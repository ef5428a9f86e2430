package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/media/state"
)

// A cinema is a video stream with everything it stands on, all real. Its videos
// are 1, 2, 3 …; only the last one is long enough for the random selection.
type cinema struct {
	t       testing.TB
	library *library.Library
	state   *state.Store
	queue   *queue.Videos
	video   *Video
	now     time.Time

	mu      sync.Mutex // guards notices
	notices []VideoNotice
	told    chan struct{} // one token per notice
}

func newCinema(t testing.TB, videos int, change ...func(*VideoOptions)) *cinema {
	t.Helper()
	c := &cinema{t: t, now: time.Unix(1_700_000_000, 0), told: make(chan struct{}, 1000)}
	dir := t.TempDir()
	var err error
	c.library, err = library.Open(t.Context(), library.Options{Dir: dir})
	must(t, err)
	t.Cleanup(func() { must(t, c.library.Close()) })
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error {
		artist, err := e.AddArtist("Artist", "Artist")
		for n := 1; n <= videos && err == nil; n++ {
			_, err = e.AddVideo(newVideo(artist.ID, n, n == videos))
		}
		return err
	}))
	c.state, err = state.Open(state.Options{DataDir: dir})
	must(t, err)
	c.open(change...)
	return c
}

func newVideo(artist int64, n int, long bool) library.NewVideo {
	v := library.NewVideo{ArtistID: artist, Name: fmt.Sprint("Video ", n), Path: fmt.Sprintf("Artist/2001 - Video %d.mp4", n), Playtime: 60}
	if long {
		v.Playtime = 300
	}
	return v
}

// open makes the queue and the stream, as the next process would.
func (c *cinema) open(change ...func(*VideoOptions)) {
	c.t.Helper()
	var err error
	c.queue, err = queue.OpenVideos(queue.Options{Library: c.library, State: c.state})
	must(c.t, err)
	tracker := queue.NewTracker(queue.VideoHistory(c.library), time.Hour, false, false)
	c.t.Cleanup(func() { must(c.t, tracker.Close(context.Background())) })
	o := VideoOptions{Queue: c.queue, Library: c.library, Tracker: tracker, Now: func() time.Time { return c.now }}
	for _, f := range change {
		f(&o)
	}
	c.video, err = NewVideo(o)
	must(c.t, err)
	c.video.Subscribe(func(n VideoNotice) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.notices = append(c.notices, n)
		c.told <- struct{}{}
	})
}

// run runs the stream until the test ends.
func (c *cinema) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.video.Run(ctx) }()
	c.t.Cleanup(func() {
		cancel()
		must(c.t, <-ended)
		figures := c.video.Sources()[0].Figures()
		if figures.Refused != 0 || figures.Started != figures.Ended {
			c.t.Errorf("figures %+v", figures)
		}
	})
}

func (c *cinema) add(videos ...int64) (ids []queue.EntryID) {
	c.t.Helper()
	for _, v := range videos {
		id, err := c.queue.Add(v, queue.Last())
		must(c.t, err)
		ids = append(ids, id)
	}
	return ids
}

// heard waits for so many notices in all and returns them as text.
func (c *cinema) heard(number int) []string {
	c.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		if got := c.texts(); len(got) >= number {
			return got
		}
		select {
		case <-c.told:
		case <-limit:
			c.t.Fatalf("heard only %v", c.texts())
		}
	}
}

func (c *cinema) texts() (texts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.notices {
		text := fmt.Sprint(n.Kind, " ", n.Status.State)
		if n.Kind == StreamNextVideo {
			text += fmt.Sprint(" ", n.Video.ID)
			if n.Video.ID != n.Status.Entry.VideoID {
				c.t.Errorf("video %d is handed out for entry %+v", n.Video.ID, n.Status.Entry)
			}
		}
		texts = append(texts, text)
	}
	return texts
}

func (c *cinema) expect(want ...string) {
	c.t.Helper()
	if got := c.heard(len(want)); !slices.Equal(got, want) {
		c.t.Errorf("heard %q, want %q", got, want)
	}
}

// The first video is handed out as soon as it is in the queue; each end is counted
// once, however many clients report it.
func TestVideosFollowEachOther(t *testing.T) {
	c := newCinema(t, 3)
	c.queueOnly(t)
	c.run()
	ids := c.add(1, 2, 3)
	c.expect("StreamNextVideo Showing 1")
	if now := c.video.State(); now.Entry.ID != ids[0] || !now.State.Streaming() || !now.State.Playing() {
		t.Errorf("state %+v", now)
	}
	for range 3 {
		c.video.Ended(ids[0])
	}
	c.video.Ended("77")
	c.heard(2)
	c.video.Ended(ids[1])
	c.video.Ended(ids[0])
	c.expect("StreamNextVideo Showing 1", "StreamNextVideo Showing 2", "StreamNextVideo Showing 3")
	catalogue := c.library.Catalogue()
	for id, want := range map[int64]int64{1: c.now.Unix(), 2: c.now.Unix(), 3: 0} {
		if v, _ := catalogue.Video(id); v.LastPlayed != want {
			t.Errorf("video %d was played last at %d, want %d", id, v.LastPlayed, want)
		}
	}
	relations, err := c.library.VideoRelations(t.Context(), 1)
	if err != nil || len(relations) != 1 || relations[0].ID != 2 || relations[0].Weight != 1 {
		t.Errorf("relations of video 1: %v, %v", relations, err)
	}
}

// queueOnly lets the random selection find nothing.
func (c *cinema) queueOnly(t testing.TB) {
	r, err := c.state.Randy()
	must(t, err)
	r.Constraints.MinSongLength = 1000
	must(t, c.state.SaveRandy(r))
}

// A start without videos is silent and answers; the first video that enters the
// library is shown.
func TestVideosAreWaitedFor(t *testing.T) {
	c := newCinema(t, 0)
	c.run()
	c.video.Play(true)
	c.video.Next()
	c.expect("StatusChanged Waiting")
	if now := c.video.State(); now.Entry.ID != "" || now.State.Playing() {
		t.Errorf("state %+v", now)
	}
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error {
		_, err := e.AddVideo(newVideo(e.Catalogue().Artists()[0].ID, 1, true))
		return err
	}))
	c.expect("StatusChanged Waiting", "StreamNextVideo Showing 1")
	if e, ok := c.queue.Head(); !ok || !e.Random {
		t.Errorf("head %+v", e)
	}
}

// While the stream is off the queue moves, and nothing is handed out.
func TestVideosAreHeld(t *testing.T) {
	c := newCinema(t, 3)
	c.queueOnly(t)
	ids := c.add(1, 2, 3)
	c.run()
	c.heard(1)
	c.video.Toggle()
	c.heard(2)
	c.video.Toggle()
	c.heard(3)
	c.video.Play(false)
	c.video.Ended(ids[0])
	c.video.Next()
	c.video.Play(false)
	c.video.Play(true)
	c.expect("StreamNextVideo Showing 1", "StatusChanged Held", "StatusChanged Showing", "StatusChanged Held",
		"StatusChanged Off", "StatusChanged Waiting", "StreamNextVideo Showing 3")
}

// What was switched off is off in the next process, too, if that is wanted; the
// queue is the same in any case.
func TestVideoStreamStaysOff(t *testing.T) {
	c := newCinema(t, 3)
	c.queueOnly(t)
	ids := c.add(2, 1)
	c.run()
	c.heard(1)
	c.video.Play(false)
	c.expect("StreamNextVideo Showing 2", "StatusChanged Held")
	for _, resume := range []bool{true, false, true} {
		c.notices = nil
		c.open(func(o *VideoOptions) { o.Resume = resume })
		c.run()
		if resume {
			c.video.Play(true) // whoever gives a command waits for the worker
			c.expect("StatusChanged Waiting", "StreamNextVideo Showing 2")
			c.video.Play(false)
			c.heard(3)
		} else {
			c.expect("StreamNextVideo Showing 2")
		}
		if entries := c.queue.Entries(); len(entries) != 2 || entries[0].ID != ids[0] {
			t.Errorf("the queue is %+v", entries)
		}
	}
}

// What is removed from the library is not shown any longer.
func TestRemovedVideoIsReplaced(t *testing.T) {
	c := newCinema(t, 3)
	c.queueOnly(t)
	c.add(1, 2)
	c.run()
	c.heard(1)
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveVideo(1) }))
	c.queue.Forget(1)
	c.heard(2)
	// The row is gone, and nobody has told the queue.
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveVideo(2) }))
	c.add(2 + 1)
	c.video.Next()
	c.expect("StreamNextVideo Showing 1", "StreamNextVideo Showing 2", "StreamNextVideo Showing 3")
	c.video.Next()
	c.add(3, 3)
	c.heard(4)
	must(t, c.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveVideo(3) }))
	c.video.Next()
	for limit := time.Now().Add(20 * time.Second); len(c.queue.Entries()) > 0; runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("the queue holds %v", c.queue.Entries())
		}
	}
	c.video.Play(false)
	c.expect("StreamNextVideo Showing 1", "StreamNextVideo Showing 2", "StreamNextVideo Showing 3", "StreamNextVideo Showing 3", "StatusChanged Off")
}

func TestDisabledVideos(t *testing.T) {
	c := newCinema(t, 2, func(o *VideoOptions) { o.Disabled = true })
	ids := c.add(1, 2)
	c.t.Cleanup(func() { // after the worker has ended
		if got := c.texts(); len(got) > 0 {
			t.Errorf("heard %v", got)
		}
		if got := c.queue.Entries(); len(got) != 2 || got[0].ID != ids[0] {
			t.Errorf("the queue is %v", got)
		}
	})
	c.run()
	c.video.Play(true)
	c.video.Toggle()
	c.video.Next()
	c.video.Ended(ids[0])
	c.video.Play(false)
	for limit := time.Now().Add(20 * time.Second); c.moves() < 5 && time.Now().Before(limit); {
		runtime.Gosched() // until the begin and the four commands but Ended were events
	}
	if now := c.video.State(); c.moves() != 5 || now.State != VideoDisabled || now.State.Streaming() || now.State.Playing() || now.Entry.ID != "" {
		t.Errorf("state %+v", now)
	}
}

// moves is how many events the machine has seen.
func (c *cinema) moves() (n uint64) {
	for _, edge := range c.video.Sources()[0].Figures().Edges {
		n += edge
	}
	return n
}

func TestVideoStatisticsCanBeSwitchedOff(t *testing.T) {
	c := newCinema(t, 2, func(o *VideoOptions) { o.DisableStats, o.Tracker = true, nil })
	c.queueOnly(t)
	ids := c.add(1, 2)
	c.run()
	c.heard(1)
	c.video.Ended(ids[0])
	c.heard(2)
	if v, _ := c.library.Catalogue().Video(1); v.LastPlayed != 0 {
		t.Errorf("played last at %d", v.LastPlayed)
	}
}

// The stream goes on where a notice, or a part it needs, fails.
func TestVideoStreamSurvives(t *testing.T) {
	failing := errors.New("disk full")
	log := &lines{t: t}
	c := newCinema(t, 2, func(o *VideoOptions) {
		o.Tracker = brokenTracker{failing}
		o.Log = slog.New(slog.NewTextHandler(log, nil))
	})
	c.queueOnly(t)
	ids := c.add(1, 2)
	panics := true
	c.video.Subscribe(func(VideoNotice) {
		if panics {
			panics = false
			panic("a subscriber fails")
		}
	})
	c.run()
	c.heard(1)
	c.video.Ended(ids[0])
	c.expect("StreamNextVideo Showing 1", "StreamNextVideo Showing 2")
	if text := log.String(); !strings.Contains(text, "disk full") || !strings.Contains(text, "a subscriber fails") {
		t.Errorf("logged %s", text)
	}
}

type brokenTracker struct{ err error }

func (b brokenTracker) Track(context.Context, int64, bool, time.Time) error { return b.err }

func TestVideoRunsOnce(t *testing.T) {
	c := newCinema(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, c.video.Run(ctx))
	if now := c.video.State(); now.State != VideoEnded || now.Entry.ID != "" {
		t.Errorf("state %+v", now)
	}
	if err := c.video.Run(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("a second run: %v", err)
	}
	c.video.Next() // nobody listens, nobody waits
	if _, err := NewVideo(VideoOptions{}); err == nil {
		t.Error("a stream without a queue was made")
	}
}
