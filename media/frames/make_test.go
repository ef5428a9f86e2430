package frames

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/library"
)

func TestMake(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	must(t, s.store.Make(t.Context(), 1))
	var want []string
	for i := 1; i <= 5; i++ {
		want = append(want, fmt.Sprintf(filmDir+"/frame-%02d (150×83).jpg", i), fmt.Sprintf(filmDir+"/frame-%02d.jpg", i))
	}
	want = append(want, filmDir+"/preview (150×83).webp", filmDir+"/preview.webp")
	if got := s.files(); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	// Frames of four seconds are taken at 0.33, 1, 1.67, 2.33 and 3 s.
	for i, want := range []string{"red", "green", "green", "blue", "grey"} {
		name := fmt.Sprintf(filmDir+"/frame-%02d", i+1)
		if got, small := color(s.picture(name+".jpg")), color(s.picture(name+" (150×83).jpg")); got != want || small != want {
			t.Errorf("frame %d is %s and %s, want %s", i+1, got, small, want)
		}
	}
	if v := s.row(1); v.FramesDirectory != filmDir || v.ThumbnailFile != "frame-01.jpg" || v.PreviewFile != "preview.webp" {
		t.Errorf("row %+v", v)
	}
	for _, name := range []string{"/preview.webp", "/preview (150×83).webp"} {
		animation := parseWebP(t, s.read(filmDir+name))
		// Two equal frames become one that is shown longer.
		if animation.loops != 0 || animation.pictures != 4 || animation.length != 3*time.Second || animation.width != 128 || animation.height != 36 {
			t.Errorf("%s: %+v", name, animation)
		}
	}
}

type animation struct {
	width, height, pictures, loops int
	length                         time.Duration
}

// parseWebP reads the frame of a WebP file (WebP container specification).
func parseWebP(t testing.TB, data []byte) (a animation) {
	t.Helper()
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" || int(binary.LittleEndian.Uint32(data[4:]))+8 != len(data) {
		t.Fatalf("no WebP file: %.20q", data)
	}
	number := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	for data = data[12:]; len(data) >= 8; {
		size := int(binary.LittleEndian.Uint32(data[4:]))
		body := data[8 : 8+size]
		switch string(data[:4]) {
		case "VP8X":
			a.width, a.height = number(body[4:])+1, number(body[7:])+1
		case "ANIM":
			a.loops = int(binary.LittleEndian.Uint16(body[4:]))
		case "ANMF":
			a.pictures++
			a.length += time.Duration(number(body[12:])) * time.Millisecond
		}
		data = data[8+size+size%2:]
	}
	return a
}

// What exists is kept, what is missing is made, and the user's thumbnail stays.
func TestMakeKeepsWhatExists(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	must(t, s.store.SetThumbnail(t.Context(), 1, 0))
	must(t, s.store.Make(t.Context(), 1))
	names := s.files()
	for _, missing := range []string{"/frame-02 (150×83).jpg", "/frame-03.jpg", "/preview (150×83).webp"} {
		must(t, os.Remove(filepath.Join(s.artwork, filmDir+missing)))
	}
	// The frame that its scaled copy is made from again is another one by now.
	must(t, os.WriteFile(filepath.Join(s.artwork, filmDir, "frame-02.jpg"), s.read(filmDir+"/frame-05.jpg"), 0o644))
	before := map[string]time.Time{}
	past := time.Unix(1_500_000_000, 0)
	for _, name := range s.files() {
		must(t, os.Chtimes(filepath.Join(s.artwork, name), past, past))
		before[name] = past
	}
	must(t, s.store.Make(t.Context(), 1))
	if got := s.files(); !slices.Equal(got, names) {
		t.Errorf("files %q, want %q", got, names)
	}
	for name := range before {
		info, err := os.Stat(filepath.Join(s.artwork, name))
		must(t, err)
		if !info.ModTime().Equal(past) {
			t.Errorf("%s was written again", name)
		}
	}
	if got := color(s.picture(filmDir + "/frame-02 (150×83).jpg")); got != "grey" {
		t.Errorf("the scaled copy is %s", got)
	}
	if v := s.row(1); v.ThumbnailFile != "thumbnail.jpg" {
		t.Errorf("the thumbnail is %s", v.ThumbnailFile)
	}
}

// Two videos of one artist with the same name have directories of their own.
func TestSameName(t *testing.T) {
	t.Parallel()
	s := newStudio(t, func(o *Options) { o.Frames = 1 })
	data, err := film()
	must(t, err)
	other := s.add("Other", data)
	s.change(other, func(v *library.Video) { v.Name = "Film" })
	must(t, s.store.Make(t.Context(), 1))
	must(t, s.store.Make(t.Context(), other))
	must(t, s.store.SetThumbnail(t.Context(), other, 0))
	if one, two := s.row(1), s.row(other); one.FramesDirectory != filmDir || two.FramesDirectory != filmDir+" #2" || two.ThumbnailFile != "thumbnail.jpg" {
		t.Errorf("directories %q and %q", one.FramesDirectory, two.FramesDirectory)
	}
	if v := s.row(1); v.PreviewFile != "" || v.ThumbnailFile != "frame-01.jpg" {
		t.Errorf("of one frame there is no animation: %+v", v)
	}
}

// Where ffmpeg knows no WebP there are frames without preview.
func TestMakeWithoutWebP(t *testing.T) {
	t.Parallel()
	poor := filepath.Join(t.TempDir(), "ffmpeg")
	must(t, os.WriteFile(poor, []byte("#!/bin/sh\ncase \"$*\" in *libwebp*) echo unknown encoder >&2; exit 1;; esac\nexec ffmpeg \"$@\"\n"), 0o700))
	tool, err := ffmpeg.Find(ffmpeg.Options{Path: poor})
	must(t, err)
	t.Cleanup(func() { must(t, tool.Close()) })
	s := newStudio(t, func(o *Options) { o.Tool = tool })
	if err := s.store.Make(t.Context(), 1); !errors.Is(err, ErrNoPreview) {
		t.Errorf("error %v", err)
	}
	if v := s.row(1); v.ThumbnailFile != "frame-01.jpg" || v.PreviewFile != "" || len(s.files()) != 10 {
		t.Errorf("row %+v, files %q", v, s.files())
	}
}

// A video that is removed meanwhile gets no row back.
func TestMakeOfARemovedVideo(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	must(t, s.library.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveVideo(1) }))
	if err := s.store.enter(t.Context(), 1, func(*library.Video) {}); !errors.Is(err, ErrUnknownVideo) {
		t.Errorf("error %v", err)
	}
	if err := s.store.Make(t.Context(), 1); !errors.Is(err, ErrUnknownVideo) {
		t.Errorf("error %v", err)
	}
}

func TestBoundedOutput(t *testing.T) {
	t.Parallel()
	b := &bounded{limit: 10}
	for range 2 {
		if _, err := b.Write([]byte("12345")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Write([]byte("6")); err == nil || b.Len() != 10 {
		t.Errorf("error %v, %d bytes", err, b.Len())
	}
	if _, err := decode(bytes.Repeat([]byte("x"), 100)); err == nil {
		t.Error("bytes that are no picture were decoded")
	}
}
