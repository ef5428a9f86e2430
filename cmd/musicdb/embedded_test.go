package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFirstSoundWithoutFfmpeg is a machine on which nothing is installed: the
// stream is there at once and silent while the embedded ffmpeg is compiled, the
// page says so, and then the music sounds, without a gap and in one connection.
// The compilation takes some ten seconds of processor time.
func TestFirstSoundWithoutFfmpeg(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	data := t.TempDir()
	env := append(environment(data, "MUSICDB_STREAM_START=play"), "PATH="+t.TempDir())
	c := start(t, env, "serve").waitReady()

	const bytesPerSecond = 320_000 / 8
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.page()+"stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	in := bufio.NewReader(response.Body)
	var stream []byte
	second := func() []float64 {
		piece := make([]byte, bytesPerSecond)
		if _, err := io.ReadFull(in, piece); err != nil {
			t.Fatalf("the stream ended behind %d bytes: %v\n%s", len(stream), err, c.text())
		}
		stream = append(stream, piece...)
		return decode(t, "pipe:0", strings.NewReader(string(piece)))
	}
	if peak := loudest(second()); peak > 0 {
		t.Errorf("the first second has a peak of %v, want silence", peak)
	}
	var page struct {
		Silence struct {
			Reason   string
			Expected float64
		}
	}
	if err := json.Unmarshal(get(ctx, t, c.page()+"status"), &page); err != nil || page.Silence.Reason != "compiling" || page.Silence.Expected <= 0 {
		t.Errorf("the page is told %+v (%v), want that ffmpeg is being compiled and how long", page.Silence, err)
	}
	if strings.Contains(c.text(), "the embedded ffmpeg is ready") {
		t.Errorf("the embedded ffmpeg was ready before anything was heard:\n%s", c.text())
	}
	for loudest(second()) < 0.02 {
	}
	if !strings.Contains(c.text(), "the embedded ffmpeg is ready") {
		t.Errorf("there is sound without ffmpeg:\n%s", c.text())
	}
	for range 3 {
		second()
	}
	heard := decode(t, "pipe:0", strings.NewReader(string(stream)))
	if got, want := float64(len(heard))/sampleRate, float64(len(stream))/bytesPerSecond; math.Abs(got-want) > 0.2 {
		t.Errorf("%.1f s of the stream decode to %.1f s", want, got)
	}
	var best float64
	part := heard[len(heard)-3*sampleRate:]
	err = filepath.WalkDir(filepath.Join(data, "demo"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			best = max(best, similarity(part, decode(t, path, nil)))
		}
		return err
	})
	if err != nil || best < 0.9 {
		t.Errorf("the sound resembles a piece of the demo library by %.2f at most, %v", best, err)
	}
	t.Logf("the sound resembles a piece of the demo library by %.3f", best)
}

// get returns what is served at an address.
func get(ctx context.Context, t testing.TB, address string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s (%v)", address, response.Status, err)
	}
	return body
}

func loudest(sound []float64) (peak float64) {
	for _, v := range sound {
		peak = max(peak, math.Abs(v))
	}
	return peak
}
