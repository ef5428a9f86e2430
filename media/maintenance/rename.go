package maintenance

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
)

// RenameArtistDirectory renames the directory of an artist. If there is a row of
// the artist it gets the new name; all rows of what is inside follow, hidden
// albums and videos too.
//
// Errors of the renaming methods: *[RefusedError], *[files.PathError],
// *[files.NamingError], *[files.ChangeError], *[library.EntryError] and those of
// the database. After each of them files and rows are as they were.
func (k *Keeper) RenameArtistDirectory(ctx context.Context, oldpath, newpath string) error {
	return k.rename(ctx, oldpath, newpath, 1, true)
}

// RenameAlbumDirectory renames the directory of an album within the directory of
// its artist. If there is a row of the album, the new name must follow the naming
// conventions; name and release are taken from it, and what the files say is read
// again.
func (k *Keeper) RenameAlbumDirectory(ctx context.Context, oldpath, newpath string) error {
	return k.rename(ctx, oldpath, newpath, 2, true)
}

// RenameMusicFile renames the file of a song or video within its directory. The
// new name must have an extension of music, or of a video. If there is a row, the
// new name must follow the naming conventions; names and numbers are taken from
// it, and what the file of a song says is read again.
func (k *Keeper) RenameMusicFile(ctx context.Context, oldpath, newpath string) error {
	depth := strings.Count(oldpath, "/") + 1
	if depth != 2 && depth != 3 {
		return &RefusedError{"rename", oldpath, "music files are at Artist/Album/File or, videos, at Artist/File"}
	}
	video := strings.EqualFold(path.Ext(newpath), ".mp4") || strings.EqualFold(path.Ext(newpath), ".m4v")
	if depth == 2 && !files.IsVideo(newpath) || depth == 3 && !files.IsSong(newpath) && !video {
		return &RefusedError{"rename", oldpath, "the new name has no extension of music"}
	}
	return k.rename(ctx, oldpath, newpath, depth, false)
}

func (k *Keeper) rename(ctx context.Context, oldpath, newpath string, depth int, directory bool) error {
	for _, rel := range []string{oldpath, newpath} {
		if err := files.CheckPath(rel); err != nil {
			return err
		}
		if strings.Count(rel, "/")+1 != depth {
			return &RefusedError{"rename", rel, "the path has another depth; only the last element can be renamed"}
		}
	}
	if path.Dir(oldpath) != path.Dir(newpath) {
		return &RefusedError{"rename", oldpath, "only the last element can be renamed"}
	}
	if err := files.CheckNewName(newpath); err != nil {
		return err
	}
	end, err := k.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	m, err := k.spelled(move{Old: oldpath, New: newpath})
	if err != nil {
		return err
	}
	if err := k.check(m.Old, m.New, directory); err != nil {
		return err
	}
	var read map[string]files.Content
	if depth > 1 { // reading all that an artist has made may take minutes, and tells nothing new
		read = k.readBelow(ctx, m)
	}
	return k.carryOut(ctx, m, func(e *library.Edit) error { return follow(e, m, read) })
}

// spelled returns a move with the paths as the disk spells them, and notes how the
// rows spell the old one.
func (k *Keeper) spelled(m move) (move, error) {
	given := m.Old
	old, oldErr := k.o.Music.Actual(given)
	dir, newErr := path.Dir(m.New), error(nil)
	if dir != "." {
		dir, newErr = k.o.Music.Actual(dir)
	}
	if err := errors.Join(oldErr, newErr); err != nil {
		return m, &RefusedError{"rename", given, err.Error()}
	}
	m.Old, m.New = old, path.Join(dir, path.Base(m.New))
	if c := k.o.Library.Catalogue(); old != given && !mentions(c, old) && mentions(c, given) {
		m.Rows = given
	}
	return m, nil
}

// check looks whether there is what is to be renamed, and whether its new name is
// free. Both are decided once more when it is renamed.
func (k *Keeper) check(oldpath, newpath string, directory bool) error {
	info, err := k.o.Music.Stat(oldpath)
	if err != nil {
		return &files.ChangeError{Change: "rename", Path: oldpath, To: newpath, Err: err}
	}
	if info.IsDir() != directory || !directory && !info.Mode().IsRegular() {
		return &RefusedError{"rename", oldpath, "it is not what is to be renamed: a directory in place of a file, or the other way round"}
	}
	return k.o.Music.CanRename(oldpath, newpath)
}

// readBelow reads the files of all songs at or below a path that have a row. One
// that cannot be read keeps what its row says; renaming it is no worse for it.
func (k *Keeper) readBelow(ctx context.Context, m move) map[string]files.Content {
	read := map[string]files.Content{}
	for s := range k.o.Library.Catalogue().Songs() {
		if !within(m.rows(), s.Path) {
			continue
		}
		content, err := k.o.Music.Read(ctx, m.Old+strings.TrimPrefix(s.Path, m.rows()))
		if files.Playable(err) {
			read[s.Path] = content
		} else if !errors.Is(err, fs.ErrNotExist) {
			k.log.Warn("a renamed song cannot be read; its row keeps what it says", "path", s.Path, "err", err)
		}
	}
	return read
}

// ChangeArtistDirectory moves the directory of an album into that of another
// artist, which is made if it is not there. If there is a row of the album, the
// album and its songs get the artist, who gets a row if he has none. An album with
// a row that the user has moved already is accepted. The old artist stays, even
// without albums.
func (k *Keeper) ChangeArtistDirectory(ctx context.Context, albumpath, artist string) error {
	if err := files.CheckPath(albumpath); err != nil {
		return err
	}
	if strings.Count(albumpath, "/") != 1 {
		return &RefusedError{"move", albumpath, "it is not the directory of an album, Artist/Album"}
	}
	if _, err := files.Analyse(artist, files.KindArtist); err != nil {
		return err
	}
	end, err := k.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if artist, err = k.artistSpelled(artist); err != nil {
		return err
	}
	m, err := k.spelled(move{Old: albumpath, New: path.Join(artist, path.Base(albumpath))})
	if err != nil {
		return err
	}
	albumpath, m.New = m.Old, path.Join(artist, path.Base(m.Old))
	info, err := k.o.Music.Stat(albumpath)
	if errors.Is(err, fs.ErrNotExist) {
		return k.movedAlready(ctx, m)
	}
	if err != nil {
		return &files.ChangeError{Change: "move", Path: albumpath, To: m.New, Err: err}
	}
	if !info.IsDir() {
		return &RefusedError{"move", albumpath, "it is a file"}
	}
	if _, known := k.o.Library.Catalogue().AlbumByPath(m.rows()); known {
		if _, err := albumAt(m.New); err != nil {
			return err
		}
	}
	if err := k.check(m.Old, m.New, true); err != nil {
		return err
	}
	info, err = k.o.Music.Stat(artist)
	m.NewArtist = errors.Is(err, fs.ErrNotExist)
	if err == nil && !info.IsDir() {
		err = files.ErrOccupied
	}
	if err != nil && !m.NewArtist {
		return &files.ChangeError{Change: "move", Path: albumpath, To: m.New, Err: err}
	}
	read := k.readBelow(ctx, m)
	return k.carryOut(ctx, m, func(e *library.Edit) error { return follow(e, m, read) })
}

// movedAlready lets the rows follow a directory that somebody else has moved.
func (k *Keeper) movedAlready(ctx context.Context, m move) error {
	info, err := k.o.Music.Stat(m.New)
	if _, known := k.o.Library.Catalogue().AlbumByPath(m.Old); err != nil || !info.IsDir() || !known {
		return &files.ChangeError{Change: "move", Path: m.Old, To: m.New, Err: fs.ErrNotExist}
	}
	u := m.undoable()
	u.Moves = nil // it was somebody else who has moved the directory
	return k.edit(ctx, u, func(e *library.Edit) error { return follow(e, m, nil) })
}
