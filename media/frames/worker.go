package frames

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"syscall"
	"time"

	"musicdb/fsm"
	"musicdb/media/ffmpeg"
	"musicdb/media/library"
)

// worker makes what videos lack. Its fields belong to the goroutine of Run.
type worker struct {
	machine  *fsm.Runner[State, Event]
	observer *fsm.Observer[State, Event]
	failed   map[int64]failure
	last     int64  // the video that was looked after last
	looked   uint64 // generation of the library in which nothing was lacking
	now      func() time.Time
}

// A failure is a video whose pictures could not be made, until its file is another
// one, or, where the file is not to blame, for a while.
type failure struct {
	file  file
	again time.Time // zero: the file is to blame
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
	// another is how long a video rests after a failure that says nothing of its file.
	another = 10 * time.Minute
)

func newWorker() *worker {
	w := &worker{observer: fsm.NewObserver(definition, 0), failed: map[int64]failure{}, now: time.Now}
	w.machine = fsm.NewRunner(definition, w.observer, fsm.Effects[State, Event]{})
	return w
}

// Sources are the figures of the worker's machine.
func (s *Store) Sources() []fsm.Source { return []fsm.Source{s.worker.observer} }

// ErrRunning is returned by Run when it was called before.
var ErrRunning = errors.New("frames: was run already")

// Run makes the pictures of all videos that have none, and of those that come,
// until ctx ends: one at a time and with the lowest priority. What fails is
// logged and left alone until the file changes; where a disk or the machine is to
// blame it is tried again later. It returns at once if the options do not want that.
// Only a second call returns an error.
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
		for ctx.Err() == nil && s.o.Library.Catalogue().Generation() == w.looked && !w.due() {
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
		s.fail(v, known, err)
		s.fire(Failed)
	default:
		delete(w.failed, v.ID)
		s.o.Log.Info("pictures of a video were made", "video", v.Path)
		s.fire(Made)
	}
	wait(ctx, min(time.Since(began), longestRest))
	s.fire(Rested)
}

// fail notes that the pictures of a video could not be made. What does not change
// with another attempt is told once.
func (s *Store) fail(v library.Video, now file, err error) {
	w := s.worker
	f := failure{file: now}
	if !blames(err) {
		f.again = w.now().Add(another)
	}
	before, known := w.failed[v.ID]
	w.failed[v.ID] = f
	switch {
	case f.again.IsZero():
		s.o.Log.Warn("a video has no pictures; that is tried again when its file changes", "video", v.Path, "error", err)
	case !known || before.file != now:
		s.o.Log.Warn("a video has no pictures yet; that is tried again", "video", v.Path, "every", another, "error", err)
	}
}

// blames reports whether an error is that of the file, and not of a disk, of a missing
// process, or of whoever has killed one.
func blames(err error) bool {
	var (
		system   syscall.Errno
		database *library.FileError
		failed   *ffmpeg.FailedError
	)
	return !errors.As(err, &system) && !errors.As(err, &database) && (!errors.As(err, &failed) || failed.Signal == 0)
}

// passed reports whether it is time to try again what has failed.
func (w *worker) passed(f failure) bool { return !f.again.IsZero() && !w.now().Before(f.again) }

// due reports whether that is so for any video.
func (w *worker) due() bool {
	for _, f := range w.failed {
		if w.passed(f) {
			return true
		}
	}
	return false
}

// lacking returns a video whose row names no pictures, or whose first frame is
// not there. It goes on behind the one that was found last, so that a pass through
// many looks at each of them once.
func (s *Store) lacking(catalogue *library.Catalogue) (library.Video, bool) {
	for _, wrapped := range []bool{false, true} {
		for _, v := range catalogue.Videos() {
			if (v.ID <= s.worker.last) != wrapped || !s.lacks(v) {
				continue
			}
			if failed, known := s.worker.failed[v.ID]; known && !s.worker.passed(failed) && failed.file == s.describe(v) {
				continue
			}
			s.worker.last = v.ID
			return v, true
		}
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
