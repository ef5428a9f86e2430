package tasks_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/ffmpeg"
	"musicdb/media/frames"
	"musicdb/media/library"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
)

// A video enters with its pictures: by InitiateMusicImport with what a client has said
// about it, and by a plan that somebody has agreed to.
func TestAVideoEntersWithItsPictures(t *testing.T) {
	i := newImporting(t)
	data := filepath.Join(i.house.dir, "video")
	pictures := filepath.Join(data, "artwork")
	covers, err := artwork.Open(pictures, artwork.Options{Scales: []int{50}})
	if err != nil {
		t.Fatal(err)
	}
	tool, err := ffmpeg.Find(ffmpeg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store, err := frames.Open(pictures, frames.Options{Music: i.music, Tool: tool, Library: i.lib, Frames: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(store.Close(), tool.Close(), covers.Close()); err != nil {
			t.Error(err)
		}
	})
	keeper, err := plans.Open(t.Context(), plans.Options{Library: i.lib, Music: i.music, Maintenance: i.keeper, Artwork: covers, Frames: store})
	if err != nil {
		t.Fatal(err)
	}
	planner := intake.New(intake.Options{Library: i.lib, Music: i.music, Artwork: covers})
	b := newBench(t, data, func(o *tasks.Options) {
		o.Library, o.Music, o.Planner, o.Plans, o.Frames = i.lib, i.music, planner, keeper, store
	})
	const said, planned = "Filmer/1999 - Clip.mp4", "Filmer/2001 - Other.mp4"
	if err := os.MkdirAll(filepath.Join(i.house.dir, "music", "Filmer"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, rel := range []string{said, planned} {
		out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3",
			"-c:v", "libx264", "-pix_fmt", "yuv420p", filepath.Join(i.house.dir, "music", rel)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	i.enterArtist(said)
	id, err := b.m.ImportMusic(tasks.Video, said)
	if err == nil {
		err = b.m.Annotate(id, map[string]json.RawMessage{"name": json.RawMessage(`"Better"`), "release": json.RawMessage(`"1998"`), "origin": json.RawMessage(`"CD"`)})
	}
	if err != nil {
		t.Fatal(err)
	}
	b.run()
	b.await("StateUpdate remove")
	b.forget()
	wantVideo(t, i.lib, pictures, said, `"name":"Better"`, `"release":1998`, `"origin":"CD"`)

	p, err := planner.Plan(t.Context(), planned, intake.Everything)
	if err == nil {
		p, err = keeper.Propose(t.Context(), p)
	}
	if err == nil {
		id, _, err = b.m.Offer(tasks.Offered{ContentType: tasks.Video, Path: planned, Plan: p.ID})
	}
	if err == nil {
		err = b.m.Consent(id)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.await("StateUpdate remove")
	wantVideo(t, i.lib, pictures, planned, `"name":"Other"`, `"release":2001`, `"origin":"internet"`)
	// The pictures are the server's, a chosen one is the user's.
	other, _ := i.lib.Catalogue().VideoByPath(planned)
	thumbnail := func(name string) {
		if err := i.lib.Edit(t.Context(), func(e *library.Edit) error { other.ThumbnailFile = name; return e.PutVideo(other) }); err != nil {
			t.Fatal(err)
		}
	}
	thumbnail("thumbnail.jpg")
	var since *plans.SinceError
	if _, err := keeper.Undo(t.Context(), p.ID, "test", false, nil); !errors.As(err, &since) || !since.Owned {
		t.Errorf("with a thumbnail of the user: %v", err)
	}
	thumbnail("frame-02.jpg")
	if _, err := keeper.Undo(t.Context(), p.ID, "test", false, nil); err != nil {
		t.Error(err)
	}
	if v, in := i.lib.Catalogue().VideoByPath(planned); in {
		t.Errorf("after the undo there is %+v", v)
	}
}

// wantVideo holds the row of a video against what it should say, and looks whether its
// pictures are there.
func wantVideo(t *testing.T, lib *library.Library, pictures, rel string, says ...string) {
	t.Helper()
	v, in := lib.Catalogue().VideoByPath(rel)
	artist, _ := lib.Catalogue().Artist(v.ArtistID)
	row := text(t, v)
	for _, want := range append(says, `"codec":"h264"`, `"xresolution":64`, `"yresolution":48`, `"playtime":3`) {
		if !strings.Contains(row, want) {
			t.Errorf("%s: %s does not say %s", rel, row, want)
		}
	}
	if !in || artist.Path != "Filmer" {
		t.Errorf("%s is of %+v", rel, artist)
	}
	for _, name := range []string{"frame-01.jpg", "frame-02.jpg", v.PreviewFile, v.ThumbnailFile} {
		info, err := os.Stat(filepath.Join(pictures, v.FramesDirectory, name))
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			t.Errorf("the picture %q of %s: %v", name, rel, err)
		}
	}
}
