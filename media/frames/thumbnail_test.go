package frames

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/library"
)

const filmDir = "AC∕DC/Film"

// The thumbnail is the frame at the time that was asked for, shown as wide as
// players show it; another one replaces it and its scales.
func TestSetThumbnail(t *testing.T) {
	t.Parallel()
	s := newStudio(t, func(o *Options) { o.Scales = []Scale{{50, 27}, {150, 83}} })
	for _, c := range []struct {
		at    time.Duration
		color string
	}{
		{0, "red"}, {1500 * time.Millisecond, "green"}, {2500 * time.Millisecond, "blue"},
		{4 * second, "grey"}, // the last frame begins before
	} {
		must(t, s.store.SetThumbnail(t.Context(), 1, c.at))
		m := s.picture(filmDir + "/thumbnail.jpg")
		if got := color(m); got != c.color || m.Bounds().Size() != image.Pt(128, 36) {
			t.Errorf("at %v: %s, %v, want %s", c.at, got, m.Bounds(), c.color)
		}
		small := s.picture(filmDir + "/thumbnail (50×27).jpg")
		if got := color(small); got != c.color || small.Bounds().Size() != image.Pt(50, 14) {
			t.Errorf("scaled at %v: %s, %v, want %s", c.at, got, small.Bounds(), c.color)
		}
	}
	want := []string{filmDir + "/thumbnail (150×83).jpg", filmDir + "/thumbnail (50×27).jpg", filmDir + "/thumbnail.jpg"}
	if got := s.files(); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if v := s.row(1); v.FramesDirectory != filmDir || v.ThumbnailFile != "thumbnail.jpg" || v.PreviewFile != "" {
		t.Errorf("row %+v", v)
	}
}

// What a process that was killed has left behind goes with the next picture.
func TestLeftoversAreRemoved(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	dir := filepath.Join(s.artwork, filmDir)
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, ".writing-2345"), []byte("half a pict"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "mine.jpg"), nil, 0o644))
	must(t, s.store.SetThumbnail(t.Context(), 1, 0))
	want := []string{filmDir + "/mine.jpg", filmDir + "/thumbnail (150×83).jpg", filmDir + "/thumbnail.jpg"}
	if got := s.files(); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

// The documented modes hold whatever the umask is.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	s := newStudio(t)
	must(t, s.store.SetThumbnail(t.Context(), 1, 0))
	for name, want := range map[string]fs.FileMode{"AC∕DC": 0o775, filmDir: 0o775, filmDir + "/thumbnail.jpg": 0o664} {
		info, err := os.Stat(filepath.Join(s.artwork, name))
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

// What cannot be done changes neither files nor rows, and says why.
func TestThumbnailFailures(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	data, err := film()
	must(t, err)
	broken := s.add("Broken", data[:len(data)/3])
	list := s.add("List", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:"+filepath.Join(s.music, s.row(1).Path)+"\n#EXT-X-ENDLIST\n"))
	missing := s.add("Missing", nil)
	must(t, os.Remove(filepath.Join(s.music, s.row(missing).Path)))
	outside := s.add("Outside", data)
	s.change(outside, func(v *library.Video) { v.Path = "../film.mp4" })
	escaping := s.add("Escaping", data)
	s.change(escaping, func(v *library.Video) { v.FramesDirectory = "../elsewhere" })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	before := s.library.Catalogue().Generation()
	for name, c := range map[string]struct {
		ctx   context.Context
		video int64
		at    time.Duration
		want  error // nil: any
	}{
		"unknown video":  {t.Context(), 99, 0, ErrUnknownVideo},
		"before":         {t.Context(), 1, -1, ErrTime},
		"behind":         {t.Context(), 1, 4*second + 1, ErrTime},
		"cancelled":      {ended, 1, 0, context.Canceled},
		"broken file":    {t.Context(), broken, 0, nil},
		"playlist":       {t.Context(), list, 0, nil},
		"missing file":   {t.Context(), missing, 0, fs.ErrNotExist},
		"path outside":   {t.Context(), outside, 0, nil},
		"frames outside": {t.Context(), escaping, 0, nil},
	} {
		err := s.store.SetThumbnail(c.ctx, c.video, c.at)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if got := s.files(); len(got) > 0 || s.library.Catalogue().Generation() != before {
		t.Errorf("files %q, or a row has changed", got)
	}
}

// Links inside the artwork directory lead nowhere else.
func TestThumbnailStaysInside(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	elsewhere := t.TempDir()
	must(t, os.Symlink(elsewhere, filepath.Join(s.artwork, "AC∕DC")))
	if err := s.store.SetThumbnail(t.Context(), 1, 0); err == nil {
		t.Error("a picture was written through a link")
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
		t.Errorf("outside lie %v, %v", left, err)
	}
}

// A child that hangs is killed; who waits for it can give up.
func TestThumbnailTakesNoForever(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hanging := filepath.Join(dir, "ffmpeg")
	must(t, os.WriteFile(hanging, []byte("#!/bin/sh\ncase \"$*\" in *-encoders*) echo ' A....D libmp3lame '; exit;; esac\n"+
		"[ -e "+dir+"/free ] && exec ffmpeg \"$@\"\nexec tail -f /dev/null\n"), 0o700))
	tool, err := ffmpeg.Find(ffmpeg.Options{Path: hanging})
	must(t, err)
	t.Cleanup(func() { must(t, tool.Close()) })
	s := newStudio(t, func(o *Options) { o.Tool, o.Timeout = tool, 200*time.Millisecond })
	var late *TimeoutError
	if err := s.store.SetThumbnail(t.Context(), 1, 0); !errors.As(err, &late) || !strings.Contains(err.Error(), "200ms") {
		t.Errorf("error %v, want a timeout", err)
	}
	must(t, s.store.take(t.Context())) // another picture is being made
	waiting, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- s.store.SetThumbnail(waiting, 1, 0) }()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up waiting got %v", err)
	}
	s.store.release()
	must(t, os.WriteFile(filepath.Join(dir, "free"), nil, 0o600))
	s.store.o.Timeout = time.Minute
	must(t, s.store.SetThumbnail(t.Context(), 1, 0))
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	good := s.store.o
	for name, change := range map[string]func(*Options){
		"no music":       func(o *Options) { o.Music = nil },
		"many frames":    func(o *Options) { o.Frames = 100 },
		"few frames":     func(o *Options) { o.Frames = -1 },
		"endless":        func(o *Options) { o.Preview = -1 },
		"large scale":    func(o *Options) { o.Scales = []Scale{{150, 5000}} },
		"negative scale": func(o *Options) { o.Scales = []Scale{{0, 83}} },
	} {
		o := good
		change(&o)
		if _, err := Open(s.artwork, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Open(filepath.Join(s.artwork, "missing"), good); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
}
