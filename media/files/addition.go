package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// adding begins the name of a file that is being copied into the music directory.
// It has no extension of music, so that nobody takes it for a song.
const adding = ".musicdb-adding-"

// IsAdding reports whether a file of this name is being copied into the music
// directory, or was when the process that did that was killed.
func IsAdding(name string) bool { return strings.HasPrefix(path.Base(name), adding) }

// copyStep is how much is copied, in bytes, before somebody is asked whether to go on.
const copyStep = 4 << 20

// Addition is a file that is copied into the music directory.
type Addition struct {
	From *os.File // is read from its begin
	To   string   // in the music directory
	// Key is the temporary name's own part: letters and digits, up to 128. Whoever
	// adds the same file again after he was killed gives the same key.
	Key string
	// Copied is told, now and then, how many bytes were copied. May be nil.
	Copied func(bytes int64)
}

// ErrKey is returned for an addition whose key cannot be part of a file name.
var ErrKey = errors.New("files: the key of an addition is 1 to 128 characters that may stand in a file name")

func (a Addition) check() error {
	if a.Key == "" || len(a.Key) > 128 || strings.ContainsAny(a.Key, "/\x00") {
		return ErrKey
	}
	if err := CheckPath(a.To); err != nil {
		return err
	}
	if IsAdding(a.To) {
		return &PathError{Path: a.To, Why: "is that of a file which is being added"}
	}
	return nil
}

func (a Addition) temporary() string { return path.Join(path.Dir(a.To), adding+a.Key) }

// DropAddition removes what a killed [Music.Add] has left behind.
func (m *Music) DropAddition(a Addition) error {
	if err := a.check(); err != nil {
		return err
	}
	err := m.root.Remove(a.temporary())
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) {
		return nil
	}
	return &ChangeError{"remove", a.temporary(), "", bare(err)}
}

func (a Addition) copyInto(ctx context.Context, f *os.File) error {
	if _, err := a.From.Seek(0, io.SeekStart); err != nil {
		return bare(err)
	}
	for copied := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(f, a.From, copyStep)
		copied += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bare(err)
		}
		if a.Copied != nil {
			a.Copied(copied)
		}
	}
}
