package files

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// asNobody, when set, makes this test binary list the music directory it names
// instead of running tests: the tests may run as root, and root may read
// everything.
const asNobody = "MUSICDB_TEST_SCAN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asNobody); dir != "" {
		os.Exit(scanAsNobody(dir))
	}
	dir, err := os.MkdirTemp("", "musicdb-files-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code, and for no other test's
	err = os.Chmod(dir, 0o755)
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// musicIn opens a music directory for a test.
func musicIn(t testing.TB, dir string) *Music {
	t.Helper()
	m, err := OpenMusic(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// write creates a file with its directories.
func write(t testing.TB, dir, rel string, content []byte) {
	t.Helper()
	file := filepath.Join(dir, rel)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// ffmpeg runs ffmpeg; several outputs in one call save most of the time.
func ffmpeg(t testing.TB, args ...string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}

// sample reads a file of the recorded library.
func sample(t testing.TB, rel string) []byte {
	t.Helper()
	data, err := fs.ReadFile(os.DirFS("testdata/music"), rel)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Files of the recorded library, one per format.
const (
	sampleMP3  = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/04 Velvet Slow.mp3"
	sampleFLAC = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/02 Winter Meadow.flac"
	sampleM4A  = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static/06 Quiet Last.m4a"
)

func ptr[T any](v T) *T { return &v }
