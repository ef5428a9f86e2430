package watch

import (
	"context"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"musicdb/media/files"
)

// offer tells of every album and video that the library does not know and that has come
// to rest, once, and again when it has changed.
func (l *look) offer(ctx context.Context) {
	found := l.news()
	for path := range l.w.offered {
		if _, still := found[path]; still || !l.covers(path) {
			continue
		}
		if err := l.w.o.Withdraw(ctx, path); err != nil {
			l.w.o.Log.Error("an offer could not be withdrawn", "path", path, "err", err)
			continue
		}
		delete(l.w.offered, path)
	}
	var candidates map[string]New // of one artist
	of := ""
	for _, rel := range slices.Sorted(maps.Keys(found)) {
		n := found[rel]
		if ctx.Err() != nil {
			return
		}
		if l.w.offered[rel] == n.mark || !l.calm(n.files...) {
			continue
		}
		if artist := elements(rel, 1); artist != of || candidates == nil {
			of, candidates = artist, l.candidates(ctx, artist)
		}
		candidate, is := candidates[rel]
		if !is {
			continue // it could not be imported; FindNew has said why
		}
		if err := l.w.o.Offer(ctx, candidate); err != nil {
			if ctx.Err() == nil {
				l.w.o.Log.Error("new music could not be offered; it is tried again at the next sweep", "path", rel, "err", err)
			}
			continue
		}
		l.w.offered[rel] = n.mark
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
	for _, f := range l.fresh {
		if files.IsVideo(f.Path) && strings.Count(f.Path, "/") == 1 && !l.hasOtherName(f) {
			add(f.Path, []files.SeenFile{f})
		}
	}
	return found
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
