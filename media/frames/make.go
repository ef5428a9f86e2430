package frames

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"path"
	"time"

	"musicdb/media/library"
)

// Make makes the frames and the preview of a video, as far as they do not exist,
// and enters them into its row. A thumbnail that the user has chosen stays. Where
// only the preview cannot be made, because the ffmpeg knows no WebP, the frames
// are entered, and the error is an [ErrNoPreview].
// Errors: those of [Store.SetThumbnail] but [ErrTime].
func (s *Store) Make(ctx context.Context, videoID int64) error {
	v, dir, err := s.video(videoID)
	if err != nil {
		return err
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.release()
	err = s.frames(ctx, v, dir)
	if err == nil {
		previewErr := s.previews(ctx, dir)
		err = errors.Join(previewErr, s.enter(ctx, v.ID, func(row *library.Video) {
			row.FramesDirectory = dir
			if row.ThumbnailFile == "" || !s.exists(path.Join(dir, row.ThumbnailFile)) {
				row.ThumbnailFile = frameName(0)
			}
			if previewErr == nil && s.o.Frames > 1 {
				row.PreviewFile = previewName
			}
		}))
	}
	if err != nil {
		return fmt.Errorf("frames: pictures of %q: %w", v.Path, err)
	}
	return nil
}

// ErrNoPreview says that frames were made, but no animation of them.
var ErrNoPreview = errors.New("the preview could not be made")

// moment is when the frame i of n is taken. The first one is not at the very
// begin and the last one well before the end, where many videos are black.
func moment(length time.Duration, i, n int) time.Duration {
	part := length / time.Duration(n+1)
	return part/2 + time.Duration(i)*part
}

func (s *Store) frames(ctx context.Context, v library.Video, dir string) error {
	if err := s.prepare(dir); err != nil {
		return err
	}
	for i := range s.o.Frames {
		name := path.Join(dir, frameName(i))
		var picture image.Image
		if !s.exists(name) {
			data, grabbed, err := s.frame(ctx, v, moment(time.Duration(v.Playtime)*time.Second, i, s.o.Frames))
			if err != nil {
				return err
			}
			if err := s.write(name, data); err != nil {
				return err
			}
			picture = grabbed
		}
		for _, scale := range s.o.Scales {
			if s.exists(path.Join(dir, scaledName(frameName(i), scale))) {
				continue
			}
			if picture == nil {
				data, err := s.read(name)
				if err != nil {
					return err
				}
				if picture, err = decode(data); err != nil {
					return fmt.Errorf("%q: %w", name, err)
				}
			}
			if err := s.writeScaled(dir, frameName(i), scale, picture); err != nil {
				return err
			}
		}
	}
	return nil
}

// previews makes the animation of the frames and of each of their scales.
func (s *Store) previews(ctx context.Context, dir string) error {
	if s.o.Frames < 2 {
		return nil
	}
	as := func(name string) string { return name }
	err := s.preview(ctx, dir, as)
	for _, scale := range s.o.Scales {
		if err != nil {
			break
		}
		err = s.preview(ctx, dir, func(name string) string { return scaledName(name, scale) })
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPreview, err)
	}
	return nil
}

func (s *Store) preview(ctx context.Context, dir string, as func(string) string) error {
	name := path.Join(dir, as(previewName))
	if s.exists(name) {
		return nil
	}
	var pictures [][]byte
	for i := range s.o.Frames {
		data, err := s.read(path.Join(dir, as(frameName(i))))
		if err != nil {
			return err
		}
		pictures = append(pictures, data)
	}
	data, err := s.animate(ctx, pictures, max(1, s.o.Preview.Milliseconds()/int64(s.o.Frames)))
	if err != nil {
		return err
	}
	return s.write(name, data)
}

// exists reports whether a picture is there, as far as that can be known: what
// cannot be looked at is made again and then fails with its reason.
func (s *Store) exists(name string) bool {
	info, err := s.root.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}

func (s *Store) read(name string) ([]byte, error) {
	info, err := s.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a file: %w", name, fs.ErrNotExist)
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes))
}
