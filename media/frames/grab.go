package frames

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"strconv"
	"time"

	"musicdb/media/ffmpeg"
)

const (
	// maxBytes and maxPixels bound what ffmpeg may hand over: a picture of 8K.
	maxBytes  = 64 << 20
	maxPixels = 36_000_000
)

// ErrNoPicture says that ffmpeg found no picture in a file at that time: the
// video ends before, or the file holds none.
var ErrNoPicture = errors.New("there is no picture at this time of the video")

// grab returns the frame of a file at a time, as JPEG and decoded. Players show
// pixels that are not square as if they were, so they are made square.
func (s *Store) grab(ctx context.Context, file string, at time.Duration) ([]byte, image.Image, error) {
	args, err := ffmpeg.Input(file, at)
	if err != nil {
		return nil, nil, err
	}
	// Cover pictures, which a file may hold as well, are not meant by V.
	data, err := s.ffmpeg(ctx, nil, append(args, "-map", "0:V:0", "-vf", "scale=iw*sar:ih", "-frames:v", "1",
		"-c:v", "mjpeg", "-q:v", "2", "-map_metadata", "-1", "-f", "image2pipe", "pipe:1")...)
	if err != nil {
		return nil, nil, err
	}
	if len(data) == 0 {
		return nil, nil, ErrNoPicture
	}
	picture, err := decode(data)
	return data, picture, err
}

func decode(data []byte) (image.Image, error) {
	header, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if header.Width < 1 || header.Height < 1 || header.Width > maxPixels/header.Height {
		return nil, fmt.Errorf("a picture of %d × %d pixels is too large", header.Width, header.Height)
	}
	return jpeg.Decode(bytes.NewReader(data))
}

// animate makes an animation of JPEG pictures of equal size, each shown for some
// milliseconds, repeated for ever.
func (s *Store) animate(ctx context.Context, pictures [][]byte, each int64) ([]byte, error) {
	data, err := s.ffmpeg(ctx, bytes.NewReader(bytes.Join(pictures, nil)), "-hide_banner", "-v", "error", "-protocol_whitelist", "pipe",
		"-f", "image2pipe", "-framerate", "1000/"+strconv.FormatInt(each, 10), "-c:v", "mjpeg", "-i", "pipe:0",
		"-c:v", "libwebp_anim", "-compression_level", "6", "-loop", "0", "-f", "webp", "pipe:1")
	if err == nil && len(data) == 0 {
		err = ErrNoPicture
	}
	return data, err
}

// ffmpeg starts an ffmpeg, once there is one, and returns what it writes.
func (s *Store) ffmpeg(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	if err := s.o.Tool.Prepare(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.o.Timeout, &TimeoutError{s.o.Timeout})
	defer cancel()
	out := &bounded{limit: maxBytes}
	cmd := s.o.Tool.Command(ctx, args...)
	cmd.Stdin, cmd.Stdout = in, out
	if err := s.run(cmd); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause // and not the signal that we have sent
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// TimeoutError says that ffmpeg was killed because it took too long.
type TimeoutError struct{ Limit time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("ffmpeg made no picture within %v and was killed; the file or its disk does not answer", e.Limit)
}

// bounded is a buffer that refuses to grow beyond its limit, which ends the
// child that writes to it.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, fmt.Errorf("ffmpeg wrote more than %d MB", b.limit>>20)
	}
	return b.Buffer.Write(p)
}
