package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"musicdb/server/client"
)

// A taskTold is what clients hear of a task.
type taskTold struct {
	State string
	Task  *struct {
		ID, State string
		AlbumPath *string
		Plan      int64
	}
}

// receiveTask receives until a task of the album is in a state, and returns it.
func receiveTask(ctx context.Context, t testing.TB, c *client.Client, album, state string) (told taskTold) {
	t.Helper()
	for {
		p, err := c.Receive(ctx)
		if err != nil {
			t.Fatalf("waiting for a task in the state %s: %v", state, err)
		}
		if p.Function != "MusicDB:Task" {
			continue
		}
		told = taskTold{}
		if err := json.Unmarshal(p.Arguments, &told); err != nil {
			t.Fatalf("%s: %v", p.Arguments, err)
		}
		if told.Task != nil && told.Task.AlbumPath != nil && *told.Task.AlbumPath == album && told.State == state {
			return told
		}
	}
}

// whispers makes short songs in a directory, named after the conventions.
func whispers(t testing.TB, dir string, songs int) { t.Helper(); whispersFrom(t, dir, 0, songs) }

// whispersFrom makes those with the numbers from first+1 on; each number has its sound.
func whispersFrom(t testing.TB, dir string, first, songs int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := first; i < first+songs; i++ {
		name := filepath.Join(dir, fmt.Sprintf("%02d Whisper %d.mp3", i+1, i))
		out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", fmt.Sprintf("anoisesrc=d=2:seed=%d", i),
			"-c:a", "libmp3lame", "-b:a", "64k", "-metadata", "title=Whisper", "-metadata", "artist=Wind", "-metadata", "date=2011", name).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// An album that is copied into the music directory is offered to all clients within two
// seconds of the last byte; when one agrees it is in the library and found by all. Where
// music enters by itself nobody is asked.
func TestAnAlbumCopiedIntoTheMusicDirectoryIsOffered(t *testing.T) {
	source := filepath.Join(t.TempDir(), "album")
	whispers(t, source, 6)
	for _, auto := range []AutoImport{ImportEmpty, ImportOn} {
		t.Run(string(auto), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			data, music := t.TempDir(), t.TempDir()
			whispers(t, filepath.Join(music, "Rain", "2010 - Drops"), 1)
			c := start(t, environment(data, "MUSICDB_DIRECTORIES_MUSIC="+music, "MUSICDB_MUSIC_AUTOIMPORT="+string(auto), "MUSICDB_STREAM_LOUDNESS=off",
				"MUSICDB_STREAM_START=paused", "MUSICDB_LOG_LOGLEVEL=DEBUG"), "serve").waitReady()
			c.waitLog("looked at the music directory")
			clients := []*client.Client{c.connect(ctx), c.connect(ctx)}
			for _, user := range clients {
				request(ctx, t, user, "GetCurrentTasks", nil, new(json.RawMessage)) // it is registered for what comes
			}
			const album = "Wind/2011 - Whispers"
			copyInto(t, source, filepath.Join(music, album))
			copied := time.Now()
			state := "waitforconsent"
			if auto == ImportOn {
				state = "importcomplete"
			}
			var told taskTold
			for _, user := range clients {
				told = receiveTask(ctx, t, user, album, state)
			}
			t.Logf("%s: %s after %v", auto, state, time.Since(copied).Round(time.Millisecond))
			if auto == ImportEmpty {
				var found struct{ Albums []struct{ Path string } }
				request(ctx, t, clients[0], "FindNewContent", nil, &found)
				if len(found.Albums) != 1 || found.Albums[0].Path != album || told.Task.Plan == 0 {
					t.Errorf("found %+v, told %+v", found, told)
				}
				agree(ctx, t, clients[0], told)
				for _, user := range clients {
					receiveTask(ctx, t, user, album, "importcomplete")
				}
			}
			waitFor(ctx, t, clients[0], "UpdateCaches")
			var found struct {
				Albums []struct{ Album struct{ Path string } }
				Songs  []struct{ Song struct{ Path string } }
			}
			request(ctx, t, clients[0], "Find", map[string]any{"searchstring": "Whisper", "limit": 20}, &found)
			if len(found.Albums) != 1 || found.Albums[0].Album.Path != album || len(found.Songs) < 6 {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// agree lets the plan of a task be carried out.
func agree(ctx context.Context, t testing.TB, user *client.Client, told taskTold) {
	t.Helper()
	request(ctx, t, user, "InitiateMusicImport", map[string]any{"contenttype": "album", "contentpath": *told.Task.AlbumPath}, new(json.RawMessage))
}

// copyInto copies a directory file by file.
func copyInto(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
