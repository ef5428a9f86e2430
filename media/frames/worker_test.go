package frames

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// A disk that refuses pictures blames no video: they are made later, without a change
// of file or library. What lasts is told once.
func TestPicturesAreMadeWhenTheDiskIsWell(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newStudio(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	w, now := s.store.worker, time.Unix(1_700_000_000, 0)
	w.now = func() time.Time { return now }
	occupied := filepath.Join(s.artwork, "AC∕DC")
	must(t, os.WriteFile(occupied, nil, 0o644))
	for round := range uint64(2) {
		if made, failed := s.complete(); made != 0 || failed != round+1 || w.due() {
			t.Fatalf("made are %d, failed %d, want 0 and %d", made, failed, round+1)
		}
		now = now.Add(another)
	}
	must(t, os.Remove(occupied))
	if !w.due() {
		t.Error("nothing is to be tried again")
	}
	if made, failed := s.complete(); made != 1 || failed != 2 || w.due() {
		t.Errorf("then made are %d, failed %d, want 1 and 2", made, failed)
	}
	if told := strings.Count(log.String(), "level=WARN"); told != 1 {
		t.Errorf("told was\n%s", &log)
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

// One pass goes through all videos: who fails first does not keep the others waiting,
// and is not looked at again for each of them.
func TestLooksGoOnBehindTheLast(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	second, third := s.add("Second", []byte("no film")), s.add("Third", []byte("no film"))
	for _, want := range []int64{1, second, third, 1} {
		if v, found := s.store.lacking(s.library.Catalogue()); !found || v.ID != want {
			t.Fatalf("the next one is %d (%v), want %d", v.ID, found, want)
		}
	}
}
