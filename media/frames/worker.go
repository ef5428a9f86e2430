package frames

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"musicdb/fsm"
	"musicdb/media/library"
)

// worker makes what videos lack. Its fields belong to the goroutine of Run.
type worker struct {
	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	failed   map[int64]file // videos that failed, and the files with which they did
	looked   uint64         // generation of the library in which nothing was lacking
}

// A file is told from another one at the same place by these.
type file struct {
	path     string
	size     int64
	modified time.Time
}

const (
	// longestRest bounds the pause behind a video, which is as long as the work.
	longestRest = 10 * time.Second
	// newVideos is how often the library is looked at for new videos.
	newVideos = 10 * time.Second
)

func newWorker() *worker {
	w := &worker{observer: fsm.NewObserver(definition, 0), failed: map[int64]file{}}
	w.machine = fsm.NewRunner(definition, w.observer, fsm.Effects[State, Event]{})
	return w
}

// Sources are the figures of the worker's machine.
func (s *Store) Sources() []fsm.Source { return []fsm.Source{s.worker.observer} }

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("frames: was run already")

// Run makes the pictures of all videos that have none, and of those that come,
// until ctx ends: one at a time and with the lowest priority. What fails is
// logged and left alone until the file changes. It returns at once if the options
// do not want that. Only a second call returns an error.
func (s *Store) Run(ctx context.Context) error {
	w := s.worker
	if w.machine.State() != Looking {
		return ErrRunning
	}
	low := *s
	low.run = s.o.Tool.RunLow
	for s.o.Complete && ctx.Err() == nil {
		low.step(ctx)
	}
	s.fire(Close)
	return w.machine.Close()
}

func (s *Store) step(ctx context.Context) {
	w := s.worker
	catalogue := s.o.Library.Catalogue()
	v, found := s.lacking(catalogue)
	if !found {
		w.looked = catalogue.Generation()
		s.fire(NothingLacks)
		for ctx.Err() == nil && s.o.Library.Catalogue().Generation() == w.looked {
			wait(ctx, newVideos)
		}
		s.fire(VideosChanged)
		return
	}
	s.fire(VideoLacks)
	began, known := time.Now(), s.describe(v)
	err := s.Make(ctx, v.ID)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		w.failed[v.ID] = known
		s.o.Log.Warn("a video has no pictures; that is tried again when its file changes", "video", v.Path, "error", err)
		s.fire(Failed)
	default:
		s.o.Log.Info("pictures of a video were made", "video", v.Path)
		s.fire(Made)
	}
	wait(ctx, min(time.Since(began), longestRest))
	s.fire(Rested)
}

// lacking returns a video whose row names no pictures, or whose first frame is
// not there.
func (s *Store) lacking(catalogue *library.Catalogue) (library.Video, bool) {
	for _, v := range catalogue.Videos() {
		if !s.lacks(v) {
			continue
		}
		if failed, known := s.worker.failed[v.ID]; known && failed == s.describe(v) {
			continue
		}
		return v, true
	}
	return library.Video{}, false
}

func (s *Store) lacks(v library.Video) bool {
	return v.FramesDirectory == "" || v.ThumbnailFile == "" || v.PreviewFile == "" && s.o.Frames > 1 ||
		fs.ValidPath(v.FramesDirectory) && !s.exists(path.Join(v.FramesDirectory, frameName(0)))
}

// describe tells which file a video has now.
func (s *Store) describe(v library.Video) file {
	info, err := s.o.Music.Stat(v.Path)
	if err != nil {
		return file{path: v.Path}
	}
	return file{v.Path, info.Size(), info.ModTime()}
}

func wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// fire moves the worker. After the end of ctx it may have skipped what its state
// asks for; then Close is all that is left to fire.
func (s *Store) fire(on Event) {
	if err := s.worker.machine.Fire(context.Background(), on, nil); err != nil {
		s.o.Log.Debug("event without effect", "error", err)
	}
}
