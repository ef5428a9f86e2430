package tasks_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/tasks"
)

// scanned is the result of a scan, paths only.
type scanned struct {
	Lost struct{ Artists, Albums, Songs, Videos []struct{ Path string } } `json:"lostpaths"`
	New  struct {
		Artists, Albums, Songs, FilteredSongs, Videos []struct{ Path, Checksum string }
	} `json:"newpaths"`
}

// scanTask runs a scan and returns the task in its result state.
func (h *house) scanTask(t *testing.T) (tasks.Task, []string) {
	t.Helper()
	b := newBench(t, t.TempDir(), func(o *tasks.Options) { o.Library, o.Music = h.lib, h.music })
	var result tasks.Task
	b.m.Subscribe(func(n tasks.Notification) {
		if n.Task != nil && (n.Task.State == tasks.FSScanComplete || n.Task.State == tasks.FSScanFailed) {
			result = *n.Task
		}
	})
	stop := b.run()
	if _, err := b.m.Scan(); err != nil {
		t.Fatal(err)
	}
	heard := b.await("StateUpdate remove")
	stop()
	return result, heard
}

func TestScanFindsWhatIsLostAndNew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	albums := h.lib.Catalogue().Albums()
	moved, grown := albums[0], albums[1]
	music := filepath.Join(h.dir, "music")
	if err := os.Rename(filepath.Join(music, moved.Path), filepath.Join(music, filepath.Dir(moved.Path), "1901 - Moved")); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{grown.Path + "/99 New.mp3": "new", "Video Artist/2001 - Film.mp4": "film", "Video Artist/note.txt": "no"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(music, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(music, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	task, _ := h.scanTask(t)
	if task.State != tasks.FSScanComplete {
		t.Fatalf("%v: %+v", task.State, task.Failure)
	}
	data, err := json.Marshal(task.Annotations)
	if err != nil {
		t.Fatal(err)
	}
	var got scanned
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if len(task.Annotations) != 2 || strings.Count(string(data), "[") != 9 || !strings.Contains(string(data), `"videos":[]`) {
		t.Errorf("annotations %.300s", data)
	}
	songs := h.lib.Catalogue().SongsOf(moved.ID)
	if len(got.Lost.Artists) != 0 || len(got.Lost.Videos) != 0 || len(got.Lost.Albums) != 1 || got.Lost.Albums[0].Path != moved.Path || len(got.Lost.Songs) != len(songs) {
		t.Errorf("lost: %+v, want the album %q with %d songs", got.Lost, moved.Path, len(songs))
	}
	if len(got.New.Artists) != 1 || got.New.Artists[0].Path != "Video Artist" || len(got.New.Albums) != 1 || !strings.HasSuffix(got.New.Albums[0].Path, "/1901 - Moved") {
		t.Errorf("new: artists %+v, albums %+v", got.New.Artists, got.New.Albums)
	}
	sum := func(text string) string { s := sha256.Sum256([]byte(text)); return hex.EncodeToString(s[:]) }
	// One file of the recorded albums is no music, and so is not in the library.
	if n := got.New.FilteredSongs; len(n) != 2 || n[1].Path != grown.Path+"/99 New.mp3" || n[1].Checksum != sum("new") {
		t.Errorf("songs of known albums: %v", n)
	}
	if want := fmt.Sprintf("[{Video Artist/2001 - Film.mp4 %s}]", sum("film")); fmt.Sprint(got.New.Videos) != want {
		t.Errorf("videos: %v, want %v", got.New.Videos, want)
	}
	// By the checksum a client finds out what was moved.
	for _, song := range songs {
		if !slices.ContainsFunc(got.New.Songs, func(n struct{ Path, Checksum string }) bool { return n.Checksum == song.Checksum }) {
			t.Errorf("the moved song %q is not among the new ones", song.Path)
		}
	}
}

// A disk that is not mounted is no reason to call everything lost.
func TestScanOfAnEmptyDirectoryFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.scan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	artists, err := filepath.Glob(filepath.Join(h.dir, "music", "*"))
	if err != nil || len(artists) == 0 {
		t.Fatalf("%q, %v", artists, err)
	}
	for _, artist := range artists {
		if err := os.RemoveAll(artist); err != nil {
			t.Fatal(err)
		}
	}
	task, heard := h.scanTask(t)
	if task.State != tasks.FSScanFailed || task.Failure == nil || task.Failure.Remedy == "" || !slices.Contains(heard, "InternalError scanningfs: The music directory is empty") {
		t.Errorf("%v, %+v, heard %q", task.State, task.Failure, heard)
	}
}
