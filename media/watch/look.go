package watch

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"musicdb/media/files"
	"musicdb/media/library"
)

// look is one comparison of files and rows, of some artists or of all.
type look struct {
	w       *Watch
	rows    *library.Catalogue
	number  uint32
	artists map[string]bool // that are looked at; nil: all
	began   time.Time

	stale    map[int64]*record  // by song, records of another path than the row has
	unread   []string           // directories of which nothing is known
	failed   error              // the first that is a fault and no matter of permissions
	present  int                // files with a row
	fresh    []files.SeenFile   // songs and videos without a row
	albums   []files.SeenDir    // directories without a row
	dirs     map[string]bool    // all directories that are there
	changed  []files.SeenFile   // of which a row says what they were before
	vanished []lostFile         // those that were lost before included
	gone     int                // how many of them are in what is looked at
	names    map[[2]uint64]bool // inode and device of the files of the library
}

// lostFile is the path of a row whose file is not there.
type lostFile struct {
	path        string
	song, video int64
	known       *record // nil: nothing is known of it
}

// look compares files and rows and does what follows from that. artists are those that
// were touched; nil: everything is looked at.
func (w *Watch) look(ctx context.Context, artists []string) {
	w.looks++
	l := &look{w: w, rows: w.o.Library.Catalogue(), number: w.looks, began: time.Now(), dirs: map[string]bool{}}
	if artists != nil {
		l.artists = map[string]bool{}
		for _, a := range artists {
			l.artists[a] = true
		}
	}
	if w.o.Music.Follow() {
		w.o.Log.Info("another directory stands at the path of the music directory; it is read from now on", "dir", w.o.Music.Dir())
		w.notice.lose() // the kernel watches the other one
	}
	err := l.survey(ctx, artists)
	if ctx.Err() != nil {
		return
	}
	if on, text := l.fault(err); on != Looked {
		w.conclude(on, text)
		return
	}
	followed := l.follow(ctx)
	l.refresh(ctx)
	if l.mark(followed) && artists != nil {
		w.notice.lose() // they may have gone to where nobody has looked
	} else {
		l.offer(ctx)
	}
	if ctx.Err() != nil {
		return
	}
	if artists == nil {
		w.notice.settle()
		l.prune()
	}
	w.save(ctx)
	w.show(func(s *Status) {
		s.Looked = time.Now()
		if artists == nil {
			s.Files = l.present + followed
		}
	})
	w.conclude(Looked, "")
	w.o.Log.Debug("looked at the music directory", "artists", len(artists), "files", l.present, "new", len(l.fresh), "changed", len(l.changed),
		"vanished", len(l.vanished), "moved", followed, "took", time.Since(l.began).Round(time.Millisecond))
}

// survey sees what is there.
func (l *look) survey(ctx context.Context, artists []string) error {
	if replaced, err := l.w.o.Music.Replaced(); err != nil {
		return err
	} else if replaced {
		return errReplaced
	}
	err := l.w.o.Music.Survey(ctx, files.SurveyOptions{Ignore: l.w.o.Ignore, Artists: artists, Enter: l.w.notice.watch}, l.visit)
	if err != nil {
		return err
	}
	l.vanish()
	return nil
}

// errReplaced is the fault that another directory stands where the music was.
var errReplaced = errors.New("something else stands at the path of the music directory")

func (l *look) visit(a files.SeenArtist) {
	if l.unreadable(a.SeenDir) {
		return
	}
	l.dirs[a.Path] = true
	for _, f := range a.Files {
		if files.IsVideo(f.Path) {
			v, known := l.rows.VideoByPath(f.Path)
			l.file(f, 0, v.ID, known)
		}
	}
	for _, album := range a.Albums {
		if l.unreadable(album) {
			continue
		}
		l.dirs[album.Path] = true
		if _, known := l.rows.AlbumByPath(album.Path); !known {
			l.albums = append(l.albums, album)
		}
		for _, f := range album.Files {
			if s, known := l.rows.SongByPath(f.Path); known || files.IsSong(f.Path) {
				l.file(f, s.ID, 0, known)
			}
		}
	}
}

// unreadable notes a directory that could not be read. Permissions are told once; they
// are no fault, because whoever has set them has meant it.
func (l *look) unreadable(dir files.SeenDir) bool {
	if dir.Err == nil {
		delete(l.w.denied, dir.Path)
		return false
	}
	l.unread = append(l.unread, dir.Path)
	if !errors.Is(dir.Err, fs.ErrPermission) {
		if l.failed == nil {
			l.failed = dir.Err
		}
		return true
	}
	if text := dir.Err.Error(); l.w.denied[dir.Path] != text {
		l.w.denied[dir.Path] = text
		l.w.o.Log.Warn("a directory of music may not be read; its rows stay as they are", "path", dir.Path, "err", dir.Err,
			"remedy", "give the user of the server permission to read it")
	}
	return true
}

// file compares one file with what is known.
func (l *look) file(f files.SeenFile, song, video int64, known bool) {
	if !known {
		l.fresh = append(l.fresh, f)
		l.w.forget(f.Path)
		return
	}
	l.present++
	r := l.w.known[f.Path]
	switch {
	case r == nil:
		r = recordOf(f)
		r.song, r.video = song, video
		if before := l.before(song); before != nil && before.holds(f) {
			r.sum, r.sound = before.sum, before.sound // the server itself has renamed it
		} else if noted := l.noted(f.Path); noted != nil && noted.holds(f) {
			r.sum, r.sound = noted.sum, noted.sound // it was imported
		}
		l.w.learn(f.Path, r)
	case !r.holds(f):
		l.changed = append(l.changed, f)
	case r.song != song || r.video != video:
		r.song, r.video = song, video // the row was made anew
		l.w.unsaved[f.Path] = struct{}{}
	default:
		r.inode, r.device = f.Inode, f.Device // which systems number anew
		if r.sound == unheard && l.number == firstLook {
			l.w.unheard = append(l.w.unheard, f.Path)
		}
	}
	r.seen = l.number
}

// before is what is known of a song under a path that its row does not have any more.
func (l *look) before(song int64) *record {
	if l.stale == nil {
		l.stale = map[int64]*record{}
		for known, r := range l.w.known {
			if s, exists := l.rows.Song(r.song); exists && s.Path != known {
				l.stale[s.ID] = r
			}
		}
	}
	return l.stale[song]
}

// noted is what somebody else has entered of a file since the watch has read what is
// known, just before its first look. What cannot be read is made anew.
func (l *look) noted(path string) *record {
	if l.number == firstLook {
		return nil
	}
	k, exists, err := l.w.o.Library.KnownFile(context.Background(), path)
	if err != nil || !exists {
		return nil
	}
	return recordOfRow(k)
}

// firstLook is the number of the look with which Run begins.
const firstLook = 2

// covers reports whether the look would have seen a file at the path.
func (l *look) covers(rel string) bool {
	if artist, _, _ := strings.Cut(rel, "/"); l.artists != nil && !l.artists[artist] {
		return false
	}
	return !slices.ContainsFunc(l.unread, func(dir string) bool { return strings.HasPrefix(rel, dir+"/") })
}

// vanish finds the rows whose files were not seen. Each is asked for once more: a row may
// lead to where a survey does not look, and a directory may be renamed while it is looked
// at.
func (l *look) vanish() {
	song := func(s library.Song) { l.missed(lostFile{s.Path, s.ID, 0, l.w.known[s.Path]}) }
	video := func(v library.Video) { l.missed(lostFile{v.Path, 0, v.ID, l.w.known[v.Path]}) }
	if l.artists == nil {
		for s := range l.rows.Songs() {
			song(s)
		}
		for _, v := range l.rows.Videos() {
			video(v)
		}
	}
	for name := range l.artists {
		artist, _ := l.rows.ArtistByPath(name)
		for _, album := range l.rows.AlbumsOf(artist.ID) {
			for _, s := range l.rows.SongsOf(album.ID) {
				song(s)
			}
		}
		for _, v := range l.rows.VideosOf(artist.ID) {
			video(v)
		}
	}
	l.gone = len(l.vanished)
	for path := range l.w.lost {
		if l.covers(path) {
			continue
		}
		// It may have come to where is looked now.
		if s, known := l.rows.SongByPath(path); known {
			l.vanished = append(l.vanished, lostFile{path, s.ID, 0, l.w.known[path]})
		} else if v, known := l.rows.VideoByPath(path); known {
			l.vanished = append(l.vanished, lostFile{path, 0, v.ID, l.w.known[path]})
		}
	}
}

func (l *look) missed(f lostFile) {
	if f.known != nil && f.known.seen == l.number || !l.covers(f.path) {
		return
	}
	if _, err := l.w.o.Music.Stat(f.path); err == nil {
		l.present++
		return
	}
	l.vanished = append(l.vanished, f)
}

// prune forgets what is known of files whose rows are gone.
func (l *look) prune() {
	for path, r := range l.w.known {
		if r.seen == l.number {
			continue
		}
		_, song := l.rows.SongByPath(path)
		if _, video := l.rows.VideoByPath(path); !song && !video {
			l.w.forget(path)
		}
	}
}

// calm reports whether nothing has been written to any of the files for a while, and
// else has their artist looked at again when it should be so.
func (l *look) calm(seen ...files.SeenFile) bool {
	var last time.Time
	for _, f := range seen {
		if f.Changed.After(last) {
			last = f.Changed
		}
	}
	if last.After(l.began) {
		last = l.began // another clock
	}
	if !last.Add(l.w.o.Calm).After(l.began) {
		return true
	}
	artist, _, _ := strings.Cut(path.Clean(seen[0].Path), "/")
	l.w.notice.touch(artist, last)
	return false
}
