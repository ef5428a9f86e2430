package intake_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans/intake"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "musicdb-intake-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// house is a music directory with a library and a planner.
type house struct {
	*testing.T
	music   string
	library *library.Library
	files   *files.Music
	planner *intake.Planner
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{T: t, music: filepath.Join(dir, "music")}
	must(t, os.Mkdir(h.music, 0o755))
	var err error
	h.library, err = library.Open(t.Context(), library.Options{Dir: filepath.Join(dir)})
	must(t, err)
	h.files, err = files.OpenMusic(h.music)
	must(t, err)
	store, err := artwork.Open(filepath.Join(dir, "artwork"), artwork.Options{Scales: []int{50}})
	must(t, err)
	t.Cleanup(func() {
		must(t, h.files.Close())
		must(t, store.Close())
		must(t, h.library.Close())
	})
	h.planner = intake.New(intake.Options{Library: h.library, Music: h.files, Artwork: store})
	return h
}

// sound writes a file of sound with tags, and with a picture if there is one. seed
// makes recordings differ.
func (h *house) sound(rel string, seed int, tags map[string]string) {
	h.Helper()
	h.ffmpeg(rel, append([]string{"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=%d:duration=1", 300+10*seed)}, metadata(tags)...))
}

func metadata(tags map[string]string) (args []string) {
	for key, value := range tags {
		args = append(args, "-metadata", key+"="+value)
	}
	return args
}

func (h *house) ffmpeg(rel string, args []string) {
	h.Helper()
	name := filepath.Join(h.music, rel)
	must(h, os.MkdirAll(filepath.Dir(name), 0o755))
	out, err := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-nostdin", "-y"}, args...), name)...).CombinedOutput()
	if err != nil {
		h.Fatalf("ffmpeg: %v\n%s", err, out)
	}
}

// know notes that the files at these paths have been heard.
func (h *house) know(content string, paths ...string) {
	h.Helper()
	var known []library.KnownFile
	for _, rel := range paths {
		info, err := h.files.Stat(rel)
		must(h, err)
		known = append(known, library.KnownFile{Path: rel, Size: info.Size(), Modified: info.ModTime(), Content: content})
	}
	must(h, h.library.SaveKnownFiles(h.Context(), known, nil))
}

func (h *house) write(rel string, content []byte) {
	h.Helper()
	name := filepath.Join(h.music, rel)
	must(h, os.MkdirAll(filepath.Dir(name), 0o755))
	must(h, os.WriteFile(name, content, 0o644))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
