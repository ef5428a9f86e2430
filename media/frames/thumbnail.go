package frames

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"path"
	"strings"
	"time"

	"musicdb/media/artwork"
	"musicdb/media/durable"
	"musicdb/media/library"
)

// TimeError says that a time lies outside a video. It is an ErrTime.
type TimeError struct {
	At, Length time.Duration
}

// ErrTime is matched by every [TimeError].
var ErrTime = errors.New("the time lies outside the video")

func (e *TimeError) Error() string {
	return fmt.Sprintf("%v: %v is not between 0 and %v", ErrTime, e.At, e.Length)
}

// Is makes it an [ErrTime].
func (e *TimeError) Is(target error) bool { return target == ErrTime }

// SetThumbnail makes the frame at a time of a video its thumbnail: the files are
// replaced, then its row names them. When it returns nil both are on the disk.
// Errors: [ErrUnknownVideo], [ErrTime], [ErrNoPicture], [*TimeoutError], those of
// ffmpeg, the library and the file system, and the cause of ctx.
func (s *Store) SetThumbnail(ctx context.Context, videoID int64, at time.Duration) error {
	v, dir, err := s.video(videoID)
	if err != nil {
		return err
	}
	if length := time.Duration(v.Playtime) * time.Second; at < 0 || at > length {
		return fmt.Errorf("frames: video %q: %w", v.Path, &TimeError{at, length})
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.release()
	err = s.thumbnail(ctx, v, dir, at)
	if err == nil {
		err = s.enter(ctx, v.ID, func(row *library.Video) { row.FramesDirectory, row.ThumbnailFile = dir, thumbnailName })
	}
	if err != nil {
		return fmt.Errorf("frames: thumbnail of %q: %w", v.Path, err)
	}
	return nil
}

func (s *Store) thumbnail(ctx context.Context, v library.Video, dir string, at time.Duration) error {
	data, picture, err := s.frame(ctx, v, at)
	if err != nil {
		return err
	}
	return s.writeThumbnail(dir, data, picture)
}

// writeThumbnail replaces the thumbnail and its scales. The caller has the right to
// make pictures.
func (s *Store) writeThumbnail(dir string, data []byte, picture image.Image) error {
	if err := s.prepare(dir); err != nil {
		return err
	}
	if err := s.write(path.Join(dir, thumbnailName), data); err != nil {
		return err
	}
	for _, scale := range s.o.Scales {
		if err := s.writeScaled(dir, thumbnailName, scale, picture); err != nil {
			return err
		}
	}
	return nil
}

// lastFrame is how far before the time wanted a frame is looked for where there
// is none: the length in the row is rounded to seconds, and the last frame begins
// before the video ends.
const lastFrame = time.Second

// frame returns the frame of a video at a time.
func (s *Store) frame(ctx context.Context, v library.Video, at time.Duration) ([]byte, image.Image, error) {
	file, err := s.o.Music.Abs(v.Path)
	if err != nil {
		return nil, nil, err
	}
	data, picture, err := s.grab(ctx, file, at)
	if errors.Is(err, ErrNoPicture) && at > 0 {
		return s.grab(ctx, file, max(0, at-lastFrame))
	}
	return data, picture, err
}

// The documented modes, whatever the umask is.
const (
	dirMode  fs.FileMode = 0o775
	fileMode fs.FileMode = 0o664
)

// prepare makes the directory of a video, and those above it, and removes what a
// killed process has left in it. The caller has the right to make pictures.
func (s *Store) prepare(dir string) error {
	for end := 0; end < len(dir); end++ {
		next := strings.IndexByte(dir[end:], '/')
		if next < 0 {
			next = len(dir) - end
		}
		end += next
		d := dir[:end]
		switch err := s.root.Mkdir(d, dirMode); {
		case err == nil:
			if err := s.root.Chmod(d, dirMode); err != nil {
				s.o.Log.Warn("the mode of an artwork directory could not be set", "directory", d, "mode", dirMode, "error", err)
			}
		case !errors.Is(err, fs.ErrExist):
			return err
		}
	}
	if err := durable.Sweep(s.root, dir); err != nil {
		s.o.Log.Warn("what an interrupted write has left could not be removed", "directory", dir, "error", err)
	}
	return nil
}

func (s *Store) write(name string, data []byte) error {
	return durable.Replace(s.root, name, data, durable.File{Mode: fileMode, Exact: true})
}

func (s *Store) writeScaled(dir, name string, scale Scale, picture image.Image) error {
	data, err := artwork.Encode(artwork.Fit(picture, scale.Width, scale.Height))
	if err != nil {
		return err
	}
	return s.write(path.Join(dir, scaledName(name, scale)), data)
}

// enter changes the row of a video that may have been changed, or removed, while
// its pictures were made.
func (s *Store) enter(ctx context.Context, id int64, change func(*library.Video)) error {
	return s.o.Library.Edit(ctx, func(e *library.Edit) error {
		row, ok := e.Catalogue().Video(id)
		if !ok {
			return ErrUnknownVideo
		}
		before := row
		change(&row)
		if row == before {
			return nil
		}
		return e.PutVideo(row)
	})
}
