package frames

import (
	"context"
	"fmt"
	"time"

	"musicdb/media/library"
)

// SetPicture makes a picture of the user's, a JPEG file as package artwork makes it,
// the thumbnail of a video: the files are replaced, then its row names them.
// Errors: [ErrUnknownVideo], those of a picture that cannot be decoded, of the
// library and the file system, and the cause of ctx.
func (s *Store) SetPicture(ctx context.Context, videoID int64, data []byte) error {
	v, dir, err := s.video(videoID)
	if err != nil {
		return err
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.release()
	picture, err := decode(data)
	if err == nil {
		err = s.writeThumbnail(dir, data, picture)
	}
	if err == nil {
		err = s.enter(ctx, v.ID, func(row *library.Video) { row.FramesDirectory, row.ThumbnailFile = dir, thumbnailName })
	}
	if err != nil {
		return fmt.Errorf("frames: thumbnail of %q: %w", v.Path, err)
	}
	return nil
}

// firstScene is when a frame is taken of a video whose length is not known: few
// begin later, and few are still black.
const firstScene = 2 * time.Second

// Picture returns a frame of a video in the music directory, as a JPEG file: of one
// that the library has that which is its first frame. Nothing is written. Errors:
// [ErrNoPicture], [*TimeoutError], those of ffmpeg and the file system, and the
// cause of ctx.
func (s *Store) Picture(ctx context.Context, rel string) ([]byte, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.release()
	at := firstScene
	v, ok := s.o.Library.Catalogue().VideoByPath(rel)
	if ok {
		at = moment(time.Duration(v.Playtime)*time.Second, 0, s.o.Frames)
	}
	v.Path = rel
	data, _, err := s.frame(ctx, v, at)
	if err != nil {
		return nil, fmt.Errorf("frames: a frame of %q: %w", rel, err)
	}
	return data, nil
}
