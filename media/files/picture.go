package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"go.senan.xyz/taglib"
)

// The names under which people and programs put the picture of an album beside
// its songs, the likelier first.
var (
	folderPictures   = []string{"cover", "folder", "front", "album"}
	folderExtensions = []string{"jpg", "jpeg", "png", "webp"}
)

// folderRank tells how likely a file is to be the picture of the directory in
// which it lies; less is likelier.
func folderRank(name string) (rank int, ok bool) {
	name = strings.ToLower(name)
	ext := path.Ext(name)
	stem := slices.Index(folderPictures, strings.TrimSuffix(name, ext))
	kind := slices.Index(folderExtensions, strings.TrimPrefix(ext, "."))
	return stem*len(folderExtensions) + kind, stem >= 0 && kind >= 0
}

// IsPicture reports whether the name ends in an extension of a picture that a cover
// can be made of, in any case: jpg, jpeg, png, gif, webp.
func IsPicture(name string) bool {
	ext := extension(name)
	return ext == "gif" || slices.Contains(folderExtensions, ext)
}

// PictureSources lists the files of a directory from which the cover of an album
// could come: those that are named cover, folder, front or album, with the
// extension jpg, jpeg, png or webp, in any case, the likelier one first; and the
// songs in byte order. Nothing is said of their content.
func (m *Music) PictureSources(rel string) (pictures, songs []string, err error) {
	if err := CheckPath(rel); err != nil {
		return nil, nil, err
	}
	dir, entries, err := m.entries(rel)
	if err != nil {
		return nil, nil, fmt.Errorf("files: %w", err)
	}
	defer dir.Close()
	for _, entry := range entries {
		name := path.Join(rel, entry.Name())
		switch _, isPicture := folderRank(entry.Name()); {
		case !utf8.ValidString(name):
		case isPicture:
			pictures = append(pictures, name)
		case IsSong(name):
			songs = append(songs, name)
		}
	}
	slices.SortStableFunc(pictures, func(a, b string) int {
		rankA, _ := folderRank(path.Base(a))
		rankB, _ := folderRank(path.Base(b))
		return rankA - rankB
	})
	return pictures, songs, nil
}

// ErrTooMuch says that a file has more bytes than were asked for.
var ErrTooMuch = errors.New("the file is too large")

// ReadPicture reads a whole file of at most limit bytes. A larger one gives an
// error that matches [ErrTooMuch].
func (m *Music) ReadPicture(ctx context.Context, rel string, limit int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := m.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%w: %d bytes are allowed", ErrTooMuch, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("files: %q: %w", rel, err)
	}
	return data, nil
}

// frontCover is what TagLib calls a picture of the front of an album.
const frontCover = "Front Cover"

// rawFrontCover returns the embedded picture of the front, or the first one where
// none is said to be that; empty when there is none.
func rawFrontCover(f *os.File) ([]byte, error) {
	first, err := rawPicture(f)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	// Where the others cannot be read, the first one is still a cover.
	p, err := throughTagLib(f, taglib.ReadProperties)
	front := slices.IndexFunc(p.Images, func(i taglib.ImageDesc) bool { return i.Type == frontCover })
	if err == nil && front > 0 {
		picture, err := throughTagLib(f, func(name string) ([]byte, error) { return taglib.ReadImageOptions(name, front) })
		if err == nil && len(picture) > 0 {
			return picture, nil
		}
	}
	return first, nil
}
