package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"musicdb/media/files"
)

// integrate copies an upload to its place in the music directory. Nothing there is
// overwritten; the upload is deleted with the task.
func integrate(ctx context.Context, w *Work) error {
	t := w.Task()
	var target string
	switch t.ContentType {
	case AlbumFile:
		if t.AlbumFilePath == nil {
			return Fail("Copying failed", errors.New("the task does not say where the file belongs"), "name its path in the music directory")
		}
		target = *t.AlbumFilePath
	case Video:
		var err error
		if target, err = videoTarget(t); err != nil {
			return err
		}
		w.Set(func(t *Task) { t.VideoFile = &target })
	default:
		return &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	if w.m.o.Music == nil || t.PreprocessedPath == nil {
		return Fail("Copying failed - File not found", errNoUpload, "upload the file again")
	}
	name, _ := w.m.uploadName(*t.PreprocessedPath)
	f, err := w.m.uploads.Open(name)
	if err != nil {
		return Fail("Copying failed - File not found", &uploadError{"reading", err}, "upload the file again")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Fail("Copying failed", &uploadError{"reading", err}, "upload the file again")
	}
	progress := func(n int64) { w.Progress(Advance{Bytes: n, TotalBytes: info.Size(), Total: 1, Path: target}) }
	added, err := w.m.o.Music.Add(ctx, files.Addition{From: f, To: target, Key: t.ID, Copied: progress})
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return additionFailure(err)
	case !added:
		w.m.o.Log.Info("a file is in the music directory already, with the same content", "task", t.ID, "path", target)
	}
	return nil
}

// additionFailure is what clients are told when a file cannot be copied into the music
// directory. The texts are those of the reference server where it has one.
func additionFailure(err error) *Failure {
	const check = "check the path and the music directory, then integrate the upload again"
	var dir *files.DirError
	switch {
	case errors.As(err, &dir) && errors.Is(err, fs.ErrPermission):
		return Fail("Creating album directory failed - Permission denied", err, "give the user of the server permission to write in the music directory")
	case errors.As(err, &dir):
		return Fail("Creating album directory failed", err, check)
	case errors.Is(err, files.ErrOccupied):
		return Fail("File already exists in the music directory", err, "choose another name, or remove what is there")
	case errors.Is(err, fs.ErrPermission):
		return Fail("Copying failed - Permission denied", err, "give the user of the server permission to write in the music directory")
	}
	return Fail("Copying failed", err, check)
}

// dropAddition removes what is left of an integration that was not finished.
func (m *Manager) dropAddition(t *Task) {
	for _, target := range []*string{t.AlbumFilePath, t.VideoFile} {
		if target == nil || m.o.Music == nil {
			continue
		}
		if err := m.o.Music.DropAddition(files.Addition{To: *target, Key: t.ID}); err != nil {
			m.o.Log.Error("what is left of an integration cannot be deleted", "task", t.ID, "err", err)
		}
	}
}

// videoTarget is the place of a video: the one that a client has named, or
// <artist>/<year> - <name>.<extension> from its annotations.
func videoTarget(t Task) (string, error) {
	if t.VideoFile != nil {
		return *t.VideoFile, nil
	}
	var missing []string
	value := func(name string) string {
		var text string
		if raw := t.Annotations[name]; json.Unmarshal(raw, &text) != nil {
			text = strings.TrimSpace(string(raw)) // a number
		}
		if text == "" || text == "null" {
			missing = append(missing, name)
		}
		return strings.ReplaceAll(text, "/", "\u2215")
	}
	artist, release, name := value("artistname"), value("release"), value("name")
	if missing != nil {
		return "", Fail("Copying failed", fmt.Errorf("the video was not annotated with %s", strings.Join(missing, ", ")), "annotate the upload, or name its path in the music directory")
	}
	target := artist + "/" + release + " - " + name
	if t.UploadPath != nil {
		target += path.Ext(*t.UploadPath)
	}
	if _, err := files.Analyse(target, files.KindVideo); err != nil {
		return "", Fail("Copying failed", err, "annotate the upload with a year as release")
	}
	return target, nil
}
