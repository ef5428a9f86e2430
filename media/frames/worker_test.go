package frames

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"musicdb/fsm/fsmtest"
)

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, definition) }

// complete runs the worker until nothing is lacking: each look is one step.
func (s *studio) complete() (made, failed uint64) {
	s.t.Helper()
	for {
		if _, found := s.store.lacking(s.library.Catalogue()); !found {
			break
		}
		s.store.step(s.t.Context())
	}
	for i, e := range definition.Describe().Edges {
		switch n := s.store.worker.observer.Figures().Edges[i]; e.On {
		case int(Made):
			made += n
		case int(Failed):
			failed += n
		}
	}
	return made, failed
}

// Every video without pictures gets them, those that a client has not asked for,
// too; what exists is left alone.
func TestMissingPicturesAreMade(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	data, err := film()
	must(t, err)
	other, broken := s.add("Other", data), s.add("Broken", []byte("no film"))
	if made, failed := s.complete(); made != 2 || failed != 1 {
		t.Errorf("made are %d, failed %d, want 2 and 1", made, failed)
	}
	for _, id := range []int64{1, other} {
		v := s.row(id)
		if v.ThumbnailFile != "frame-01.jpg" || v.PreviewFile != "preview.webp" || !s.store.exists(v.FramesDirectory+"/frame-05 (150×83).jpg") {
			t.Errorf("row %+v, files %q", v, s.files())
		}
	}
	// A frame that gets lost is made again, a file that is replaced is tried again.
	must(t, os.Remove(filepath.Join(s.artwork, s.row(other).FramesDirectory, "frame-01.jpg")))
	must(t, os.WriteFile(filepath.Join(s.music, s.row(broken).Path), data, 0o644))
	if made, failed := s.complete(); made != 4 || failed != 1 {
		t.Errorf("then made are %d, failed %d, want 4 and 1", made, failed)
	}
	if v := s.row(broken); v.FramesDirectory == "" {
		t.Errorf("row %+v", v)
	}
}

// The worker works until its context ends, and only if it is wanted.
func TestWorkerEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newStudio(t, func(o *Options) {
		o.Complete, o.Log = true, slog.New(slog.NewTextHandler(atMade(cancel), nil))
	})
	must(t, s.store.Run(ctx))
	if v := s.row(1); v.FramesDirectory == "" {
		t.Errorf("row %+v", v)
	}
	if err := s.store.Run(t.Context()); !errors.Is(err, ErrRunning) {
		t.Errorf("second run: %v", err)
	}
	idle := newStudio(t)
	must(t, idle.store.Run(t.Context()))
	if v := idle.row(1); v.FramesDirectory != "" {
		t.Errorf("pictures were made although nobody wants them: %+v", v)
	}
}

// atMade is a log that does something when pictures were made.
type atMade func()

func (a atMade) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("pictures of a video were made")) {
		a()
	}
	return len(line), nil
}
