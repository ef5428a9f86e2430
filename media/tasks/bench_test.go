package tasks_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/tasks"
)

// collection makes a music directory of 100 albums with 10 songs each, between
// 200 and 400 KB, of all formats, tagged, every third one with a picture.
func collection(b *testing.B) (dir string, bytes int64) {
	b.Helper()
	pool := b.TempDir()
	picture := filepath.Join(pool, "cover.jpg")
	run := func(args ...string) {
		out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).CombinedOutput()
		if err != nil {
			b.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
		}
	}
	run("-f", "lavfi", "-i", "testsrc2=size=600x600:duration=1", "-frames:v", "1", picture)
	tags := []string{"-metadata", "title=T", "-metadata", "artist=A", "-metadata", "album=B", "-metadata", "date=2001", "-metadata", "track=1/10"}
	var sources []string
	add := func(args ...string) {
		name := filepath.Join(pool, fmt.Sprintf("%02d%s", len(sources), args[len(args)-1]))
		run(append(append(args[:len(args)-1:len(args)-1], tags...), name)...)
		sources = append(sources, name)
	}
	noise := func(seconds string) []string {
		return []string{"-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.3:sample_rate=44100:seed=1:duration=" + seconds, "-ac", "2"}
	}
	withPicture := []string{"-i", picture, "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"}
	add(append(append(noise("12"), withPicture...), "-c:a", "libmp3lame", "-b:a", "160k", ".mp3")...)
	add(append(noise("18"), "-c:a", "libmp3lame", "-b:a", "128k", ".mp3")...)
	add(append(noise("3"), "-c:a", "flac", ".flac")...)
	add(append(append(noise("15"), withPicture...), "-c:a", "aac", "-b:a", "128k", ".m4a")...)
	add(append(noise("24"), "-c:a", "libvorbis", "-q:a", "3", ".ogg")...)
	add(append(noise("22"), "-c:a", "libopus", "-b:a", "128k", ".opus")...)
	dir = filepath.Join(b.TempDir(), "music")
	for i := range 1000 {
		source := sources[(i+i/10)%len(sources)]
		data, err := os.ReadFile(source)
		if err != nil {
			b.Fatal(err)
		}
		if len(data) < 190<<10 || len(data) > 410<<10 {
			b.Fatalf("%s has %d bytes", source, len(data))
		}
		bytes += int64(len(data))
		name := filepath.Join(dir, fmt.Sprintf("Artist %02d/%d - Album/%02d Song %d%s", i/40, 2000+i/10%4, i%10+1, i, filepath.Ext(source)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir, bytes
}

// resident returns the memory of this process in MiB: now, or at its peak.
func resident(b *testing.B, key string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, line, _ := bytes.Cut(status, []byte(key+":"))
	fields := bytes.Fields(line)
	if len(fields) == 0 {
		b.Fatalf("no %s", key)
	}
	kib, err := strconv.ParseFloat(string(fields[0]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}

// BenchmarkFirstScan fills an empty library from 1,000 songs, and starts a
// second time. The first round also compiles TagLib.
func BenchmarkFirstScan(b *testing.B) {
	dir, size := collection(b)
	music, err := files.OpenMusic(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer music.Close()
	for _, withCovers := range []bool{false, true} {
		b.Run(fmt.Sprintf("songs=1000/covers=%v", withCovers), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			var entering float64
			for b.Loop() {
				data := b.TempDir()
				lib, err := library.Open(b.Context(), library.Options{Dir: data})
				if err != nil {
					b.Fatal(err)
				}
				o := tasks.FirstScanOptions{Library: lib, Music: music}
				var store io.Closer = io.NopCloser(nil)
				if withCovers {
					covers, err := artwork.Open(filepath.Join(data, "artwork"), artwork.Options{})
					if err != nil {
						b.Fatal(err)
					}
					o.Covers, store = covers, covers
				}
				report, err := tasks.FirstScan(b.Context(), o)
				_, albums, songs := lib.Catalogue().NumberOf()
				if err != nil || songs != 1000 || albums != 100 || len(report.Findings) != 0 || withCovers != (report.Covers == 100) {
					b.Fatalf("%+v, %v, %d songs", report, err, songs)
				}
				entering += report.Entering.Seconds()
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
				if err := lib.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(1000*float64(b.N)/entering, "songs/s")
			b.ReportMetric(resident(b, "VmRSS"), "MiB-after")
			b.ReportMetric(resident(b, "VmHWM"), "MiB-peak")
		})
	}
	b.Run("second start", func(b *testing.B) {
		lib, err := library.Open(b.Context(), library.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		defer lib.Close()
		o := tasks.FirstScanOptions{Library: lib, Music: music}
		if _, err := tasks.FirstScan(b.Context(), o); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			if report, err := tasks.FirstScan(b.Context(), o); err != nil || report.Outcome != tasks.OutcomeNotNeeded {
				b.Fatalf("%+v, %v", report, err)
			}
		}
	})
}
