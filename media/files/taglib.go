package files

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"go.senan.xyz/taglib"
)

// ErrTags is matched when a file's tags cannot be read although its audio may
// be fine.
var ErrTags = errors.New("tags cannot be read")

// descriptorDir names the directory in which a process finds its own open files.
// TagLib only takes names, and the name of a file in the music directory could
// be replaced by a link between the check and the use; a descriptor cannot. The
// missing extension makes TagLib look at the content, which is right for the many
// MPEG-4 files called .aac.
func descriptorDir() string {
	if runtime.GOOS == "linux" {
		return "/proc/self/fd"
	}
	return "/dev/fd"
}

// maxMetadata is the largest tag in bytes that is handed to TagLib, which holds a
// whole tag in memory, pictures included.
const maxMetadata = 64 << 20

// metadataSize is the size of the parts of a file that TagLib would hold in
// memory and that have no small bound in their format.
func metadataSize(s source) int64 {
	start, err := skipID3(s)
	if err != nil {
		return s.size
	}
	if list, ok := child(s, box{from: 0, to: s.size}, "moov.udta"); ok {
		return max(start, list.to-list.from)
	}
	return start
}

// throughTagLib runs one call of the tag library on an open file. The library
// panics on some damaged files; such a panic becomes an error that matches
// [ErrTags].
func throughTagLib[T any](f *os.File, call func(path string) (T, error)) (result T, err error) {
	defer runtime.KeepAlive(f)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: TagLib stopped: %v", ErrTags, p)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return result, err
	}
	if size := metadataSize(source{f, info.Size()}); size > maxMetadata {
		return result, fmt.Errorf("%w: %d MB of tags and pictures are too much, %d MB are allowed", ErrTags, size>>20, maxMetadata>>20)
	}
	result, err = call(fmt.Sprintf("%s/%d", descriptorDir(), f.Fd()))
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrTags, err)
	}
	return result, err
}

// rawTags returns the tags by the normalised keys of TagLib.
func rawTags(f *os.File) (map[string][]string, error) { return throughTagLib(f, taglib.ReadTags) }

// rawPicture returns the first embedded picture, empty when there is none.
func rawPicture(f *os.File) ([]byte, error) { return throughTagLib(f, taglib.ReadImage) }
