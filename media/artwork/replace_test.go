package artwork

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var soak = flag.Bool("soak", false, "run the long versions of the tests that have one")

// twoCovers are files of a red cover and a larger blue one.
func twoCovers(t *testing.T) (red, blue string) {
	t.Helper()
	dir := t.TempDir()
	letIn(t, dir)
	make := func(name string, c color.Color, size int) string {
		m := image.NewRGBA(image.Rect(0, 0, size, size))
		draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, asJPEG(t, m), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	return make("red.jpg", color.RGBA{255, 0, 0, 255}, 250), make("blue.jpg", color.RGBA{0, 0, 255, 255}, 260)
}

// colorOf is the colour of a cover, which must be that of all its scales.
func colorOf(t *testing.T, dir string) string {
	t.Helper()
	s := opened(t, dir, Options{Scales: childScales})
	var first string
	for _, scale := range append([]int{0}, childScales...) {
		p, err := s.Path("A - B.jpg", scale)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := s.decode(read(t, s, p))
		if err != nil {
			t.Fatalf("scale %d: %v", scale, err)
		}
		name := "red"
		if r, _, b, _ := picture.pixels.At(9, 9).RGBA(); b > r {
			name = "blue"
		}
		if size := picture.pixels.Bounds().Dx(); scale != 0 && size != scale {
			t.Errorf("scale %d has %d pixels", scale, size)
		}
		if first == "" {
			first = name
		}
		if name != first {
			t.Errorf("scale %d is %s, the source %s", scale, name, first)
		}
	}
	return first
}

// TestKilledWhileCoversAreSet: the old cover or the new one, with all its scales,
// and nothing else.
func TestKilledWhileCoversAreSet(t *testing.T) {
	red, blue := twoCovers(t)
	dir := t.TempDir()
	seen, halves := map[string]int{}, 0
	rounds := 12
	if *soak {
		rounds = 200
	}
	for range rounds {
		child, hear, say := spawn(t, dir, nil, []string{childLoop + "=1"}, red, blue)
		for range 1 + rand.IntN(3) {
			hear()
		}
		moment := time.NewTimer(time.Duration(rand.IntN(20_000)) * time.Microsecond)
		<-moment.C
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if said := say(); said != "signal: killed" {
			t.Fatalf("the child said %q", said)
		}
		if strings.Contains(listing(t, dir), ".writing-") {
			halves++
		}
		seen[colorOf(t, dir)]++
		if left := listing(t, dir); strings.Contains(left, ".writing-") {
			t.Errorf("unfinished files are left:\n%s", left)
		}
	}
	t.Logf("seen after %d kills, %d of them within a write: %v", rounds, halves, seen)
}

// TestFailedWritesLeaveTheOldCover: a disk that is full, and directories that must
// not be written, at each of the files of a cover.
func TestFailedWritesLeaveTheOldCover(t *testing.T) {
	red, blue := twoCovers(t)
	data, err := os.ReadFile(red)
	if err != nil {
		t.Fatal(err)
	}
	// The scales of this one are larger than the picture itself.
	plain := filepath.Join(filepath.Dir(red), "plain.jpg")
	small := flat{w: 256, h: 256, components: []byte{255}}.bytes()
	if err := os.WriteFile(plain, small, 0o644); err != nil {
		t.Fatal(err)
	}
	nobody := &syscall.Credential{Uid: 65534, Gid: 65534}
	for name, c := range map[string]struct {
		picture string
		as      *syscall.Credential
		limit   int    // bytes of a file
		protect string // a directory below that of the artwork
		want    error
	}{
		"no room for the source":      {picture: blue, limit: 100, want: syscall.EFBIG},
		"no room for a scale":         {picture: plain, limit: len(small), want: syscall.EFBIG},
		"the source is not allowed":   {picture: blue, as: nobody, protect: ".", want: syscall.EACCES},
		"the largest is not allowed":  {picture: blue, as: nobody, protect: "200x200", want: syscall.EACCES},
		"the smallest is not allowed": {picture: blue, as: nobody, protect: "50x50", want: syscall.EACCES},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, dir, Options{Scales: childScales})
			if _, err := s.SetCover(t.Context(), "A", "B", data); err != nil {
				t.Fatal(err)
			}
			var env []string
			if c.limit != 0 {
				env = append(env, fmt.Sprintf("%s=%d", childLimit, c.limit))
			}
			if c.as != nil {
				letNobody(t, dir, c.protect)
			}
			before := listing(t, dir)
			_, _, say := spawn(t, dir, c.as, env, c.picture)
			if said := say(); !strings.Contains(said, c.want.Error()) || !strings.Contains(said, "exit status 1") {
				t.Errorf("the child said %q, want %q", said, c.want)
			}
			if after := listing(t, dir); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			if got := colorOf(t, dir); got != "red" {
				t.Errorf("the cover is %s", got)
			}
		})
	}
}

// letNobody gives a directory to another user but for what is protected.
func letNobody(t *testing.T, dir, protect string) {
	t.Helper()
	for _, d := range []string{".", "50x50", "100x100", "200x200"} {
		mode := os.FileMode(0o777)
		if d == protect {
			mode = 0o555
		}
		if err := os.Chmod(filepath.Join(dir, d), mode); err != nil {
			t.Fatal(err)
		}
	}
	letIn(t, dir)
}

// letIn lets every user come to a directory of the tests.
func letIn(t *testing.T, dir string) {
	t.Helper()
	for ; dir != filepath.Clean(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, info.Mode().Perm()|0o111); err != nil {
			t.Fatal(err)
		}
	}
}

// TestScaleCutOffByAPowerFailure: scales are not forced to the disk.
func TestScaleCutOffByAPowerFailure(t *testing.T) {
	red, _ := twoCovers(t)
	data, err := os.ReadFile(red)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := opened(t, dir, Options{Scales: childScales})
	name, err := s.SetCover(t.Context(), "A", "B", data)
	if err != nil {
		t.Fatal(err)
	}
	whole := read(t, s, "100x100/"+name)
	for what, left := range map[string][]byte{
		"empty": nil, "half": whole[:len(whole)/2], "zeros": append(bytes.Clone(whole[:len(whole)/2]), make([]byte, len(whole)/2)...),
	} {
		if err := os.WriteFile(filepath.Join(dir, "100x100", name), left, 0o664); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, "100x100/"+name); !bytes.Equal(got, whole) {
			t.Errorf("%s: %d bytes are served, want %d", what, len(got), len(whole))
		}
	}
}
