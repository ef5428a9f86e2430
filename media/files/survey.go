package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// SeenFile is a file as a survey has seen it, without a look at what is in it.
type SeenFile struct {
	Path     string
	Size     int64     // bytes
	Modified time.Time // of the content
	Changed  time.Time // of anything of the file, by the clock of its file system
	Inode    uint64
	Device   uint64
	Links    uint64 // how many names the file has
}

// SeenDir is a directory and the files in it, in byte order of their names. Files that
// are ignored, names that are not UTF-8, and links to what has a name of its own here
// are left out.
type SeenDir struct {
	Path  string
	Files []SeenFile
	// Dirs is how many directories are in it that a survey does not enter.
	Dirs int
	// Err says why it could not be read; nothing is known of what is in it then. A
	// directory that has vanished meanwhile is left out instead.
	Err error
}

// SeenArtist is an artist's directory, with its videos and other files, and his albums.
type SeenArtist struct {
	SeenDir
	Albums []SeenDir
}

// SurveyOptions control a survey.
type SurveyOptions struct {
	Ignore Ignore
	// Artists are the directories that are surveyed, by their names; nil: all of them.
	Artists []string
	// Workers is how many artists are read at once; 0: four, because they wait for the
	// disk, or for the network.
	Workers int
	// Enter is called with each directory before it is read, the music directory itself
	// as ".": whoever watches it from then on misses nothing. May be nil; called by
	// several goroutines.
	Enter func(rel string)
}

// Survey looks at the names, sizes and times of all files in the music directory and at
// no content, and calls visit with each artist, in any order, on the goroutine of the
// caller. It sees the directory that Open sees: see [Music.Follow].
//
// The errors are those of the context, and a *[RootError] if the music directory cannot
// be listed.
func (m *Music) Survey(ctx context.Context, o SurveyOptions, visit func(SeenArtist)) error {
	s := &survey{music: m, root: m.reading.Load(), o: o, ctx: ctx}
	if o.Enter == nil {
		s.o.Enter = func(string) {}
	}
	artists := o.Artists
	if artists == nil {
		s.o.Enter(".")
		names, err := fs.ReadDir(s.root.FS(), ".")
		if err != nil {
			return &RootError{Dir: m.dir, Err: err}
		}
		for _, entry := range names {
			artists = append(artists, entry.Name())
		}
	}
	artists = slices.DeleteFunc(slices.Clone(artists), func(name string) bool {
		return CheckPath(name) != nil || o.Ignore.artist(name)
	})
	jobs, results := make(chan string), make(chan SeenArtist)
	var workers sync.WaitGroup
	for range min(cmp.Or(o.Workers, 4), max(1, len(artists))) {
		workers.Go(func() {
			for name := range jobs {
				if artist, ok := s.artist(name); ok {
					results <- artist
				}
			}
		})
	}
	go func() {
		defer close(results)
		defer workers.Wait()
		defer close(jobs)
		for _, name := range artists {
			if ctx.Err() != nil {
				return
			}
			jobs <- name
		}
	}()
	for artist := range results {
		visit(artist)
	}
	return context.Cause(ctx)
}

// survey is one survey; its fields do not change.
type survey struct {
	music *Music
	root  *os.Root
	o     SurveyOptions
	ctx   context.Context //nolint:containedctx // that of Survey
}

// artist reads one artist's directory. False: there is none.
func (s *survey) artist(name string) (SeenArtist, bool) {
	dir, albums, ok := s.read(name, s.o.Ignore.album)
	if !ok {
		return SeenArtist{}, false
	}
	artist := SeenArtist{SeenDir: dir}
	artist.Dirs = 0
	for _, rel := range albums {
		if s.ctx.Err() != nil {
			return SeenArtist{}, false
		}
		if album, inside, ok := s.read(rel, s.o.Ignore.file); ok {
			album.Dirs = len(inside)
			artist.Albums = append(artist.Albums, album)
		}
	}
	return artist, true
}

// read reads a directory. False: it is none, or has vanished.
func (s *survey) read(rel string, ignored func(name string) bool) (seen SeenDir, dirs []string, ok bool) {
	s.o.Enter(rel)
	seen.Path = rel
	// A pipe in place of a directory would block.
	dir, err := s.root.OpenFile(rel, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return s.unreadable(seen, err)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return s.unreadable(seen, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	for _, entry := range entries {
		name := entry.Name()
		if ignored(name) || !utf8.ValidString(name) {
			continue
		}
		file, mode, err := s.stat(dir, path.Join(rel, name), name, entry)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return s.unreadable(SeenDir{Path: rel}, fmt.Errorf("%q: %w", name, err))
		case mode.IsDir():
			dirs = append(dirs, file.Path)
		case mode.IsRegular():
			seen.Files = append(seen.Files, file)
		}
	}
	return seen, dirs, true
}

// unreadable tells a directory that nobody can read from one that is not there, is no
// directory, or lies outside.
func (s *survey) unreadable(seen SeenDir, err error) (SeenDir, []string, bool) {
	for _, is := range []error{fs.ErrNotExist, unix.ENOTDIR, unix.ELOOP} {
		if errors.Is(err, is) {
			return SeenDir{}, nil, false
		}
	}
	if _, link := s.root.Readlink(seen.Path); link == nil {
		return SeenDir{}, nil, false // it leads out
	}
	seen.Err = fmt.Errorf("files: %q cannot be read: %w", seen.Path, bare(err))
	return seen, nil, true
}

// stat describes an entry of an open directory. What is neither file nor directory has
// another mode, and so has a link that is left alone.
func (s *survey) stat(dir *os.File, rel, name string, entry fs.DirEntry) (SeenFile, fs.FileMode, error) {
	if entry.IsDir() {
		return SeenFile{Path: rel}, fs.ModeDir, nil
	}
	if entry.Type()&fs.ModeSymlink != 0 {
		return s.followed(rel)
	}
	var is unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &is, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return SeenFile{}, 0, err
	}
	switch is.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return seenFile(rel, &is), 0, nil
	case unix.S_IFDIR: // a file system that does not tell types in its lists
		return SeenFile{Path: rel}, fs.ModeDir, nil
	}
	return SeenFile{}, fs.ModeIrregular, nil
}

// followed describes what a link inside the music directory leads to, unless it leads
// out or to something that is found under its own name.
func (s *survey) followed(rel string) (SeenFile, fs.FileMode, error) {
	info, err := s.root.Stat(rel)
	if err != nil || (&walker{music: s.music}).hasOwnName(rel, info) {
		return SeenFile{}, fs.ModeSymlink, nil // it leads to no music of this directory
	}
	if info.IsDir() {
		return SeenFile{Path: rel}, fs.ModeDir, nil
	}
	file, err := s.root.OpenFile(rel, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil || !info.Mode().IsRegular() {
		return SeenFile{}, fs.ModeIrregular, nil // it was there a moment ago
	}
	defer file.Close()
	var is unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &is); err != nil {
		return SeenFile{}, 0, err
	}
	return seenFile(rel, &is), 0, nil
}

func seenFile(rel string, is *unix.Stat_t) SeenFile {
	return SeenFile{
		Path: rel, Size: is.Size, Inode: is.Ino, Device: uint64(is.Dev), Links: uint64(is.Nlink), //nolint:unconvert // their types differ between systems
		Modified: time.Unix(is.Mtim.Unix()), Changed: time.Unix(is.Ctim.Unix()),
	}
}

// Replaced reports that the path of the music directory leads elsewhere than to the
// directory that is read: its disk was unplugged, or something was mounted over it. See
// [Music.Follow] for when that is followed.
func (m *Music) Replaced() (bool, error) {
	there, err := os.Stat(m.dir)
	if err != nil {
		return false, &RootError{Dir: m.dir, Err: err}
	}
	opened, err := m.reading.Load().Stat(".")
	if err != nil {
		return false, &RootError{Dir: m.dir, Err: err}
	}
	return !os.SameFile(there, opened), nil
}
