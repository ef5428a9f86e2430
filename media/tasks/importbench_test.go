package tasks_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// generated makes albums of 12 songs in the formats of real collections, with tags and
// a picture of 600×600 pixels, each song with other bytes. size is about that of one
// song.
func generated(b *testing.B, dir string, albums, size int) (paths []string, total int64) {
	b.Helper()
	pool := b.TempDir()
	ffmpeg := func(args ...string) {
		if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).CombinedOutput(); err != nil {
			b.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
		}
	}
	picture := filepath.Join(pool, "cover.jpg")
	ffmpeg("-f", "lavfi", "-i", "testsrc2=size=600x600:duration=1", "-frames:v", "1", picture)
	var sources []string
	for i, kind := range []struct {
		ext      string
		args     []string
		picture  bool
		byteRate int
	}{
		{".mp3", []string{"-c:a", "libmp3lame", "-b:a", "160k"}, true, 20000}, {".flac", []string{"-c:a", "flac"}, true, 90000},
		{".m4a", []string{"-c:a", "aac", "-b:a", "160k"}, true, 20000}, {".ogg", []string{"-c:a", "libvorbis", "-q:a", "4"}, false, 14000},
		{".opus", []string{"-c:a", "libopus", "-b:a", "128k"}, false, 16000},
	} {
		name := filepath.Join(pool, strconv.Itoa(i)+kind.ext)
		args := []string{"-f", "lavfi", "-i", fmt.Sprintf("anoisesrc=color=pink:amplitude=0.3:sample_rate=44100:seed=1:duration=%d", size/kind.byteRate), "-ac", "2"}
		if kind.picture {
			args = append(args, "-i", picture, "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic")
		}
		args = append(args, "-metadata", "artist=Artist", "-metadata", "album=Album", "-metadata", "date=2001")
		ffmpeg(append(append(args, kind.args...), name)...)
		sources = append(sources, name)
	}
	contents := make([][]byte, len(sources))
	for i, name := range sources {
		var err error
		if contents[i], err = os.ReadFile(name); err != nil {
			b.Fatal(err)
		}
	}
	for album := range albums {
		rel := fmt.Sprintf("Artist %03d/2001 - Album %d", album/10, album)
		if err := os.MkdirAll(filepath.Join(dir, rel), 0o755); err != nil {
			b.Fatal(err)
		}
		for song := range 12 {
			kind := (album + song) % len(sources)
			data := bytes.Clone(contents[kind])
			binary.LittleEndian.PutUint64(data[len(data)*3/5:], uint64(album*12+song))
			name := filepath.Join(dir, rel, fmt.Sprintf("%02d Song %d%s", song+1, song+1, filepath.Ext(sources[kind])))
			if err := os.WriteFile(name, data, 0o644); err != nil {
				b.Fatal(err)
			}
			total += int64(len(data))
		}
		paths = append(paths, rel)
	}
	return paths, total
}

// BenchmarkImport brings albums into an empty library as an offer that is agreed to at
// once: a plan with doubts and cover, a task, all scales. With -soak it is 10,000 songs.
func BenchmarkImport(b *testing.B) {
	small, large := 20, 2
	if *soak {
		small, large = 834, 20
	}
	for _, c := range []struct{ albums, size int }{{small, 300 << 10}, {large, 8 << 20}} {
		music := b.TempDir()
		paths, total := generated(b, music, c.albums, c.size)
		b.Run(fmt.Sprintf("songs=%d/KB=%d", 12*c.albums, c.size>>10), func(b *testing.B) {
			b.SetBytes(total)
			b.ReportAllocs()
			var took, busy time.Duration
			for b.Loop() {
				before := processorTime(b)
				began := time.Now()
				importAll(b, music, paths)
				took += time.Since(began)
				busy += processorTime(b) - before
			}
			songs := float64(12 * c.albums * b.N)
			b.ReportMetric(songs/took.Seconds(), "songs/s")
			b.ReportMetric(1000*busy.Seconds()/songs, "cpu-ms/song")
			b.ReportMetric(resident(b, "VmHWM"), "MiB-peak")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// importAll plans two albums at a time, and lets the workers of a Manager carry the
// plans out meanwhile.
func importAll(b *testing.B, dir string, paths []string) {
	b.Helper()
	no := func(err error) {
		if err != nil {
			b.Error(err)
		}
	}
	data := b.TempDir()
	music, err := files.OpenMusic(dir)
	no(err)
	lib, err := library.Open(b.Context(), library.Options{Dir: data})
	no(err)
	covers, err := artwork.Open(filepath.Join(data, "artwork"), artwork.Options{})
	no(err)
	keeper, err := maintenance.Open(b.Context(), maintenance.Options{Library: lib, Music: music, Dir: data})
	no(err)
	kept, err := plans.Open(b.Context(), plans.Options{Library: lib, Music: music, Maintenance: keeper, Artwork: covers})
	no(err)
	planner := intake.New(intake.Options{Library: lib, Music: music, Artwork: covers, Workers: 1})
	m, err := tasks.Open(tasks.Options{Dir: data, Library: lib, Music: music, Planner: planner, Plans: kept})
	no(err)
	if b.Failed() {
		b.FailNow()
	}
	var done atomic.Int64
	all := make(chan struct{})
	m.Subscribe(func(n tasks.Notification) {
		if n.Kind == tasks.StateUpdate && n.Task.State == tasks.Remove && done.Add(1) == int64(len(paths)) {
			close(all)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { no(m.Run(ctx)) })
	var next atomic.Int64
	for range 2 {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(paths); i = int(next.Add(1)) - 1 {
				p, err := planner.Album(ctx, paths[i], intake.Everything)
				if err == nil {
					p, err = kept.Propose(ctx, p)
				}
				id := ""
				if err == nil {
					id, _, err = m.Offer(tasks.Offered{ContentType: tasks.Album, Path: paths[i], Plan: p.ID})
				}
				if err == nil {
					err = m.Consent(id)
				}
				no(err)
			}
		})
	}
	<-all
	cancel()
	running.Wait()
	_, albums, songs := lib.Catalogue().NumberOf()
	for _, a := range lib.Catalogue().Albums() {
		if a.ArtworkPath == library.DefaultArtwork {
			b.Fatalf("%q has no cover", a.Path)
		}
	}
	if albums != len(paths) || songs != 12*albums {
		b.Fatalf("%d albums, %d songs", albums, songs)
	}
	no(m.Close())
	no(keeper.Close())
	no(covers.Close())
	no(lib.Close())
	no(music.Close())
}
