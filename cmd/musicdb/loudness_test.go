package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/loudness"
)

// TestLoudAndQuietSongsAreHeardEquallyLoud plays two measured songs that are 18 dB
// apart through the real server, and measures what is heard.
func TestLoudAndQuietSongsAreHeardEquallyLoud(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	data, music := t.TempDir(), t.TempDir()
	ids := noises(t, data, music, map[string]float64{"loud": -14, "quiet": -32})

	c := start(t, environment(data, "MUSICDB_DIRECTORIES_MUSIC="+music, "MUSICDB_MUSIC_AUTOIMPORT=off",
		"MUSICDB_STREAM_START=play", "MUSICDB_STREAM_LOUDNESS=track", "MUSICDB_STREAM_MEASURELOUDNESS=false"), "serve").waitReady()
	user := c.connect(ctx)
	const seconds = 4
	heard := map[string]loudness.Measurement{}
	for _, name := range []string{"loud", "quiet"} {
		if err := user.Call("AddSongToQueue", map[string]any{"songid": ids[name], "position": "last"}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "heard.mp3")
		if err := os.WriteFile(file, c.record(ctx, "Noise – "+name, seconds), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := loudness.Measure(ctx, nativeTool(t), file)
		if err != nil {
			t.Fatal(err)
		}
		heard[name] = m
		if peak := 20 * math.Log10(m.Peak); peak >= 0 {
			t.Errorf("the %s song peaks at %.1f dBTP", name, peak)
		}
		if math.Abs(m.Loudness-loudness.Reference) > 1 {
			t.Errorf("the %s song is heard at %.2f LUFS, want %v", name, m.Loudness, loudness.Reference)
		}
	}
	if loud, quiet := heard["loud"].Loudness, heard["quiet"].Loudness; math.Abs(loud-quiet) > 1 {
		t.Errorf("heard are %.2f and %.2f LUFS", loud, quiet)
	} else {
		t.Logf("heard are %.2f and %.2f LUFS, with peaks of %.3f and %.3f", loud, quiet, heard["loud"].Peak, heard["quiet"].Peak)
	}
	if n := metric(t, c, `musicdb_loudness_songs{state="measured"}`); n != 2 {
		t.Errorf("%v songs count as measured", n)
	}
}

func nativeTool(t testing.TB) *ffmpeg.Tool {
	t.Helper()
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tool.Close() })
	return tool
}

// noises makes a library of songs of pink noise with these names and about these
// loudnesses, and measures them. It returns their ids.
func noises(t *testing.T, data, music string, levels map[string]float64) map[string]int64 {
	t.Helper()
	lib, err := library.Open(t.Context(), library.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer lib.Close()
	const album = "Noise/2000 - Pink"
	if err := os.MkdirAll(filepath.Join(music, album), 0o755); err != nil {
		t.Fatal(err)
	}
	entry := library.NewAlbum{ArtistName: "Noise", ArtistPath: "Noise", Name: "Pink", Path: album}
	for name, level := range levels {
		path := fmt.Sprintf("%s/01 %s.flac", album, name)
		// Pink noise of this amplitude has −20.9 LUFS.
		filter := fmt.Sprintf("anoisesrc=color=pink:seed=1:d=12:a=0.5,aformat=channel_layouts=stereo,volume=%.2fdB", level+20.9)
		out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", filter, filepath.Join(music, path)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		entry.Songs = append(entry.Songs, library.NewSong{Name: name, Path: path, Number: 1, Playtime: 12})
	}
	entered, err := lib.AddAlbum(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := files.OpenMusic(music)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	ctx, complete := context.WithCancel(t.Context())
	defer complete()
	meter, err := loudness.New(loudness.Options{Library: lib, Music: dir, Tool: nativeTool(t), Measure: true,
		Busy: func() bool { return false }, Log: slog.New(slog.NewTextHandler(atText{"nothing is left", complete}, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	if err := meter.Run(ctx); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{}
	for _, s := range lib.Catalogue().SongsOf(entered.ID) {
		ids[s.Name] = s.ID
	}
	return ids
}

// atText is a log that does something at a text.
type atText struct {
	text string
	then func()
}

func (a atText) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(a.text)) {
		a.then()
	}
	return len(line), nil
}
