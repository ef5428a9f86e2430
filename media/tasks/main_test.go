package tasks_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/tasks"
)

// scanHere, when set, makes this test binary scan the directory <value>/music
// into <value>/data and wait for ever after the second album, to be killed.
const scanHere = "MUSICDB_TEST_FIRSTSCAN"

// soak runs the long versions of the tests that have one.
var soak = flag.Bool("soak", false, "run the long versions of the tests that have one")

func TestMain(m *testing.M) {
	if dir := os.Getenv(scanHere); dir != "" {
		if err := scanUntilKilled(dir); err != nil {
			fmt.Println(err)
		}
		os.Exit(1)
	}
	for name, child := range map[string]func(string) error{workHere: workUntilKilled, uploadHere: uploadUntilKilled, fillHere: fillDisk, importHere: importUntilKilled} {
		if value := os.Getenv(name); value != "" {
			if err := child(value); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	dir, err := os.MkdirTemp("", "musicdb-tasks-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("TMPDIR", dir) // for TagLib's compiled code, and for no other test's
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func scanUntilKilled(dir string) error {
	ctx := context.Background()
	lib, err := library.Open(ctx, library.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		return err
	}
	music, err := files.OpenMusic(filepath.Join(dir, "music"))
	if err != nil {
		return err
	}
	albums := 0
	_, err = tasks.FirstScan(ctx, tasks.FirstScanOptions{
		Library: lib, Music: music,
		Progress: func(tasks.Progress) {
			if albums++; albums == 2 {
				fmt.Println("two albums are in")
				<-make(chan struct{})
			}
		},
	})
	return errors.Join(err, errors.New("the scan ended before it was killed"))
}

// house is a music directory and an empty library for one test.
type house struct {
	dir   string
	lib   *library.Library
	music *files.Music
}

// newHouse copies the recorded albums and gives their directories the recorded
// times.
func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{dir: t.TempDir()}
	if err := os.CopyFS(filepath.Join(h.dir, "music"), os.DirFS("../files/testdata/music")); err != nil {
		t.Fatal(err)
	}
	for _, album := range readReference(t).Albums {
		added := time.Unix(album.Added, 0)
		if err := os.Chtimes(filepath.Join(h.dir, "music", album.Path), added, added); err != nil {
			t.Fatal(err)
		}
	}
	h.openMusic(t)
	h.openLibrary(t)
	return h
}

func (h *house) openMusic(t testing.TB) {
	t.Helper()
	var err error
	if h.music, err = files.OpenMusic(filepath.Join(h.dir, "music")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.music.Close() })
}

func (h *house) openLibrary(t testing.TB) {
	t.Helper()
	var err error
	if h.lib, err = library.Open(t.Context(), library.Options{Dir: filepath.Join(h.dir, "data")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.lib.Close() })
}

// scan runs FirstScan with the parts of the house.
func (h *house) scan(ctx context.Context, change func(*tasks.FirstScanOptions)) (tasks.Report, error) {
	o := tasks.FirstScanOptions{Library: h.lib, Music: h.music}
	if change != nil {
		change(&o)
	}
	return tasks.FirstScan(ctx, o)
}

// reference is what the reference server's import stored for the same files.
type reference struct {
	Artists []library.Artist
	Albums  []library.Album
	Songs   []library.Song
}

func readReference(t testing.TB) (r reference) {
	t.Helper()
	data, err := os.ReadFile("../files/testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil || len(r.Artists) != 3 || len(r.Albums) != 3 || len(r.Songs) != 14 {
		t.Fatalf("%d artists, %d albums, %d songs, %v", len(r.Artists), len(r.Albums), len(r.Songs), err)
	}
	return r
}
