package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"musicdb/media/library"
	"musicdb/server/client"
)

// TestVideosOnTheRealServer shows two real videos to two clients, which report each
// end both, and kills the server while the stream is switched off.
func TestVideosOnTheRealServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	data, music := t.TempDir(), t.TempDir()
	paths := films(t, data, music)
	env := environment(data, "MUSICDB_DIRECTORIES_MUSIC="+music, "MUSICDB_MUSIC_AUTOIMPORT=off", "MUSICDB_STREAM_LOUDNESS=off",
		"MUSICDB_DEBUG_DISABLEVIDEOS=false", "MUSICDB_STREAM_START=resume")
	c := start(t, env, "serve").waitReady()
	watchers := []*client.Client{c.connect(ctx), c.connect(ctx)}
	user := c.connect(ctx)
	for _, w := range append([]*client.Client{user}, watchers...) {
		var state videoState
		request(ctx, t, w, "GetVideoStreamState", nil, &state) // it is registered for what comes
		if !state.IsStreaming || state.IsPlaying || state.CurrentEntry != nil {
			t.Errorf("before any video: %+v", state)
		}
	}
	for _, id := range []int64{1, 2, 1} {
		if err := user.Call("AddVideoToQueue", map[string]any{"videoid": id, "position": "last"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, id := range []int64{1, 2} {
		var entries []string
		for _, w := range watchers {
			next := nextShown(ctx, t, w)
			if next.Video.ID != id || next.StreamState.CurrentEntry != next.Queue.EntryID || !next.StreamState.IsPlaying {
				t.Errorf("video %d is shown: %+v", i, next)
			}
			entries = append(entries, next.Queue.EntryID)
		}
		for i, w := range watchers {
			if err := w.Call("VideoEnded", map[string]any{"entryid": entries[i]}); err != nil {
				t.Fatal(err)
			}
		}
	}
	third := nextShown(ctx, t, watchers[0])

	// Each end counted once: 1 and 2 followed each other.
	var related struct {
		Videos []struct {
			Weight int
			Video  struct{ ID, LastPlayed int64 }
		}
	}
	request(ctx, t, user, "GetVideoRelationship", map[string]any{"videoid": 1}, &related)
	if len(related.Videos) != 1 || related.Videos[0].Weight != 1 || related.Videos[0].Video.ID != 2 || related.Videos[0].Video.LastPlayed == 0 {
		t.Errorf("relations %+v", related)
	}
	for i, path := range paths {
		original, err := os.ReadFile(filepath.Join(music, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.fetch(ctx, "musicdb/music/"+path, 100); !bytes.Equal(got, original[100:]) {
			t.Errorf("video %d: %d bytes came, %d were wanted", i+1, len(got), len(original)-100)
		}
	}
	c.pictures(ctx, user)

	if err := user.Call("SetVideoStreamState", map[string]any{"state": "pause"}); err != nil {
		t.Fatal(err)
	}
	waitFor(ctx, t, watchers[0], "onStatusChanged")
	if err := c.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-c.closed

	again := start(t, env, "serve").waitReady()
	watcher, user := again.connect(ctx), again.connect(ctx)
	for _, w := range []*client.Client{watcher, user} {
		var state videoState
		request(ctx, t, w, "GetVideoStreamState", nil, &state)
		if state.IsStreaming || state.IsPlaying || !state.HasQueue || state.Video.ID != 1 {
			t.Errorf("after the kill: %+v", state)
		}
	}
	if err := user.Call("SetVideoStreamState", map[string]any{"state": "play"}); err != nil {
		t.Fatal(err)
	}
	if next := nextShown(ctx, t, watcher); next.Video.ID != 1 || next.Queue.EntryID != third.Queue.EntryID {
		t.Errorf("after the kill %+v is shown, before it was %+v", next, third)
	}
}

type videoState struct {
	IsStreaming, IsPlaying, HasQueue bool
	CurrentEntry                     *string
	Video                            struct{ ID int64 }
}

// shownVideo is the content of onStreamNextVideo.
type shownVideo struct {
	Video       struct{ ID int64 }
	Queue       struct{ EntryID string }
	StreamState struct {
		IsPlaying    bool
		CurrentEntry string
	}
}

func nextShown(ctx context.Context, t *testing.T, c *client.Client) (next shownVideo) {
	t.Helper()
	for {
		p, err := c.Receive(ctx)
		if err != nil {
			t.Fatalf("waiting for a video: %v", err)
		}
		if string(p.Signature) == `"onStreamNextVideo"` {
			if err := json.Unmarshal(p.Arguments, &next); err != nil {
				t.Fatalf("%s: %v", p.Arguments, err)
			}
			return next
		}
	}
}

// films makes a library of two videos, the second one in another format.
func films(t *testing.T, data, music string) (paths []string) {
	t.Helper()
	lib, err := library.Open(t.Context(), library.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer lib.Close()
	if err := os.Mkdir(filepath.Join(music, "Films"), 0o755); err != nil {
		t.Fatal(err)
	}
	err = lib.Edit(t.Context(), func(e *library.Edit) error {
		artist, err := e.AddArtist("Films", "Films")
		if err != nil {
			return err
		}
		for _, format := range []string{"mp4", "webm"} {
			path := fmt.Sprintf("Films/2001 - A %s.%s", format, format)
			out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=128x72:r=10:d=2",
				"-f", "lavfi", "-i", "sine=d=2", "-pix_fmt", "yuv420p", "-shortest", filepath.Join(music, path)).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			if _, err := e.AddVideo(library.NewVideo{ArtistID: artist.ID, Name: "A " + format, Path: path, Playtime: 2}); err != nil {
				return err
			}
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// fetch gets a file from some byte on, as players do that seek.
func (c *child) fetch(ctx context.Context, path string, from int) []byte {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.page()+(&url.URL{Path: path}).EscapedPath(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	want := http.StatusOK
	if from > 0 {
		want = http.StatusPartialContent
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != want {
		c.t.Errorf("%s: %v, %v", path, response.Status, err)
	}
	return body
}

// pictures waits until both videos have frames and previews, and fetches them.
func (c *child) pictures(ctx context.Context, user *client.Client) {
	c.t.Helper()
	for id := 1; id <= 2; id++ {
		var info struct {
			Video struct{ FramesDirectory, ThumbnailFile, PreviewFile string }
		}
		for request(ctx, c.t, user, "GetVideo", map[string]any{"videoid": id}, &info); info.Video.PreviewFile == ""; {
			waitFor(ctx, c.t, user, "onTimeChanged") // a second has passed
			request(ctx, c.t, user, "GetVideo", map[string]any{"videoid": id}, &info)
		}
		v := info.Video
		for name, mark := range map[string]string{v.ThumbnailFile: "\xff\xd8", v.PreviewFile: "RIFF", strings.Replace(v.ThumbnailFile, ".", " (150×83).", 1): "\xff\xd8"} {
			if got := c.fetch(ctx, "musicdb/videoframes/"+v.FramesDirectory+"/"+name, 0); !bytes.HasPrefix(got, []byte(mark)) {
				c.t.Errorf("%s: %.40q", name, got)
			}
		}
	}
}
