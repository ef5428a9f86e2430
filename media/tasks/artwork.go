package tasks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/frames"
	"musicdb/media/library"
)

// Frames makes the pictures of videos. A frames.Store is one.
type Frames interface {
	// Make makes the frames of a video and an animation of them.
	Make(ctx context.Context, videoID int64) error
	// SetPicture makes a JPEG file the thumbnail of a video.
	SetPicture(ctx context.Context, videoID int64, picture []byte) error
	// Picture takes a frame out of a video file of the music directory.
	Picture(ctx context.Context, path string) ([]byte, error)
}

// Messages about covers.
const (
	MessageNoAlbum      = "Album does not exist in the database."
	MessageVideoArtwork = "Video artwork import failed"
)

// importArtwork makes a picture the cover of an album or the thumbnail of a video.
// The old cover stays until the new one is complete, and the colours of an album
// always stay: they are the user's. Done again after a kill it ends the same way.
func importArtwork(ctx context.Context, w *Work) error {
	t := w.Task()
	if t.AwSourceType == nil || t.AwSourcePath == nil {
		return &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	if t.VideoPath != nil {
		return w.videoArtwork(ctx, t)
	}
	album, artist, err := w.targetAlbum(t)
	if err != nil {
		return err
	}
	picture, err := w.sourcePicture(ctx, t)
	if err != nil || picture == nil {
		return err
	}
	name, err := w.m.o.Covers.SetCover(ctx, artist.Name, album.Name, picture)
	if err != nil {
		return artworkFailure(MessageArtworkImport, err)
	}
	switch err := w.m.o.Library.SetAlbumArtwork(ctx, album.ID, name); {
	case errors.Is(err, library.ErrNotFound):
		return noAlbum(album.Path) // removed meanwhile
	case err != nil:
		return artworkFailure(MessageArtworkImport, err)
	}
	return nil
}

func (w *Work) targetAlbum(t Task) (library.Album, library.Artist, error) {
	if t.AlbumPath == nil {
		return library.Album{}, library.Artist{}, noAlbum("")
	}
	catalogue := w.m.o.Library.Catalogue()
	album, ok := catalogue.AlbumByPath(*t.AlbumPath)
	if !ok {
		return album, library.Artist{}, noAlbum(*t.AlbumPath)
	}
	artist, _ := catalogue.Artist(album.ArtistID)
	return album, artist, nil
}

func noAlbum(path string) error {
	return Fail(MessageNoAlbum, fmt.Errorf("the database has no album %q", path), "import the album first, then its cover")
}

// sourcePicture reads the picture that a task names. It is nil for a song without
// one: then the album keeps the cover that it has.
func (w *Work) sourcePicture(ctx context.Context, t Task) (picture []byte, err error) {
	switch *t.AwSourceType {
	case ImageFile:
		picture, err = w.imageFile(ctx, *t.AwSourcePath)
	case SongFile:
		picture, err = w.m.o.Music.ReadCover(ctx, *t.AwSourcePath)
		if err == nil && picture == nil {
			w.m.o.Log.Info("a song holds no picture; the album keeps its cover", "task", t.ID, "song", *t.AwSourcePath)
		}
	case VideoFile:
		if w.m.o.Frames == nil {
			return nil, noFrames()
		}
		picture, err = w.m.o.Frames.Picture(ctx, *t.AwSourcePath)
	default:
		return nil, &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	if err != nil {
		return nil, artworkFailure(MessageArtworkImport, err)
	}
	return picture, nil
}

// imageFile reads a picture of the uploads, or one that lies in the music directory.
func (w *Work) imageFile(ctx context.Context, at string) ([]byte, error) {
	name, ok := w.m.uploadName(at)
	if !ok {
		return w.m.o.Music.ReadPicture(ctx, at, artwork.MaxBytes)
	}
	f, err := w.m.uploads.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%q is not a file", name), err)
	}
	return io.ReadAll(io.LimitReader(f, artwork.MaxBytes+1))
}

// videoArtwork gives a video its pictures: from itself all of them, from anything
// else its thumbnail.
func (w *Work) videoArtwork(ctx context.Context, t Task) error {
	if w.m.o.Frames == nil {
		return noFrames()
	}
	video, ok := w.m.o.Library.Catalogue().VideoByPath(*t.VideoPath)
	if !ok {
		return Fail(MessageVideoArtwork, fmt.Errorf("the database has no video %q", *t.VideoPath), "import the video first, then its picture")
	}
	if *t.AwSourceType == VideoFile && *t.AwSourcePath == *t.VideoPath {
		if err := w.m.o.Frames.Make(ctx, video.ID); err != nil {
			return artworkFailure(MessageVideoArtwork, err)
		}
		return nil
	}
	picture, err := w.sourcePicture(ctx, t)
	if err != nil || picture == nil {
		return err
	}
	if converter, ok := w.m.o.Covers.(interface {
		JPEG(ctx context.Context, picture []byte) ([]byte, error)
	}); ok {
		picture, err = converter.JPEG(ctx, picture)
	}
	if err == nil {
		err = w.m.o.Frames.SetPicture(ctx, video.ID, picture)
	}
	if err != nil {
		return artworkFailure(MessageVideoArtwork, err)
	}
	return nil
}

func noFrames() error {
	return Fail(MessageVideoArtwork, errors.New("this server makes no pictures of videos"), "enable videos in its settings")
}

// artworkFailure says what can be done about an error.
func artworkFailure(message string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	remedy := "check free space and permissions of the artwork directory, then try again"
	switch {
	case errors.Is(err, artwork.ErrTooLarge), errors.Is(err, files.ErrTooMuch):
		remedy = "scale the picture down, then try again"
	case errors.Is(err, artwork.ErrFormat), errors.Is(err, artwork.ErrDamaged):
		remedy = "choose another picture: JPEG, PNG, GIF or WebP, as a browser shows it"
	case errors.Is(err, frames.ErrNoPicture), errors.Is(err, frames.ErrUnknownVideo):
		remedy = "check that the video plays, then try again"
	case errors.Is(err, files.ErrTags):
		remedy = "repair the tags of the song, or choose another one"
	case errors.Is(err, fs.ErrNotExist):
		remedy = "the source is gone; choose another one"
	}
	return Fail(message, err, remedy)
}
