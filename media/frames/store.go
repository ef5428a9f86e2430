package frames

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

// A Scale is the size into which a picture is fitted, in pixels.
type Scale struct{ Width, Height int }

func (s Scale) String() string { return fmt.Sprintf("%d×%d", s.Width, s.Height) }

// What is made if Options do not say otherwise. Clients of MusicDB expect exactly
// this scale.
const (
	DefaultFrames  = 5
	DefaultPreview = 3 * time.Second
	// DefaultTimeout is how long ffmpeg may take for one picture. Seeking in a
	// video without index reads all of it.
	DefaultTimeout = time.Minute
)

// DefaultScales are described at DefaultFrames.
var DefaultScales = []Scale{{150, 83}}

const (
	maxFrames = 99 // names have two digits
	maxScale  = 4096
)

// Options of a Store. Music, Tool and Library are needed.
type Options struct {
	Music   *files.Music
	Tool    *ffmpeg.Tool
	Library *library.Library

	Frames  int           // per video, 1 to 99; 0: DefaultFrames
	Preview time.Duration // length of the animation; 0: DefaultPreview
	Scales  []Scale       // nil: DefaultScales
	Timeout time.Duration // of ffmpeg, for one picture; 0: DefaultTimeout

	// Complete makes [Store.Run] make what videos of the library lack.
	Complete bool

	Log *slog.Logger // nil discards
}

// Store makes the pictures of videos. Close it when done.
type Store struct {
	o    Options
	root *os.Root // the artwork directory
	turn chan struct{}
	run  func(*exec.Cmd) error // how ffmpeg is run

	worker *worker
}

// Open opens the artwork directory, which must exist. Errors tell which option is
// wrong, or come from the file system.
func Open(dir string, o Options) (*Store, error) {
	if o.Music == nil || o.Tool == nil || o.Library == nil {
		return nil, errors.New("frames: a music directory, an ffmpeg and a library are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Frames == 0 {
		o.Frames = DefaultFrames
	}
	if o.Preview == 0 {
		o.Preview = DefaultPreview
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	o.Scales = slices.Clone(o.Scales)
	if o.Scales == nil {
		o.Scales = slices.Clone(DefaultScales)
	}
	if o.Frames < 1 || o.Frames > maxFrames {
		return nil, fmt.Errorf("frames: %d frames per video are outside 1–%d; correct the number of frames", o.Frames, maxFrames)
	}
	if o.Preview < 0 || o.Preview > time.Hour {
		return nil, fmt.Errorf("frames: a preview of %v is not between 0 and an hour; correct its length", o.Preview)
	}
	for _, s := range o.Scales {
		if s.Width < 1 || s.Height < 1 || s.Width > maxScale || s.Height > maxScale {
			return nil, fmt.Errorf("frames: the scale %v is outside 1–%d pixels; correct the list of scales", s, maxScale)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("frames: opening the artwork directory: %w", err)
	}
	return &Store{o: o, root: root, turn: make(chan struct{}, 1), run: o.Tool.Run, worker: newWorker()}, nil
}

// Close releases the artwork directory.
func (s *Store) Close() error { return s.root.Close() }

// take waits for the right to make pictures.
func (s *Store) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Store) release() { <-s.turn }

// ErrUnknownVideo says that the library has no such video.
var ErrUnknownVideo = errors.New("no such video in the library")

// video returns the row of a video and the directory of its pictures.
func (s *Store) video(id int64) (v library.Video, dir string, err error) {
	catalogue := s.o.Library.Catalogue()
	v, ok := catalogue.Video(id)
	if !ok {
		return v, "", fmt.Errorf("frames: video %d: %w", id, ErrUnknownVideo)
	}
	artist, _ := catalogue.Artist(v.ArtistID)
	dir = v.FramesDirectory
	if dir == "" {
		dir = directory(catalogue, artist, v)
	}
	if !fs.ValidPath(dir) || dir == "." {
		return v, "", fmt.Errorf("frames: video %q: its directory %q is not one below the artwork directory", v.Path, dir)
	}
	return v, dir, nil
}
