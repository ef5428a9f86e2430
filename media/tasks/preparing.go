package tasks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"musicdb/media/durable"
	"musicdb/media/files"
)

// prepare makes a complete upload into what can be integrated: it looks whether the
// file is what its name says, and reads what it says about itself.
func prepare(ctx context.Context, w *Work) error {
	t := w.Task()
	name, ok := "", false
	if t.UploadPath != nil {
		name, ok = w.m.uploadName(*t.UploadPath)
	}
	if !ok {
		return Fail("", errNoUpload, "upload the file again")
	}
	f, err := w.m.uploads.Open(name)
	if err != nil {
		return uploadFailure(&uploadError{"reading", err})
	}
	defer f.Close()
	switch t.ContentType {
	case AlbumFile:
		return w.prepareAlbumFile(ctx, f, name)
	case Video:
		return w.prepareVideo(ctx, f, name)
	case Artwork:
		return w.prepareArtwork(ctx, f, name)
	default:
		return &Failure{Unsupported: true}
	}
}

// prepareAlbumFile takes every file for a part of an album; one that is named as music
// must be music.
func (w *Work) prepareAlbumFile(ctx context.Context, f *os.File, name string) error {
	t := w.Task()
	if t.MimeType == nil || *t.MimeType == "" {
		w.Set(func(t *Task) { t.MimeType = new(mimeTypes[extensionOf(name)]) })
	}
	var values map[string]any
	var err error
	switch {
	case files.IsSong(name):
		values, err = w.songValues(ctx, f, name)
	case files.IsVideo(name):
		values, err = videoValues(ctx, f, name)
	}
	if err != nil {
		return err
	}
	if values != nil {
		if err := w.Annotate(values); err != nil {
			return err
		}
	}
	w.Set(func(t *Task) { t.PreprocessedPath = &name })
	return nil
}

// songValues are what a song says about itself (MusicDB protocol, UploadChunk). A song
// whose tags cannot be read can still be played, and is a song.
func (w *Work) songValues(ctx context.Context, f *os.File, name string) (map[string]any, error) {
	tags, err := files.ReadTagsOf(ctx, f, nameOf(w.Task()))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if !files.Playable(err) {
		return nil, notWhatItIsCalled(err, name, "music")
	}
	if err != nil {
		w.m.o.Log.Info("the tags of an upload cannot be read", "task", w.Task().ID, "err", err)
	}
	year := tags.Year
	if year == nil && tags.Format == files.FormatMPEG {
		year = new(int) // as the reference server says of an MP3 file without a date
	}
	return map[string]any{
		"song": tags.Title, "album": tags.Album, "artist": tags.Artist, "releaseyear": year, "origin": tags.Origin,
		"playtime": tags.Playtime, "cdnumber": tags.Disc, "songnumber": tags.Track, "bitrate": tags.Bitrate, "lyrics": tags.Lyrics,
	}, nil
}

// notWhatItIsCalled tells nobody but in the task: that a state says it is enough for
// clients of MusicDB 8.
func notWhatItIsCalled(err error, name, what string) *Failure {
	return &Failure{
		Cause:  fmt.Sprintf("the file has the extension %q but is not %s that can be read: %v", extensionOf(name), what, bare(err)),
		Remedy: "check that the file plays and give it its right extension, then upload it again",
		Err:    err,
	}
}

// bare leaves the name out, which the cause has already.
func bare(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// Converter makes the JPEG of a picture that would be kept as a cover. An
// artwork.Store is one.
type Converter interface {
	JPEG(ctx context.Context, picture []byte) ([]byte, error)
}

// maxPicture is the largest picture that is looked at, in bytes.
const maxPicture = 64 << 20

// prepareArtwork makes a JPEG of a picture, unless it is one that is called so, and
// leaves its absolute path in the task, as the reference server does.
func (w *Work) prepareArtwork(ctx context.Context, f *os.File, name string) error {
	converter, ok := w.m.o.Covers.(Converter)
	if !ok {
		return Fail("", errors.New("this server keeps no artwork"), "")
	}
	picture, err := io.ReadAll(io.LimitReader(f, maxPicture))
	if err != nil {
		return uploadFailure(&uploadError{"reading", err})
	}
	jpeg, err := converter.JPEG(ctx, picture)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return Fail("", err, "upload a picture that a browser shows, as JPEG, PNG or WebP")
	}
	if path.Ext(name) != ".jpg" {
		prepared := strings.TrimSuffix(name, path.Ext(name)) + ".jpg"
		w.m.announcing.Lock()
		if t := w.Task(); t.PreprocessedPath == nil { // else it was named before a restart
			prepared = w.m.freeName(prepared)
			w.Set(func(t *Task) { t.PreprocessedPath = new(filepath.Join(w.m.uploads.Name(), prepared)) })
		} else {
			prepared = filepath.Base(*t.PreprocessedPath)
		}
		w.m.announcing.Unlock()
		if err := durable.Replace(w.m.uploads, prepared, jpeg, durable.File{Mode: uploadMode}); err != nil {
			return uploadFailure(&uploadError{"writing", err})
		}
		return nil
	}
	w.Set(func(t *Task) { t.PreprocessedPath = new(filepath.Join(w.m.uploads.Name(), name)) })
	return nil
}

// nameOf is how the user knows an upload.
func nameOf(t Task) string {
	if t.SourceFileName != nil {
		return *t.SourceFileName
	}
	return t.ID
}

func extensionOf(name string) string { return strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) }

// mimeTypes are those of the files that albums are made of.
var mimeTypes = map[string]string{
	"mp3": "audio/mpeg", "flac": "audio/flac", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "opus": "audio/ogg",
	"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm",
	"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
	"txt": "text/plain", "pdf": "application/pdf",
}
