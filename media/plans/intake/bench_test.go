package intake_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans/intake"
)

var soak = flag.Bool("soak", false, "look at 10,000 songs in place of 240")

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
		args = append(args, metadata(map[string]string{"artist": "Artist", "album": "Album", "date": "2001"})...)
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

// BenchmarkPlans makes plans of many albums, two at a time, and of few with songs of
// 8 MB.
func BenchmarkPlans(b *testing.B) {
	small, large := 20, 2
	if *soak {
		small, large = 834, 20
	}
	for _, size := range []int{300 << 10, 8 << 20} {
		albums := small
		if size > 1<<20 {
			albums = large
		}
		dir := b.TempDir()
		paths, total := generated(b, dir, albums, size)
		music, err := files.OpenMusic(dir)
		if err != nil {
			b.Fatal(err)
		}
		data := b.TempDir()
		lib, err := library.Open(b.Context(), library.Options{Dir: data})
		if err != nil {
			b.Fatal(err)
		}
		covers, err := artwork.Open(filepath.Join(data, "artwork"), artwork.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for name, wish := range map[string]intake.Wish{"rows": {}, "everything": intake.Everything} {
			b.Run(fmt.Sprintf("albums=%d/KB=%d/wish=%s", albums, size>>10, name), func(b *testing.B) {
				planner := intake.New(intake.Options{Library: lib, Music: music, Artwork: covers, Workers: 1})
				b.SetBytes(total)
				b.ReportAllocs()
				began := time.Now()
				for b.Loop() {
					planAll(b, planner, paths, wish)
				}
				b.ReportMetric(float64(12*albums*b.N)/time.Since(began).Seconds(), "songs/s")
			})
		}
		if err := covers.Close(); err != nil {
			b.Fatal(err)
		}
		if err := lib.Close(); err != nil {
			b.Fatal(err)
		}
		if err := music.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func planAll(b *testing.B, planner *intake.Planner, paths []string, wish intake.Wish) {
	b.Helper()
	var next, songs atomic.Int64
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					return
				}
				p, err := planner.Album(context.Background(), paths[i], wish)
				if err != nil {
					b.Error(err)
					return
				}
				for _, o := range p.Operations {
					if o.EnterAlbum != nil {
						songs.Add(int64(len(o.EnterAlbum.Songs)))
					}
				}
			}
		})
	}
	workers.Wait()
	if got := int(songs.Load()); got != 12*len(paths) {
		b.Fatalf("%d songs of %d are in the plans", got, 12*len(paths))
	}
}
