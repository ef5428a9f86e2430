package tasks_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/tasks"
)

// strangersKitchen is a kitchen in which the step of a state works as a user to whom
// nothing is allowed but what all are.
func strangersKitchen(t *testing.T, s tasks.State) (b *bench, music string) {
	t.Helper()
	music = t.TempDir()
	dir, err := files.OpenMusic(music)
	if err != nil {
		t.Fatal(err)
	}
	covers, err := artwork.Open(t.TempDir(), artwork.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close(); covers.Close() })
	b = newBench(t, t.TempDir(), func(o *tasks.Options) { o.Music, o.Covers = dir, covers })
	step := tasks.StepOf(s)
	b.m.SetStep(s, func(ctx context.Context, w *tasks.Work) (err error) {
		asStranger(t, func() { err = step(ctx, w) })
		return err
	})
	return b, music
}

func chmod(t *testing.T, mode os.FileMode, name ...string) {
	t.Helper()
	if err := os.Chmod(filepath.Join(name...), mode); err != nil {
		t.Fatal(err)
	}
}

// The upload stays, and finds its place when the permissions are right.
func TestIntegrationWithoutPermission(t *testing.T) {
	b, music := strangersKitchen(t, tasks.Integrating)
	b.run()
	if err := os.MkdirAll(filepath.Join(music, "A", "2000 - B"), 0o755); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"A/2000 - B/1.txt": "Copying failed - Permission denied",
		"A/2001 - N/1.txt": "Creating album directory failed - Permission denied",
		"N/2001 - N/1.txt": "Creating album directory failed - Permission denied",
	} {
		uploaded := announce("id-"+sha1Of([]byte(target))[:8], []byte(target))
		b.upload(uploaded, []byte(target))
		told := b.reaches(uploaded.ID, tasks.ReadyForIntegration, tasks.InvalidContent)
		chmod(t, 0o644, b.dir, "uploads", *told.UploadPath)
		before := listing(t, music)
		if err := b.m.Integrate(told.ID, target); err != nil {
			t.Fatalf("%s: %v, %+v", target, err, told)
		}
		told = b.reaches(told.ID, tasks.ReadyForImport, tasks.IntegrationFailed)
		if told.Failure == nil || told.Failure.Message != want || !strings.Contains(told.Failure.Remedy, "permission") {
			t.Fatalf("%s: %s, %+v", target, told.State, told.Failure)
		}
		if got := listing(t, music); len(got) != len(before) {
			t.Errorf("%s: %d paths, not %d", target, len(got), len(before))
		}
	}
	for _, dir := range []string{"", "A", "A/2000 - B"} {
		chmod(t, 0o777, music, dir)
	}
	for _, task := range b.m.All() {
		if err := b.m.Integrate(task.ID, *task.AlbumFilePath); err != nil {
			t.Fatal(err)
		}
		b.reaches(task.ID, tasks.ReadyForImport)
		if data, err := os.ReadFile(filepath.Join(music, *task.AlbumFilePath)); err != nil || string(data) != *task.AlbumFilePath {
			t.Errorf("%s: %q, %v", *task.AlbumFilePath, data, err)
		}
	}
}

func TestPreparationWithoutPermission(t *testing.T) {
	b, _ := strangersKitchen(t, tasks.Preprocessing)
	uploads := filepath.Join(b.dir, "uploads")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content tasks.ContentType
		mode    os.FileMode
		data    []byte
	}{
		"a.txt": {tasks.AlbumFile, 0o600, []byte("text")},
		"a.png": {tasks.Artwork, 0o644, picture.Bytes()},
	} {
		a := announce("id-"+name, c.data)
		a.ContentType, a.FileName = c.content, name
		b.upload(a, c.data)
		if now := b.task(a.ID); now.State != tasks.UploadComplete {
			t.Fatalf("%+v", now)
		}
		chmod(t, c.mode, uploads, *b.task(a.ID).UploadPath)
	}
	chmod(t, 0o755, uploads)
	b.run()
	for name, want := range map[string]string{"a.txt": "reading", "a.png": "writing"} {
		told := b.reaches("id-"+name, tasks.ReadyForIntegration, tasks.InvalidContent)
		if told.State != tasks.InvalidContent || told.Failure.Message != `Writing data failed with error: "`+want+` the uploaded file: permission denied"` || !strings.Contains(told.Failure.Remedy, "permission") {
			t.Errorf("%s: %s, %+v", name, told.State, told.Failure)
		}
		b.reaches("id-"+name, tasks.Remove)
	}
	if kept := b.kept(); len(kept) != 0 {
		t.Errorf("%d files are kept", len(kept))
	}
}
