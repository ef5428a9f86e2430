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
