package files

import (
	"context"
	"fmt"
	"os"
)

// ReadTagsOf is [Music.ReadTags] for a song outside the music directory, such as one
// that a client has sent. Errors name the file by what is given.
func ReadTagsOf(ctx context.Context, f *os.File, name string) (Tags, error) {
	if err := ctx.Err(); err != nil {
		return Tags{}, err
	}
	tags, err := readTags(f)
	if err != nil {
		return tags, fmt.Errorf("files: %q: %w", name, err)
	}
	return tags, nil
}

// ReadVideoOf is [Music.ReadVideo] for a video outside the music directory, without
// its checksum.
func ReadVideoOf(ctx context.Context, f *os.File, name string) (Video, error) {
	if err := ctx.Err(); err != nil {
		return Video{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return Video{}, fmt.Errorf("files: %q: %w", name, err)
	}
	v, err := readVideo(source{f, info.Size()})
	if err != nil {
		return Video{}, fmt.Errorf("files: %q: %w", name, err)
	}
	v.Size, v.Modified = info.Size(), info.ModTime().UnixNano()
	return v, nil
}
