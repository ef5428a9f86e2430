package plans

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"musicdb/media/library"
)

// checker finds what is not as a plan expects.
type checker struct {
	k     *Keeper
	ctx   context.Context
	plan  *Plan
	rows  *library.Catalogue
	tags  bool // look into files, too
	since []string
}

// check returns what has changed since the plan was made. tags also reads the tags
// that are to be written.
func (k *Keeper) check(ctx context.Context, p *Plan, tags bool) ([]string, error) {
	c := &checker{k: k, ctx: ctx, plan: p, rows: k.o.Library.Catalogue(), tags: tags}
	for i := range p.Operations {
		c.operation(i)
	}
	return c.since, ctx.Err()
}

func (c *checker) against(format string, args ...any) {
	c.since = append(c.since, fmt.Sprintf(format, args...))
}

func (c *checker) operation(i int) {
	o, before := &c.plan.Operations[i], c.plan.Operations[:i]
	switch {
	case o.MakeDirectory != nil:
		c.free(before, "", o.MakeDirectory.Path)
	case o.Move != nil:
		c.move(before, o.Move)
	case o.WriteTags != nil:
		c.writeTags(o.WriteTags)
	case o.SetCover != nil:
		c.cover(before, o.SetCover)
	case o.EnterAlbum != nil:
		if a, exists := c.rows.AlbumByPath(o.EnterAlbum.Path); exists {
			c.against("album %d with the path %q is in the library", a.ID, a.Path)
		}
		c.songs(before, o.EnterAlbum.Songs)
	case o.EnterSongs != nil:
		c.known(before, o.EnterSongs.AlbumPath)
		c.songs(before, o.EnterSongs.Songs)
	case o.EnterVideo != nil:
		if v, exists := c.rows.VideoByPath(o.EnterVideo.File.Path); exists {
			c.against("video %d with the path %q is in the library", v.ID, v.Path)
		}
		c.file(before, o.EnterVideo.File)
	case o.ChangeRow != nil:
		c.row(o.ChangeRow.Table, o.ChangeRow.ID, o.ChangeRow.Before)
	case o.RemoveRow != nil:
		rel, _ := json.Marshal(o.RemoveRow.Path)
		c.row(o.RemoveRow.Table, o.RemoveRow.ID, map[string]json.RawMessage{"path": rel})
	}
}

// file holds a file against what is expected of it.
func (c *checker) file(before []Operation, f File) {
	rel := initial(before, f.Path)
	same, err := c.k.same(c.ctx, rel, f)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.against("%q is not there any more", rel)
	case err != nil:
		c.against("%q cannot be looked at: %v", rel, err)
	case !same:
		c.against("%q has changed", rel)
	}
}

// same reports whether a file is the expected one.
func (k *Keeper) same(ctx context.Context, rel string, want File) (bool, error) {
	info, err := k.o.Music.Stat(rel)
	if err != nil {
		return false, err
	}
	switch {
	case !info.Mode().IsRegular() || info.Size() != want.Size:
		return false, nil
	case info.ModTime().UnixNano() == want.Modified:
		return true, nil
	case want.Checksum == "":
		return false, nil
	}
	f, err := k.o.Music.Open(rel)
	if err != nil {
		return false, err
	}
	defer f.Close()
	hash := sha256.New()
	for {
		n, err := io.CopyN(hash, f, 4<<20)
		if errors.Is(err, io.EOF) && n < 4<<20 {
			return hex.EncodeToString(hash.Sum(nil)) == want.Checksum, nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return false, err
		}
	}
}

// free looks whether a path is not taken, but by what is moved away before.
func (c *checker) free(before []Operation, from, to string) {
	if slices.ContainsFunc(before, func(o Operation) bool { return o.Move != nil && o.Move.From == to }) {
		return
	}
	rel := initial(before, to)
	var err error
	if from != "" {
		err = c.k.o.Music.CanRename(initial(before, from), rel)
	} else if there, exists := c.k.o.Music.Exists(rel); there || exists != nil {
		err = errors.Join(errors.New("something of that name is there already"), exists)
	}
	if err != nil {
		c.against("%q is not free: %v", to, err)
	}
	dir := path.Dir(rel)
	made := slices.ContainsFunc(before, func(o Operation) bool { return o.MakeDirectory != nil && o.MakeDirectory.Path == path.Dir(to) })
	if dir != "." && !made {
		if info, err := c.k.o.Music.Stat(dir); err != nil || !info.IsDir() {
			c.against("there is no directory %q", dir)
		}
	}
}

func (c *checker) move(before []Operation, m *Move) {
	for _, f := range m.Holds {
		c.file(before, f)
	}
	from := initial(before, m.From)
	if m.File != nil {
		c.file(before, *m.File)
	} else if info, err := c.k.o.Music.Stat(from); err != nil || !info.IsDir() {
		c.against("there is no directory %q", from)
		return
	}
	c.free(before, m.From, m.To)
}

func (c *checker) writeTags(w *WriteTags) {
	c.file(nil, w.File)
	if !c.tags {
		return
	}
	tags, err := c.k.o.Music.RawTags(c.ctx, w.File.Path)
	if err != nil {
		c.against("the tags of %q cannot be read: %v", w.File.Path, err)
		return
	}
	for key := range w.After {
		if !slices.Equal(tags[key], w.Before[key]) {
			c.against("the tag %s of %q is %q, not %q", key, w.File.Path, tags[key], w.Before[key])
		}
	}
}

// known looks for an album in the library, or among those that are entered before.
func (c *checker) known(before []Operation, album string) (a library.Album, inLibrary bool) {
	if slices.ContainsFunc(before, func(o Operation) bool { return o.EnterAlbum != nil && o.EnterAlbum.Path == album }) {
		return a, false
	}
	a, exists := c.rows.AlbumByPath(initial(before, album))
	if !exists {
		c.against("there is no album %q in the library", album)
	}
	return a, exists
}

func (c *checker) cover(before []Operation, s *SetCover) {
	if a, inLibrary := c.known(before, s.AlbumPath); inLibrary && s.Before != "" && a.ArtworkPath != s.Before {
		c.against("the cover of %q is %q, not %q", a.Path, a.ArtworkPath, s.Before)
	}
	for _, rel := range []string{s.Source.Song, s.Source.File} {
		if rel == "" {
			continue
		}
		if info, err := c.k.o.Music.Stat(rel); err != nil || !info.Mode().IsRegular() {
			c.against("there is no file %q for the cover", rel)
		}
	}
}

func (c *checker) songs(before []Operation, songs []Song) {
	for _, s := range songs {
		if known, exists := c.rows.SongByPath(s.File.Path); exists {
			c.against("song %d with the path %q is in the library", known.ID, known.Path)
		}
		c.file(before, s.File)
	}
}

// row holds columns of a row against what is expected of them.
func (c *checker) row(table string, id int64, want map[string]json.RawMessage) {
	row, err := columns(c.rows, table, id)
	if err != nil {
		c.against("%v", err)
		return
	}
	for column, value := range want {
		if !sameJSON(row[column], value) {
			c.against("%s of row %d of %s is %s, not %s", column, id, table, row[column], value)
		}
	}
}

// columns returns the JSON form of a row.
func columns(c *library.Catalogue, table string, id int64) (map[string]json.RawMessage, error) {
	var row any
	var exists bool
	switch table {
	case "artists":
		row, exists = c.Artist(id)
	case "albums":
		row, exists = c.Album(id)
	case "songs":
		row, exists = c.Song(id)
	case "videos":
		row, exists = c.Video(id)
	}
	if !exists {
		return nil, fmt.Errorf("there is no row %d of %s any more", id, table)
	}
	raw, err := json.Marshal(row)
	if err != nil {
		return nil, err
	}
	var columns map[string]json.RawMessage
	return columns, json.Unmarshal(raw, &columns)
}

// sameJSON compares two values however they are spelled.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, _ := json.Marshal(x)
	other, _ := json.Marshal(y)
	return bytes.Equal(one, other)
}
