package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"musicdb/media/demo/score"
	"musicdb/media/durable"
)

// MinSongLength is the least length in seconds that random selection must
// accept for the demo library: all its pieces last less than a minute, and the
// usual least length is two.
const MinSongLength = 0

const (
	dirMode  fs.FileMode = 0o775
	fileMode fs.FileMode = 0o664
)

// library has one file per piece, under the names of score.Piece.File.
//
//go:embed library
var library embed.FS

// Pieces returns the music of the demo library, with all its notes, in the
// order of the paths. The caller owns the result.
func Pieces() []score.Piece { return score.Pieces() }

// Unpack writes the pieces that are missing into a music directory, following
// the naming conventions; it creates the directory if need be.
//
// A file that exists is left alone whatever it contains, since its owner may
// have edited it, and so is everything else in the directory. Each file appears
// complete or not at all, so what an earlier run left unfinished is made up for
// by the next. The directory must not be a music directory of the user's own.
func Unpack(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("demo: creating the directory of the demo library: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("demo: opening the directory of the demo library: %w", err)
	}
	for _, p := range score.Pieces() {
		if err = unpack(root, &p); err != nil {
			err = fmt.Errorf("demo: unpacking %q into %q: %w", p.Path(), dir, err)
			break
		}
	}
	return errors.Join(err, root.Close())
}

func unpack(root *os.Root, p *score.Piece) error {
	target := p.Path()
	if _, err := root.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sound, err := library.ReadFile("library/" + p.File())
	if err != nil {
		return err
	}
	album := path.Dir(target)
	if err := makeDirs(root, album); err != nil {
		return err
	}
	return durable.Replace(root, target, sound, durable.File{Mode: fileMode})
}

// makeDirs creates the directories of artist and album and makes them last.
func makeDirs(root *os.Root, album string) error {
	for _, d := range []string{path.Dir(album), album} {
		err := root.Mkdir(d, dirMode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = durable.SyncDir(root, path.Dir(d))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
