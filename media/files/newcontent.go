package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"
)

// NewContent is music that the database does not know yet, in path order.
type NewContent struct {
	Albums []Candidate
	Videos []Candidate
}

// Candidate is an album's directory or a video that could enter the library. Its
// name need not follow the conventions.
type Candidate struct {
	Path      string
	Artist    string
	Name      string
	Release   *int   // nil if the name does not follow the conventions
	Extension string // of a video, as written, without the dot
}

// FindOptions says what a search for new content passes by. The functions may be
// nil and are called by the searching goroutine.
type FindOptions struct {
	Ignore     Ignore
	KnownAlbum func(path string) bool
	KnownVideo func(path string) bool
	// Found is called with everything that cannot be a candidate although its
	// place says that it should be one.
	Found func(*Finding)
}

// FindNew looks for albums and videos that are not known. An album is a directory
// that holds only files, all of which the server may read and write, one of them
// music; a video lies directly in an artist's directory. Names that are not UTF-8
// are left out, because no client could name them.
//
// The errors are those of the context, and a *[RootError] if the music directory
// cannot be listed.
func (m *Music) FindNew(ctx context.Context, o FindOptions) (NewContent, error) {
	f := finder{music: m, o: o, ctx: ctx}
	top, entries, err := m.entries(".")
	if err != nil {
		return NewContent{}, &RootError{Dir: m.dir, Err: err}
	}
	defer top.Close()
	for _, entry := range entries {
		name := entry.Name()
		if err := context.Cause(ctx); err != nil {
			return NewContent{}, err
		}
		if o.Ignore.artist(name) || f.misnamed(name, name) {
			continue
		}
		if info, ok := f.stat(name, entry); ok && info.IsDir() {
			f.artist(name)
		}
	}
	return f.found, context.Cause(ctx)
}

// FindNewOf is FindNew in the directory of one artist. There may be none.
func (m *Music) FindNewOf(ctx context.Context, artist string, o FindOptions) (NewContent, error) {
	if _, err := Analyse(artist, KindArtist); err != nil {
		return NewContent{}, err
	}
	f := finder{music: m, o: o, ctx: ctx}
	if info, err := m.root.Stat(artist); err == nil && info.IsDir() && !o.Ignore.artist(artist) {
		f.artist(artist)
	}
	return f.found, context.Cause(ctx)
}

// finder is one search. All fields belong to its goroutine.
type finder struct {
	music *Music
	o     FindOptions
	ctx   context.Context
	found NewContent
}

func (f *finder) artist(artist string) {
	dir, entries, err := f.music.entries(artist)
	if err != nil {
		f.report(artist, ProblemUnreadable, err)
		return
	}
	defer dir.Close()
	for _, entry := range entries {
		if f.ctx.Err() != nil {
			return
		}
		rel := path.Join(artist, entry.Name())
		if f.o.Ignore.album(entry.Name()) || f.misnamed(rel, entry.Name()) {
			continue
		}
		info, ok := f.stat(rel, entry)
		switch {
		case !ok:
		case info.IsDir():
			if f.o.KnownAlbum == nil || !f.o.KnownAlbum(rel) {
				f.album(dir, artist, entry.Name())
			}
		case info.Mode().IsRegular() && IsVideo(rel) && (f.o.KnownVideo == nil || !f.o.KnownVideo(rel)):
			if !mayWrite(dir, entry.Name()) {
				f.report(rel, ProblemUnreadable, syscall.EACCES)
				continue
			}
			f.found.Videos = append(f.found.Videos, videoCandidate(artist, rel))
		}
	}
}

func (f *finder) album(parent *os.File, artist, name string) {
	rel := path.Join(artist, name)
	dir, entries, err := f.music.entries(rel)
	if err == nil && !mayWrite(parent, name) {
		err = syscall.EACCES
		_ = dir.Close()
	}
	if err != nil {
		f.report(rel, ProblemUnreadable, err)
		return
	}
	defer dir.Close()
	music := false
	for _, entry := range entries {
		inside := path.Join(rel, entry.Name())
		info, ok := f.stat(inside, entry)
		if !ok {
			return
		}
		if info.IsDir() {
			f.report(inside, ProblemMisplaced, nil)
			return
		}
		if !mayWrite(dir, entry.Name()) {
			f.report(inside, ProblemUnreadable, syscall.EACCES)
			return
		}
		music = music || info.Mode().IsRegular() && (IsSong(inside) || extension(inside) == "mp4")
	}
	if !music {
		f.report(rel, ProblemNoSongs, nil)
		return
	}
	f.found.Albums = append(f.found.Albums, albumCandidate(artist, rel))
}

// NewSongs lists the music files in a directory that are not known and that the
// server may read and write, in path order. What is no directory gives an error.
func (m *Music) NewSongs(rel string, ignore Ignore, known func(path string) bool) ([]string, error) {
	if err := CheckPath(rel); err != nil {
		return nil, err
	}
	dir, entries, err := m.entries(rel)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var songs []string
	for _, entry := range entries {
		name := path.Join(rel, entry.Name())
		if !IsSong(name) || ignore.file(entry.Name()) || !utf8.ValidString(name) || known(name) {
			continue
		}
		if info, err := m.root.Stat(name); err == nil && info.Mode().IsRegular() && mayWrite(dir, entry.Name()) {
			songs = append(songs, name)
		}
	}
	return songs, nil
}

// entries opens a directory and lists it in byte order of the names.
func (m *Music) entries(rel string) (*os.File, []fs.DirEntry, error) {
	// A pipe in place of a directory would block.
	dir, err := m.root.OpenFile(rel, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, nil, errors.Join(err, dir.Close())
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return dir, entries, nil
}

func (f *finder) stat(rel string, entry fs.DirEntry) (fs.FileInfo, bool) {
	info, err := f.music.root.Stat(rel)
	switch {
	case err == nil:
		return info, true
	case entry.Type()&fs.ModeSymlink != 0:
		f.report(rel, ProblemOutside, err)
	case !errors.Is(err, fs.ErrNotExist): // else removed while it was being looked at
		f.report(rel, ProblemUnreadable, err)
	}
	return nil, false
}

func (f *finder) misnamed(rel, name string) bool {
	if utf8.ValidString(name) {
		return false
	}
	f.report(rel, ProblemEncoding, nil)
	return true
}

func (f *finder) report(rel string, p Problem, err error) {
	if f.o.Found != nil {
		f.o.Found(&Finding{Path: rel, Problem: p, Err: err})
	}
}

// albumCandidate reads names as the reference server does. Outside the
// conventions the name ends before the first "-".
func albumCandidate(artist, rel string) Candidate {
	c := Candidate{Path: rel, Artist: artist}
	if at, err := Analyse(rel, KindAlbum); err == nil {
		c.Name, c.Release = at.Album, &at.Release
		return c
	}
	before, _, _ := strings.Cut(path.Base(rel), "-")
	c.Name = strings.TrimSpace(before)
	return c
}

// videoCandidate is albumCandidate for videos; outside the conventions the name
// has no dots.
func videoCandidate(artist, rel string) Candidate {
	name, extension := splitExtension(path.Base(rel))
	c := Candidate{Path: rel, Artist: artist, Extension: extension}
	if at, err := Analyse(rel, KindVideo); err == nil {
		c.Name, c.Release = at.Name, &at.Release
		return c
	}
	c.Name = strings.ReplaceAll(name, ".", "")
	return c
}
