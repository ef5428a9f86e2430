package watch

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// room is a music directory, a library and a watch of both.
type room struct {
	t     testing.TB
	music string
	data  string
	lib   *library.Library
	w     *Watch
	start func() // runs the watch until its first look has ended
	stop  func()

	offered  chan New
	withdrew chan string
	looked   chan State
	told     chan Status
}

// encoded holds songs of different sounds.
var encoded = sync.OnceValues(func() ([][]byte, error) {
	dir, err := os.MkdirTemp("", "songs-")
	if err != nil {
		return nil, err
	}
	var songs [][]byte
	for i := range 12 {
		name := filepath.Join(dir, fmt.Sprintf("%d.mp3", i))
		out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", fmt.Sprintf("anoisesrc=d=%d:seed=%d", i%3+1, i),
			"-c:a", "libmp3lame", "-b:a", "32k", "-metadata", "title=T", name).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		songs = append(songs, data)
	}
	return songs, nil
})

func song(t testing.TB, i int) []byte {
	t.Helper()
	songs, err := encoded()
	if err != nil {
		t.Fatal(err)
	}
	return songs[i]
}

// newRoom makes a collection of two artists with two albums of three songs each, all in
// the library.
func newRoom(t testing.TB) *room {
	t.Helper()
	dir := t.TempDir()
	r := &room{t: t, music: filepath.Join(dir, "music"), data: filepath.Join(dir, "data")}
	if err := os.Mkdir(r.music, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, artist := range []string{"Anna", "Berta"} {
		for _, album := range []string{"2001 - One", "2002 - Two"} {
			for i := range 3 {
				r.write(fmt.Sprintf("%s/%s/%02d Song %d.mp3", artist, album, i+1, n), song(t, n))
				n++
			}
		}
	}
	r.open()
	r.enter()
	return r
}

// open opens the library and makes a watch. stop ends both.
func (r *room) open() {
	r.t.Helper()
	music, err := files.OpenMusic(r.music)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.lib, err = library.Open(r.t.Context(), library.Options{Dir: r.data}); err != nil {
		r.t.Fatal(err)
	}
	keeper, err := maintenance.Open(r.t.Context(), maintenance.Options{Library: r.lib, Music: music, Dir: r.data})
	if err != nil {
		r.t.Fatal(err)
	}
	r.offered, r.withdrew = make(chan New, 100), make(chan string, 100)
	r.looked, r.told = make(chan State, 1000), make(chan Status, 100)
	r.w = Open(Options{
		Library: r.lib, Music: music, Keeper: keeper, Sweep: time.Hour, Calm: 50 * time.Millisecond,
		Offer:    func(_ context.Context, n New) error { r.offered <- n; return nil },
		Withdraw: func(_ context.Context, path string) error { r.withdrew <- path; return nil },
		Tell:     func(s Status) { r.told <- s },
	})
	r.w.concluded = func() { r.looked <- r.w.machine.State() }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	run := func() { ended <- r.w.Run(ctx) }
	running := false
	r.stop = sync.OnceFunc(func() {
		cancel()
		if running {
			if err := <-ended; err != nil {
				r.t.Error(err)
			}
		}
		if err := keeper.Close(); err != nil {
			r.t.Error(err)
		}
		if err := r.lib.Close(); err != nil {
			r.t.Error(err)
		}
		if err := music.Close(); err != nil {
			r.t.Error(err)
		}
	})
	r.t.Cleanup(r.stop)
	r.start = func() {
		running = true
		go run()
		r.await("the first look", func() bool { return true })
	}
}

// enter fills the library from the music directory.
func (r *room) enter() {
	r.t.Helper()
	music, err := files.OpenMusic(r.music)
	if err != nil {
		r.t.Fatal(err)
	}
	defer music.Close()
	for album, err := range music.Scan(r.t.Context(), files.ScanOptions{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		row := library.NewAlbum{ArtistName: album.Artist, ArtistPath: album.Artist, Name: album.Album, Path: album.Path, Release: int64(album.Release)}
		for _, s := range album.Songs {
			row.Songs = append(row.Songs, library.NewSong{Name: s.Name, Path: s.Path, Number: int64(s.Number), CD: int64(s.CD),
				Playtime: int64(s.Tags.Playtime), Bitrate: int64(s.Tags.Bitrate), Checksum: s.Checksum, Lyrics: "la " + s.Name})
		}
		if _, err := r.lib.AddAlbum(r.t.Context(), row); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *room) write(rel string, data []byte) {
	r.t.Helper()
	name := filepath.Join(r.music, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) rename(from, to string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(r.music, to)), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(r.music, from), filepath.Join(r.music, to)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) remove(rel string) {
	r.t.Helper()
	if err := os.RemoveAll(filepath.Join(r.music, rel)); err != nil {
		r.t.Fatal(err)
	}
}

// await waits for a look after which the condition holds.
func (r *room) await(what string, is func() bool) {
	r.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case <-r.looked:
			if is() {
				return
			}
		case <-limit:
			r.t.Fatalf("%s has not come: %+v; paths %q", what, r.w.Status(), r.paths())
		}
	}
}

// paths are those of all songs, by id.
func (r *room) paths() (paths []string) {
	for s := range r.lib.Catalogue().Songs() {
		paths = append(paths, s.Path)
	}
	return paths
}

// awaitPaths waits until the songs have these paths, in the order of their ids.
func (r *room) awaitPaths(want []string) {
	r.t.Helper()
	r.await(strings.Join(want, ", "), func() bool { return slices.Equal(r.paths(), want) })
}
