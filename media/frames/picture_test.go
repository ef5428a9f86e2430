package frames

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/artwork"
)

func TestSetPicture(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	must(t, s.store.Make(t.Context(), 1))
	data, err := s.store.Picture(t.Context(), s.row(1).Path)
	must(t, err)
	picture, err := decode(data)
	must(t, err)
	if got := color(picture); got != "red" || picture.Bounds().Dx() != 128 {
		t.Errorf("the frame is %s and %v large", got, picture.Bounds())
	}

	// A picture that is not the video's: the last frame.
	blue, err := artwork.Encode(s.picture(filmDir + "/frame-04.jpg"))
	must(t, err)
	must(t, s.store.SetPicture(t.Context(), 1, blue))
	if v := s.row(1); v.ThumbnailFile != "thumbnail.jpg" || v.FramesDirectory != filmDir {
		t.Errorf("row %+v", v)
	}
	if got := s.read(filmDir + "/thumbnail.jpg"); !bytes.Equal(got, blue) {
		t.Errorf("%d bytes are stored, want %d", len(got), len(blue))
	}
	if got := color(s.picture(filmDir + "/thumbnail (150×83).jpg")); got != "blue" {
		t.Errorf("the scaled copy is %s", got)
	}

	before := s.files()
	if err := s.store.SetPicture(t.Context(), 1, []byte("no picture")); err == nil {
		t.Error("what is no picture was accepted")
	}
	if err := s.store.SetPicture(t.Context(), 7, blue); !errors.Is(err, ErrUnknownVideo) {
		t.Errorf("a video that is not there: %v", err)
	}
	if got := s.read(filmDir + "/thumbnail.jpg"); !bytes.Equal(got, blue) || len(s.files()) != len(before) {
		t.Error("the thumbnail was changed")
	}
}

// A video need not be in the library.
func TestPictureOfANewVideo(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	data, err := film()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(s.music, "AC∕DC", "2002 - New.mp4"), data, 0o644))
	data, err = s.store.Picture(t.Context(), "AC∕DC/2002 - New.mp4")
	must(t, err)
	picture, err := decode(data)
	must(t, err)
	if got := color(picture); got != "blue" {
		t.Errorf("the frame at 2 s is %s", got)
	}
	must(t, os.WriteFile(filepath.Join(s.music, "AC∕DC", "2003 - None.mp4"), []byte("no video"), 0o644))
	if _, err := s.store.Picture(t.Context(), "AC∕DC/2003 - None.mp4"); err == nil {
		t.Error("a frame of what is no video")
	}
	if _, err := s.store.Picture(t.Context(), "AC∕DC/2004 - Gone.mp4"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a frame of what is not there: %v", err)
	}
	if got := s.files(); len(got) != 0 {
		t.Errorf("written: %q", got)
	}
}
