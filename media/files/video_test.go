package files

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pictures are arguments of ffmpeg that make a short video.
func pictures(more ...string) []string {
	return append([]string{"-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1.2"}, more...)
}

// What is read of a video is what ffprobe says, which the reference server asks.
func TestVideosAreReadAsByFfprobe(t *testing.T) {
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"h264.mp4":  pictures("-c:v", "libx264", "-pix_fmt", "yuv420p"),
		"wide.m4v":  pictures("-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "setsar=4/3"),
		"mpeg4.mp4": pictures("-f", "lavfi", "-i", "sine=duration=1.2", "-c:v", "mpeg4", "-movflags", "+faststart"),
		"vp8.webm":  pictures("-c:v", "libvpx", "-deadline", "realtime"),
		"vp9.webm":  pictures("-f", "lavfi", "-i", "sine=duration=1.2", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"),
	} {
		write(t, dir, "A/2000 - "+name, nil)
		file := filepath.Join(dir, "A/2000 - "+name)
		ffmpeg(t, append(args, file)...)
		m := musicIn(t, dir)
		got, err := m.ReadVideo(t.Context(), "A/2000 - "+name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
			"stream=codec_name,width,height,sample_aspect_ratio:format=duration", "-of", "default=noprint_wrappers=1:nokey=1", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		var codec, shape string
		var width, height, across, down int
		var seconds float64
		fields := strings.Fields(string(out))
		if len(fields) != 5 {
			t.Fatalf("%q", out)
		}
		codec, shape = fields[0], fields[3]
		if shape == "N/A" {
			shape = "1:1"
		}
		_, err = fmt.Sscan(strings.Join([]string{fields[1], fields[2], strings.ReplaceAll(shape, ":", " "), fields[4]}, " "), &width, &height, &across, &down, &seconds)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := m.Checksum(t.Context(), "A/2000 - "+name)
		info, statErr := os.Stat(file)
		if err != nil || statErr != nil {
			t.Fatal(err, statErr)
		}
		want := Video{Codec: codec, X: width * across / down, Y: height, Seconds: got.Seconds, Playtime: 1, Checksum: sum, Size: info.Size(), Modified: info.ModTime().UnixNano()}
		if got != want || max(got.Seconds-seconds, seconds-got.Seconds) > 0.05 {
			t.Errorf("%s: %+v, want %+v of %v s", name, got, want, seconds)
		}
	}
}

func TestWhatIsNoVideoIsNotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "A/2000 - Song.mp4", sample(t, sampleM4A))
	write(t, dir, "A/2001 - Text.webm", []byte("text"))
	write(t, dir, "A/2002 - Empty.mp4", nil)
	m := musicIn(t, dir)
	for _, rel := range []string{"A/2000 - Song.mp4", "A/2001 - Text.webm", "A/2002 - Empty.mp4"} {
		if v, err := m.ReadVideo(t.Context(), rel); !errors.Is(err, ErrNotVideo) {
			t.Errorf("%s: %+v, %v", rel, v, err)
		}
	}
}

func FuzzReadVideo(f *testing.F) {
	dir := f.TempDir()
	for name, codec := range map[string]string{"x.mp4": "mpeg4", "x.webm": "libvpx"} {
		file := filepath.Join(dir, name)
		ffmpeg(f, pictures("-c:v", codec, "-frames:v", "2", "-s", "16x16", file)...)
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := readVideo(source{bytes.NewReader(data), int64(len(data))})
		if err == nil && (v.X < 1 || v.Y < 1 || v.Seconds <= 0 || v.Playtime < 0) {
			t.Fatalf("%+v", v)
		}
	})
}
