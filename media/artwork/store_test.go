package artwork

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func opened(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func read(t testing.TB, s *Store, p string) []byte {
	t.Helper()
	f, err := s.File(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func size(t testing.TB, data []byte) image.Point {
	t.Helper()
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return image.Pt(c.Width, c.Height)
}

func TestOpenCreatesThePlaceholder(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "artwork")
	s := opened(t, dir, Options{})
	if got := size(t, read(t, s, DefaultName)); got != image.Pt(500, 500) {
		t.Errorf("default.jpg has %v pixels", got)
	}
	for _, c := range []struct {
		path string
		mode fs.FileMode
	}{
		{DefaultName, 0o644}, {"150x150", 0o775}, {"150x150/default.jpg", 0o644}, {"1000x1000/default.jpg", 0o644},
	} {
		info, err := os.Stat(filepath.Join(dir, c.path))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != c.mode {
			t.Errorf("%s has mode %v, want %v", c.path, info.Mode().Perm(), c.mode)
		}
	}
}

func TestExistingPlaceholderIsKept(t *testing.T) {
	dir := t.TempDir()
	mine := asJPEG(t, testPicture(300, 200))
	if err := os.WriteFile(filepath.Join(dir, DefaultName), mine, 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, dir, Options{})
	if !bytes.Equal(read(t, s, DefaultName), mine) {
		t.Error("default.jpg was changed")
	}
	if got := size(t, read(t, s, "150x150/default.jpg")); got != image.Pt(150, 100) {
		t.Errorf("the scaled placeholder has %v pixels", got)
	}
	if err := s.SetNamed(context.Background(), DefaultName, mine); !errors.Is(err, ErrBadName) {
		t.Errorf("default.jpg could be set: %v", err)
	}
}

func TestSetCoverMakesAllScales(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	name, err := s.SetCover(context.Background(), "AC/DC", "Live", asPNG(t, testPicture(800, 400)))
	if err != nil {
		t.Fatal(err)
	}
	if name != "AC∕DC - Live.jpg" {
		t.Errorf("name %q", name)
	}
	for path, want := range map[string]image.Point{
		name: {800, 400}, "1000x1000/" + name: {800, 400}, "500x500/" + name: {500, 250},
		"200x200/" + name: {200, 100}, "150x150/" + name: {150, 75},
	} {
		data := read(t, s, path)
		if got := size(t, data); got != want {
			t.Errorf("%s has %v pixels, want %v", path, got, want)
		}
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if !isRed(m.At(want.X/8, want.Y/8)) || isRed(m.At(want.X*7/8, want.Y/8)) {
			t.Errorf("%s shows something else", path)
		}
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != 0o664 {
			t.Errorf("%s has mode %v, error %v", path, info.Mode(), err)
		}
	}
}

// The sizes of scales are those of the picture, and not of the scale before, whose
// rounding would add up.
func TestScalesKeepTheProportions(t *testing.T) {
	s := opened(t, t.TempDir(), Options{Scales: []int{150, 200, 500, 700}})
	name, err := s.SetCover(context.Background(), "A", "B", asPNG(t, testPicture(731, 577)))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]image.Point{"700x700/": {700, 553}, "500x500/": {500, 395}, "200x200/": {200, 158}, "150x150/": {150, 118}} {
		if got := size(t, read(t, s, path+name)); got != want {
			t.Errorf("%s has %v pixels, want %v", path, got, want)
		}
	}
}

func TestGoodJPEGIsStoredAsItIs(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	picture := asJPEG(t, testPicture(64, 64))
	name, err := s.SetCover(context.Background(), "A", "B", picture)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, s, name), picture) {
		t.Error("the stored cover differs from what was handed in")
	}
	if !bytes.Equal(read(t, s, "1000x1000/"+name), picture) {
		t.Error("a scale that the picture fits into was encoded again")
	}
}

func TestRefusedCoverChangesNothing(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{MaxPixels: 10_000})
	picture := asJPEG(t, testPicture(60, 60))
	name, err := s.SetCover(context.Background(), "A", "B", picture)
	if err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	for _, bad := range [][]byte{bomb(4000, 4000), picture[:len(picture)/2], []byte("GIF89a"), nil} {
		_, err := s.SetCover(context.Background(), "A", "B", bad)
		if err == nil || !strings.Contains(err.Error(), `"B" by "A"`) {
			t.Errorf("error %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.SetCover(ctx, "A", "B", asPNG(t, testPicture(9, 9))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if !bytes.Equal(read(t, s, name), picture) {
		t.Error("the old cover is gone")
	}
}

// listing shows names, sizes and times of all files.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintln(&out, p, info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMissingAndOldScalesAreMadeAgain(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	name, err := s.SetCover(context.Background(), "A", "B", asPNG(t, testPicture(300, 300)))
	if err != nil {
		t.Fatal(err)
	}
	scaled := "150x150/" + name
	if err := os.Remove(filepath.Join(dir, scaled)); err != nil {
		t.Fatal(err)
	}
	if got := size(t, read(t, s, scaled)); got != image.Pt(150, 150) {
		t.Errorf("a missing scale came back with %v pixels", got)
	}

	// As after a crash between the new source and its scales.
	if err := os.WriteFile(filepath.Join(dir, name), asJPEG(t, testPicture(300, 100)), 0o664); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, scaled), past, past); err != nil {
		t.Fatal(err)
	}
	if got := size(t, read(t, s, scaled)); got != image.Pt(150, 50) {
		t.Errorf("an old scale was served with %v pixels", got)
	}

	// An old scale is better than none when its source can not be read.
	if err := os.WriteFile(filepath.Join(dir, name), []byte("broken"), 0o664); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, scaled), past, past); err != nil {
		t.Fatal(err)
	}
	if got := size(t, read(t, s, scaled)); got != image.Pt(150, 50) {
		t.Errorf("the old scale has %v pixels", got)
	}
}

func TestFileIsConfined(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s := opened(t, dir, Options{})
	secret := filepath.Join(outside, "secret.jpg")
	if err := os.WriteFile(secret, asJPEG(t, testPicture(9, 9)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"link.jpg", "150x150/inner.jpg"} {
		if err := os.Symlink(secret, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".writing-X"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{
		"", ".", "..", "../secret.jpg", "/etc/passwd", "150x150/../default.jpg", "150x150//default.jpg",
		"150x150/..", "150x150", "default.jpg/", "a\x00b", "link.jpg", "150x150/link.jpg", "150x150/inner.jpg",
		"pipe.jpg", "150x150/pipe.jpg", ".writing-X", "150x150/none.jpg", "none.jpg", "300x300/default.jpg",
	} {
		f, err := s.File(context.Background(), p)
		if err == nil {
			f.Close()
			t.Errorf("File(%q) was opened", p)
		}
	}
	if _, err := s.File(context.Background(), "150x150/none.jpg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing cover: %v", err)
	}
	if _, err := s.File(context.Background(), "../secret.jpg"); !errors.Is(err, ErrBadName) {
		t.Errorf("an impossible path: %v", err)
	}
}

func TestFramesOfVideosAreServed(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	if err := os.MkdirAll(filepath.Join(dir, "Artist", "Video"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Artist/Video/frame-01.jpg"), []byte("frame"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, "Artist/Video/frame-01.jpg"); string(got) != "frame" {
		t.Errorf("%q", got)
	}
}

func TestConcurrentCovers(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{Scales: []int{20, 40}})
	wide, high := asPNG(t, testPicture(80, 40)), asPNG(t, testPicture(40, 80))
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			picture := wide
			if i%2 == 1 {
				picture = high
			}
			name, err := s.SetCover(context.Background(), "A", "B", picture)
			if err != nil {
				t.Error(err)
				return
			}
			f, err := s.File(context.Background(), "20x20/"+name)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if _, err := jpeg.Decode(f); err != nil {
				t.Errorf("a reader saw half a file: %v", err)
			}
		})
	}
	wait.Wait()
	source, scaled := size(t, read(t, s, "A - B.jpg")), size(t, read(t, s, "40x40/A - B.jpg"))
	if (source.X > source.Y) != (scaled.X > scaled.Y) {
		t.Errorf("source %v and scale %v are of different pictures", source, scaled)
	}
	if strings.Contains(listing(t, dir), ".writing-") {
		t.Error("unfinished files are left")
	}
}

func TestOpenRefusesBadScales(t *testing.T) {
	for _, n := range []int{0, -5, maxScale + 1} {
		if _, err := Open(t.TempDir(), Options{Scales: []int{150, n}}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(n)) {
			t.Errorf("scale %d: error %v", n, err)
		}
	}
}

func TestScaling(t *testing.T) {
	for _, c := range []struct{ w, h, n, wantW, wantH int }{
		{600, 600, 150, 150, 150}, {100, 50, 150, 100, 50}, {3000, 9, 150, 150, 1},
		{3, 4000, 500, 1, 500}, {501, 500, 500, 500, 499}, {620, 619, 200, 200, 200},
	} {
		m := fit(testPicture(c.w, c.h), c.n)
		if got := m.Bounds().Size(); got != image.Pt(c.wantW, c.wantH) {
			t.Errorf("%d×%d into %d: %v, want %d×%d", c.w, c.h, c.n, got, c.wantW, c.wantH)
		}
	}
}

// TestScalingKeepsTheMean: however far a picture of fine stripes is scaled down,
// it must become grey and not black or white.
func TestScalingKeepsTheMean(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 1000, 300))
	for y := range 300 {
		for x := range 1000 {
			m.SetGray(x, y, color.Gray{uint8(255 * (x & 1))})
		}
	}
	for _, n := range []int{500, 250, 75, 20} {
		small := fit(m, n)
		b := small.Bounds()
		sum := 0
		for y := range b.Dy() {
			for x := range b.Dx() {
				sum += int(color.GrayModel.Convert(small.At(x, y)).(color.Gray).Y)
			}
		}
		if mean := float64(sum) / float64(b.Dx()*b.Dy()); mean < 122 || mean > 133 {
			t.Errorf("scaled to %v the mean is %.1f, want 127.5", b.Size(), mean)
		}
	}
}
