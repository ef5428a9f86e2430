package watch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// The size of a large collection.
const (
	benchArtists = 500
	benchAlbums  = 20
	benchSongs   = 10
)

// bigRoom makes a collection of 100,000 tiny files with rows, all of them known.
func bigRoom(b *testing.B) Options {
	b.Helper()
	dir := b.TempDir()
	top, data := filepath.Join(dir, "music"), filepath.Join(dir, "data")
	lib, err := library.Open(b.Context(), library.Options{Dir: data})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { lib.Close() })
	err = lib.Edit(b.Context(), func(e *library.Edit) error {
		for i := range benchArtists {
			artist := fmt.Sprintf("Artist %03d", i)
			for j := range benchAlbums {
				album := fmt.Sprintf("%s/%d - Album %02d", artist, 1980+j, j)
				if err := os.MkdirAll(filepath.Join(top, album), 0o755); err != nil {
					return err
				}
				row := library.NewAlbum{ArtistName: artist, ArtistPath: artist, Name: "Album", Path: album, Release: int64(1980 + j)}
				for k := range benchSongs {
					rel := fmt.Sprintf("%s/%02d A song of some length.mp3", album, k+1)
					if err := os.WriteFile(filepath.Join(top, rel), []byte{byte(i)}, 0o644); err != nil {
						return err
					}
					row.Songs = append(row.Songs, library.NewSong{Name: "A song of some length", Path: rel, Number: int64(k + 1), CD: 1, Playtime: 200})
				}
				if _, err := e.AddAlbum(row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	music, err := files.OpenMusic(top)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { music.Close() })
	keeper, err := maintenance.Open(b.Context(), maintenance.Options{Library: lib, Music: music, Dir: data})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { keeper.Close() })
	o := Options{Library: lib, Music: music, Keeper: keeper, Offer: func(_ context.Context, n New) error {
		b.Errorf("offered %+v", n)
		return nil
	}}
	w := Open(o)
	w.looks = 1
	w.look(b.Context(), nil)
	return o
}

// started is a watch that has read what is known.
func started(b *testing.B, o Options) *Watch {
	b.Helper()
	w := Open(o)
	w.looks = 1
	if err := w.load(b.Context()); err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkSweepOfUnchangedSongs looks at 100,000 songs of which none has changed:
// by a watch that knows them, by one that has just started, and with nothing of the
// directories in memory, where the machine lets that be done.
func BenchmarkSweepOfUnchangedSongs(b *testing.B) {
	const songs = benchArtists * benchAlbums * benchSongs
	o := bigRoom(b)
	check := func(b *testing.B, w *Watch) {
		s := w.Status()
		if s.Files != songs || s.State != Watching || len(s.Lost)+len(s.Offered)+len(w.unsaved) > 0 || len(w.known) != songs {
			b.Fatalf("%+v, %d unsaved, %d known", s.State, len(w.unsaved), len(w.known))
		}
	}
	report := func(b *testing.B) {
		b.ReportMetric(float64(songs)*float64(b.N)/b.Elapsed().Seconds(), "files/s")
		b.ReportMetric(residentMiB(b), "MiB-after")
	}
	b.Run("warm", func(b *testing.B) {
		w := started(b, o)
		w.look(b.Context(), nil)
		b.ReportAllocs()
		for b.Loop() {
			w.fire(Due)
			w.look(b.Context(), nil)
			check(b, w)
		}
		report(b)
	})
	b.Run("start", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w := started(b, o)
			w.look(b.Context(), nil)
			check(b, w)
		}
		report(b)
	})
	b.Run("cold", func(b *testing.B) {
		w := started(b, o)
		w.look(b.Context(), nil)
		var dropped time.Duration
		for b.Loop() {
			began := time.Now()
			if err := os.WriteFile("/proc/sys/vm/drop_caches", []byte("3"), 0); err != nil {
				b.Logf("the caches cannot be dropped, so this is warm: %v", err)
			}
			dropped += time.Since(began)
			w.fire(Due)
			w.look(b.Context(), nil)
			check(b, w)
		}
		b.ReportMetric((b.Elapsed()-dropped).Seconds()/float64(b.N), "s/sweep")
	})
	b.Run("one artist", func(b *testing.B) {
		w := started(b, o)
		w.look(b.Context(), nil)
		for b.Loop() {
			w.fire(Due)
			w.look(b.Context(), []string{"Artist 007"})
			check(b, w)
		}
	})
}

// residentMiB is the memory of this process, garbage collected.
func residentMiB(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, line, _ := bytes.Cut(status, []byte("VmRSS:"))
	kib, err := strconv.Atoi(strings.Fields(string(line))[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
