package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // covers that programs have copied into the cache as they were
	_ "image/jpeg" // the usual ones
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	_ "golang.org/x/image/webp" // see above

	"musicdb/media/artwork"
	"musicdb/media/library"
)

// coverCase is the artwork cache, as it is looked at. Nothing in it is made.
type coverCase struct {
	root   *os.Root
	scales []int
}

// openCovers opens the artwork cache. A data directory without one has no covers.
func openCovers(o Options) (*coverCase, error) {
	root, err := os.OpenRoot(filepath.Join(o.DataDir, "webdata", "artwork"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // no cache is no error
	}
	if err != nil {
		return nil, err
	}
	return &coverCase{root, o.Scales}, nil
}

func (c *coverCase) close() {
	if c != nil {
		_ = c.root.Close() // nothing was written
	}
}

// cover examines the cover of an album that is in the library.
func (c *albumCase) cover() {
	if !c.known || c.r.covers == nil {
		return
	}
	name := c.row.ArtworkPath
	if name == artwork.DefaultName || name == "" {
		c.missingCover()
		return
	}
	lost, err := c.r.covers.examine(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.add(c.offer(verdict(LostCover, SubjectAlbum, c.path, Certain, "there is no %q in the artwork cache", name).of(c.row.ID)))
	case err != nil:
		c.add(c.offer(verdict(BadCover, SubjectAlbum, c.path, Certain, "%q: %v", name, err).of(c.row.ID)))
	case len(lost) > 0:
		c.add(verdict(MissingScale, SubjectAlbum, c.path, Certain, "%q is missing in %s", name, strings.Join(lost, ", ")).of(c.row.ID))
	}
}

// maxCover is how many bytes of a picture are looked at, as many as package artwork
// accepts.
const maxCover = artwork.MaxBytes

// examine reads a cover's header and returns the scales that are missing.
func (c *coverCase) examine(name string) (lost []string, err error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, fs.ErrNotExist
	}
	info, err := c.root.Stat(name)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	f, err := c.root.Open(name)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCover))
	if err != nil {
		return nil, bare(err)
	}
	if err := checkPicture(data); err != nil {
		return nil, err
	}
	for _, n := range c.scales {
		dir := fmt.Sprintf("%dx%d", n, n)
		if info, err := c.root.Stat(path.Join(dir, name)); err != nil || info.Size() == 0 {
			lost = append(lost, dir)
		}
	}
	return lost, nil
}

// checkPicture reads the header of a picture and, of one with so few pixels that any
// machine has room for them, all of it.
func checkPicture(data []byte) error {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if config.Width < 1 || config.Height < 1 {
		return errors.New("it has no pixels")
	}
	if config.Width > maxPixels/config.Height {
		return nil
	}
	if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
		return err
	}
	return nil
}

// maxPixels bounds what is decoded to see whether it can be: larger covers are
// believed by their headers.
const maxPixels = 1 << 20

// missingCover reports an album without cover, with what could become one.
func (c *albumCase) missingCover() {
	v := verdict(NoCover, SubjectAlbum, c.path, Certain, "neither its songs nor its directory hold a picture").of(c.row.ID)
	offered := c.offer(v)
	switch {
	case offered.treatment.song != "":
		offered.Reason = "there is a picture in its songs"
	case offered.treatment.file != "":
		offered.Reason = "there is a picture beside its songs"
	}
	c.add(offered)
}

// offer adds to a verdict the picture that could become the cover: that in the first
// song that has one, else the one beside the songs whose name says so.
func (c *albumCase) offer(v Verdict) Verdict {
	v.Remedy = illnesses[NoCover].remedy
	for i, s := range c.songs {
		if i == coversTried {
			break
		}
		picture, err := c.r.music.ReadCover(c.r.ctx, s.path)
		if err != nil || len(picture) == 0 {
			continue
		}
		if err := checkPicture(picture); err != nil {
			c.add(verdict(BadCover, SubjectSong, s.path, Certain, "the picture in it: %v", err).of(s.id).remedy("embed another picture"))
			continue
		}
		return v.with(s.path).remedy("make the picture in its songs the cover").fixed(FixCover, treatment{song: s.path})
	}
	for _, rel := range c.pictures {
		if err := c.checkFile(rel); err != nil {
			c.add(verdict(BadCover, SubjectFile, rel, Certain, "%v", err).remedy("replace it by a good copy"))
			continue
		}
		return v.with(rel).remedy("make the picture beside its songs the cover").fixed(FixCover, treatment{file: rel})
	}
	return v
}

// coversTried is how many songs of an album are asked for a picture.
const coversTried = 3

func (c *albumCase) checkFile(rel string) error {
	f, err := c.r.music.Open(rel)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCover))
	if err != nil {
		return err
	}
	return checkPicture(data)
}

// covers of albums as people and programs call them.
var coverNames = []string{"cover", "folder", "front", "albumart", "album"}

// isPicture reports whether a file is called like the cover of an album.
func isPicture(rel string) bool {
	base := strings.ToLower(path.Base(rel))
	stem := strings.TrimSuffix(base, path.Ext(base))
	switch path.Ext(base) {
	case ".jpg", ".jpeg", ".png", ".webp", ".gif":
		return slices.Contains(coverNames, stem)
	}
	return false
}

// frames examines the pictures of a video that its row names.
func (r *round) frames(row library.Video) (v Verdict, ill bool) {
	if r.covers == nil || row.FramesDirectory == "" || row.ThumbnailFile == "" {
		return v, false
	}
	name := path.Join(row.FramesDirectory, row.ThumbnailFile)
	if fs.ValidPath(name) {
		if _, err := r.covers.root.Stat(name); err == nil {
			return v, false
		}
	}
	return verdict(LostCover, SubjectVideo, row.Path, Certain, "there is no %q in the artwork cache", name).of(row.ID).
		remedy("let the server make its frames again"), true
}

// bare drops the operation and the path, which the verdict names.
func bare(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
