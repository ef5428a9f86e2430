package frames

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// film makes a file with four seconds of colours: red, green, blue and grey, one
// second each, 64×36 pixels that are shown twice as wide.
var film = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "film")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "film.mp4")
	args := []string{"-v", "error"}
	for _, color := range []string{"red", "lime", "blue", "gray"} {
		args = append(args, "-f", "lavfi", "-i", "color="+color+":s=64x36:r=25:d=1")
	}
	args = append(args, "-filter_complex", "[0][1][2][3]concat=n=4,setsar=2/1", "-pix_fmt", "yuv420p", "-y", name)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(name)
})

// A studio is a store with everything it stands on. Its video 1 is the film.
type studio struct {
	t       testing.TB
	music   string
	artwork string
	library *library.Library
	tool    *ffmpeg.Tool
	store   *Store
}

func newStudio(t testing.TB, change ...func(*Options)) *studio {
	t.Helper()
	s := &studio{t: t, music: t.TempDir(), artwork: t.TempDir()}
	var err error
	s.library, err = library.Open(t.Context(), library.Options{Dir: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { must(t, s.library.Close()) })
	must(t, s.library.Edit(t.Context(), func(e *library.Edit) error {
		_, err := e.AddArtist("AC/DC", "AC∕DC")
		return err
	}))
	data, err := film()
	must(t, err)
	s.add("Film", data)
	music, err := files.OpenMusic(s.music)
	must(t, err)
	t.Cleanup(func() { must(t, music.Close()) })
	s.tool, err = ffmpeg.Find(ffmpeg.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, s.tool.Close()) })
	o := Options{Music: music, Tool: s.tool, Library: s.library}
	for _, f := range change {
		f(&o)
	}
	s.store, err = Open(s.artwork, o)
	must(t, err)
	t.Cleanup(func() { must(t, s.store.Close()) })
	return s
}

// add enters a video of four seconds and its file.
func (s *studio) add(name string, data []byte) (id int64) {
	s.t.Helper()
	path := fmt.Sprintf("AC∕DC/2001 - %s.mp4", name)
	must(s.t, os.MkdirAll(filepath.Join(s.music, "AC∕DC"), 0o755))
	must(s.t, os.WriteFile(filepath.Join(s.music, path), data, 0o644))
	must(s.t, s.library.Edit(context.Background(), func(e *library.Edit) error {
		v, err := e.AddVideo(library.NewVideo{ArtistID: 1, Name: name, Path: path, Playtime: 4})
		id = v.ID
		return err
	}))
	return id
}

func (s *studio) row(id int64) library.Video {
	s.t.Helper()
	v, ok := s.library.Catalogue().Video(id)
	if !ok {
		s.t.Fatalf("there is no video %d", id)
	}
	return v
}

func (s *studio) change(id int64, change func(*library.Video)) {
	s.t.Helper()
	must(s.t, s.library.Edit(context.Background(), func(e *library.Edit) error {
		v, _ := e.Catalogue().Video(id)
		change(&v)
		return e.PutVideo(v)
	}))
}

// files lists what is in the artwork directory.
func (s *studio) files() (names []string) {
	s.t.Helper()
	must(s.t, fs.WalkDir(os.DirFS(s.artwork), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	slices.Sort(names)
	return names
}

func (s *studio) read(name string) []byte {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.artwork, name))
	must(s.t, err)
	return data
}

func (s *studio) picture(name string) image.Image {
	s.t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(s.read(name)))
	must(s.t, err)
	return m
}

// color names the colour in the middle of a picture.
func color(m image.Image) string {
	b := m.Bounds()
	r, g, blue, _ := m.At(b.Min.X+b.Dx()/2, b.Min.Y+b.Dy()/2).RGBA()
	high := func(v uint32) bool { return v>>8 > 160 }
	switch {
	case high(r) && !high(g) && !high(blue):
		return "red"
	case high(g) && !high(r) && !high(blue):
		return "green"
	case high(blue) && !high(r) && !high(g):
		return "blue"
	case !high(r) && !high(g) && !high(blue):
		return "grey"
	}
	return fmt.Sprint(r>>8, g>>8, blue>>8)
}

const second = time.Second
