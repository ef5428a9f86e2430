package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// step is one place in the order of results: an album, or findings between
// albums.
type step struct {
	findings []*Finding
	fatal    error
	album    *Album
	songs    []songResult
	pending  sync.WaitGroup // one per song that is being read
}

// songResult is filled by exactly one reader.
type songResult struct {
	at      Location
	song    Song
	finding *Finding
	enters  bool
}

type job struct {
	step *step
	slot int
}

// walker lists directories; readers read the songs it finds. Only the goroutine
// of walk writes steps, so they are in path order.
type walker struct {
	music *Music
	o     ScanOptions
	ctx   context.Context
	steps chan *step
	jobs  chan job
	found Found
}

// walk closes both channels when the last artist is done or the context ends.
func (w *walker) walk() {
	defer close(w.steps)
	defer close(w.jobs)
	entries, err := w.music.list(".")
	if err != nil {
		w.put(&step{fatal: &RootError{Dir: w.music.dir, Err: err}})
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		if w.o.Ignore.artist(name) {
			continue
		}
		at := &step{}
		info, ok := w.look(at, name, entry)
		if ok && !info.IsDir() {
			at.report(name, ProblemMisplaced, nil)
			ok = false
		}
		if !ok {
			if !w.put(at) {
				return
			}
			continue
		}
		if !w.artist(name) {
			return
		}
	}
}

// artist walks one artist's directory. It returns false when the scan ends.
func (w *walker) artist(artist string) bool {
	entries, err := w.music.list(artist)
	if err != nil {
		s := &step{}
		s.report(artist, ProblemUnreadable, err)
		return w.put(s)
	}
	if len(entries) == 0 {
		s := &step{}
		s.report(artist, ProblemNoSongs, nil)
		return w.put(s)
	}
	for _, entry := range entries {
		rel := path.Join(artist, entry.Name())
		if w.o.Ignore.album(entry.Name()) {
			continue
		}
		s := &step{}
		info, ok := w.look(s, rel, entry)
		switch {
		case !ok:
		case info.IsDir():
			if !w.albumStep(s, rel, info) {
				return false
			}
			continue
		case IsVideo(rel):
			// Videos are no part of a music scan; only their names are checked.
			if _, err := Analyse(rel, KindVideo); err != nil {
				s.report(rel, ProblemName, err)
			}
		default:
			s.report(rel, ProblemMisplaced, nil)
		}
		if !w.put(s) {
			return false
		}
	}
	return true
}

// albumStep lists an album, puts it into the order and hands its songs to the
// readers.
func (w *walker) albumStep(s *step, rel string, info fs.FileInfo) bool {
	at, err := Analyse(rel, KindAlbum)
	if err == nil && at.Album == "" {
		err = &NamingError{rel, KindAlbum, "the name of the album is empty"}
	}
	if err != nil {
		s.report(rel, ProblemName, err)
		return w.put(s)
	}
	if w.o.Known != nil && w.o.Known(rel) {
		return w.ctx.Err() == nil
	}
	entries, err := w.music.list(rel)
	if err != nil {
		s.report(rel, ProblemUnreadable, err)
		return w.put(s)
	}
	s.album = &Album{Location: at, Added: info.ModTime().Unix()}
	for _, entry := range entries {
		w.songEntry(s, path.Join(rel, entry.Name()), entry)
	}
	slices.SortFunc(s.songs, func(a, b songResult) int {
		return cmp.Or(cmp.Compare(a.at.CD, b.at.CD), cmp.Compare(a.at.Number, b.at.Number), strings.Compare(a.at.Path, b.at.Path))
	})
	w.found.Albums++
	w.found.Songs += len(s.songs)
	s.album.Found = w.found
	s.pending.Add(len(s.songs))
	if !w.put(s) {
		return false
	}
	for i := range s.songs {
		select {
		case w.jobs <- job{s, i}:
		case <-w.ctx.Done():
			s.pending.Add(i - len(s.songs)) // nobody will read the rest
			return false
		}
	}
	return true
}

// songEntry decides what one entry of an album's directory is.
func (w *walker) songEntry(s *step, rel string, entry fs.DirEntry) {
	if w.o.Ignore.file(entry.Name()) {
		return
	}
	info, ok := w.look(s, rel, entry)
	switch {
	case !ok:
	case info.IsDir():
		s.report(rel, ProblemMisplaced, nil)
	case info.Mode().IsRegular() && isCompanion(rel):
		s.report(rel, ProblemCompanion, nil)
	case !info.Mode().IsRegular() || !IsSong(rel):
		s.report(rel, ProblemUnsupported, nil)
	default:
		at, err := Analyse(rel, KindSong)
		if err == nil && at.Name == "" {
			err = &NamingError{rel, KindSong, "the name of the song is empty"}
		}
		if err != nil {
			s.report(rel, ProblemName, err)
			return
		}
		s.songs = append(s.songs, songResult{at: at})
	}
}

// look follows an entry to what it stands for. False means that a finding was
// reported.
func (w *walker) look(s *step, rel string, entry fs.DirEntry) (fs.FileInfo, bool) {
	if !utf8.ValidString(entry.Name()) {
		s.report(rel, ProblemEncoding, nil)
		return nil, false
	}
	info, err := w.music.root.Stat(rel)
	link := entry.Type()&fs.ModeSymlink != 0
	switch {
	case err != nil && link:
		s.report(rel, ProblemOutside, err)
		return nil, false
	case err != nil:
		s.report(rel, ProblemUnreadable, err)
		return nil, false
	case link && w.hasOwnName(rel, info):
		s.report(rel, ProblemAlias, nil)
		return nil, false
	}
	return info, true
}

// hasOwnName reports whether the target of a link is at a place where the scan
// finds it without the link. Only this decision trusts the resolved name; files
// are opened through the confined root.
func (w *walker) hasOwnName(rel string, info fs.FileInfo) bool {
	real, err := filepath.EvalSymlinks(filepath.Join(w.music.dir, filepath.FromSlash(rel)))
	if err != nil {
		return false
	}
	own, err := filepath.Rel(w.music.dir, real)
	if err != nil {
		return false
	}
	own = filepath.ToSlash(own)
	depth := strings.Count(own, "/")
	if depth != strings.Count(rel, "/") {
		return false
	}
	kind := []Kind{KindArtist, KindAlbum, KindSong}[depth]
	if kind == KindAlbum && !info.IsDir() {
		kind = KindVideo
	}
	_, err = Analyse(own, kind)
	return err == nil
}

// put sends a step to the consumer unless there is nothing in it. False means
// that the scan ends.
func (w *walker) put(s *step) bool {
	if s.album == nil && s.fatal == nil && len(s.findings) == 0 {
		return w.ctx.Err() == nil
	}
	select {
	case w.steps <- s:
		return true
	case <-w.ctx.Done():
		return false
	}
}

func (s *step) report(rel string, p Problem, err error) {
	if p == ProblemUnreadable && errors.Is(err, fs.ErrNotExist) {
		return // removed while it was being looked at
	}
	s.findings = append(s.findings, &Finding{Path: rel, Problem: p, Err: err})
}

// finish collects what the readers found. ok is false for a step without album
// and for an album without songs.
func (s *step) finish() (album Album, findings []*Finding, ok bool) {
	findings = s.findings
	if s.album == nil {
		return Album{}, findings, false
	}
	album = *s.album
	for _, r := range s.songs {
		if r.finding != nil {
			findings = append(findings, r.finding)
		}
		if !r.enters {
			continue
		}
		album.Songs = append(album.Songs, r.song)
		album.CDs = max(album.CDs, r.at.CD)
	}
	if len(album.Songs) == 0 {
		return Album{}, append(findings, &Finding{Path: album.Path, Problem: ProblemNoSongs}), false
	}
	album.Origin = album.Songs[0].Tags.Origin
	return album, findings, true
}
