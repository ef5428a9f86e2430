package watch

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/files"
)

// offer tells of every album and video that the library does not know, and of songs that
// an album of it has got, when they have come to rest, once, and again when they have
// changed.
func (l *look) offer(ctx context.Context) {
	l.forget()
	found := l.news()
	l.withdraw(ctx, found)
	var candidates map[string]New // of one artist
	of, full := "", false
	for _, rel := range slices.Sorted(maps.Keys(found)) {
		n := found[rel]
		if ctx.Err() != nil {
			return
		}
		if mark, offered := l.w.offered[rel]; offered && mark == n.mark || !l.calm(n.files...) {
			continue
		} else if full && !offered {
			l.w.later[rel] = struct{}{}
			continue
		}
		delete(l.w.later, rel)
		candidate, is := l.songs(rel)
		if !is {
			if artist := elements(rel, 1); artist != of || candidates == nil {
				of, candidates = artist, l.candidates(ctx, artist)
			}
			if candidate, is = candidates[rel]; !is {
				continue // it could not be imported; FindNew has said why
			}
		}
		err := l.w.o.Offer(ctx, candidate)
		switch {
		case errors.Is(err, ErrLater):
			full = true
			l.w.later[rel] = struct{}{}
		case err != nil && ctx.Err() == nil:
			l.w.o.Log.Error("new music could not be offered; it is tried again at the next sweep", "path", rel, "err", err)
		case err == nil:
			l.w.offered[rel] = n.mark
		}
	}
	l.proceed(full)
}

// forget forgets what was offered of what is to be offered again.
func (l *look) forget() {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	l.w.again = slices.DeleteFunc(l.w.again, func(path string) bool {
		if !l.covers(path) {
			return false
		}
		delete(l.w.offered, path)
		return true
	})
}

// withdraw tells of what is not new any more.
func (l *look) withdraw(ctx context.Context, found map[string]news) {
	gone := func(path string) bool {
		_, still := found[path]
		return !still && l.covers(path)
	}
	maps.DeleteFunc(l.w.later, func(path string, _ struct{}) bool { return gone(path) })
	for path := range l.w.offered {
		if !gone(path) {
			continue
		}
		if err := l.w.o.Withdraw(ctx, path); err != nil {
			l.w.o.Log.Error("an offer could not be withdrawn", "path", path, "err", err)
			continue
		}
		delete(l.w.offered, path)
	}
}

// proceed says how many offers wait, and goes on with them while there may be more.
func (l *look) proceed(full bool) {
	before := len(l.w.status.Waiting) // which only this goroutine writes
	l.w.show(func(*Status) {})
	if now := len(l.w.later); full && before == 0 && now > 0 {
		l.w.o.Log.Info("there is more new music than can be offered at once; the rest follows as offers are decided", "waiting", now)
	}
	if len(l.w.later) != before {
		l.w.o.Tell(l.w.Status())
	}
	if full {
		return
	}
	for path := range l.w.later {
		if l.artists != nil && !l.artists[elements(path, 1)] {
			l.w.notice.touch(elements(path, 1), l.began.Add(-l.w.o.Calm))
			return
		}
	}
}

// news is one new album or video and what it is told from what it was by.
type news struct {
	mark  uint64
	files []files.SeenFile
}

// news collects what has no row. An album of which all songs are further names of files
// that the library has is none.
func (l *look) news() map[string]news {
	found := map[string]news{}
	add := func(rel string, seen []files.SeenFile) {
		sum := fnv.New64a()
		for _, f := range seen {
			_, _ = io.WriteString(sum, f.Path+"\x00"+strconv.FormatInt(f.Size, 10)+"\x00"+strconv.FormatInt(f.Modified.UnixNano(), 10)+"\x00")
		}
		found[rel] = news{sum.Sum64(), seen}
	}
	for _, dir := range l.albums {
		if _, known := l.rows.AlbumByPath(dir.Path); known || dir.Dirs > 0 {
			continue
		}
		isNew := func(f files.SeenFile) bool { return files.IsSong(f.Path) && !l.hasOtherName(f) }
		if slices.ContainsFunc(dir.Files, isNew) {
			add(dir.Path, dir.Files)
		}
	}
	songs := map[string][]files.SeenFile{}
	for _, f := range l.fresh {
		if l.hasOtherName(f) {
			continue
		}
		dir := path.Dir(f.Path)
		if _, known := l.rows.AlbumByPath(dir); known && files.IsSong(f.Path) {
			songs[dir] = append(songs[dir], f)
		} else if files.IsVideo(f.Path) && strings.Count(f.Path, "/") == 1 {
			add(f.Path, []files.SeenFile{f})
		}
	}
	for dir, seen := range songs {
		add(dir, seen)
	}
	return found
}

// songs is what an album is told as that has got songs.
func (l *look) songs(rel string) (New, bool) {
	a, known := l.rows.AlbumByPath(rel)
	if !known {
		return New{}, false
	}
	artist, _ := l.rows.Artist(a.ArtistID)
	var release *int
	if a.Release != nil {
		release = new(int(*a.Release))
	}
	return New{files.KindSong, files.Candidate{Path: rel, Artist: artist.Name, Name: a.Name, Release: release}}, true
}

// hasOtherName reports whether a file of the library is the same one: a hard link.
func (l *look) hasOtherName(f files.SeenFile) bool {
	if f.Links < 2 {
		return false
	}
	if l.names == nil {
		l.names = map[[2]uint64]bool{}
		for _, r := range l.w.known {
			l.names[[2]uint64{r.inode, r.device}] = true
		}
	}
	return l.names[[2]uint64{f.Inode, f.Device}]
}

// candidates asks what of an artist could be imported.
func (l *look) candidates(ctx context.Context, artist string) map[string]New {
	found, err := l.w.o.Music.FindNewOf(ctx, artist, files.FindOptions{
		Ignore:     l.w.o.Ignore,
		KnownAlbum: func(rel string) bool { _, known := l.rows.AlbumByPath(rel); return known },
		KnownVideo: func(rel string) bool { _, known := l.rows.VideoByPath(rel); return known },
		Found: func(f *files.Finding) {
			l.w.o.Log.Debug("new music: "+f.Problem.String(), "path", f.Path, "cause", f.Cause(), "remedy", f.Remedy())
		},
	})
	if err != nil {
		l.w.o.Log.Error("new music cannot be looked at", "artist", artist, "err", err)
	}
	candidates := map[string]New{}
	for _, c := range found.Albums {
		candidates[c.Path] = New{files.KindAlbum, c}
	}
	for _, c := range found.Videos {
		candidates[c.Path] = New{files.KindVideo, c}
	}
	return candidates
}
