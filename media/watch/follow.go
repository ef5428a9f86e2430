package watch

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// follow lets the rows of everything that was moved follow, and returns of how many files
// that were.
func (l *look) follow(ctx context.Context) int {
	if len(l.vanished) == 0 || len(l.fresh) == 0 {
		return 0
	}
	became := l.match(ctx)
	if len(became) == 0 || ctx.Err() != nil {
		return 0
	}
	// The directories of artists come first, then those of albums, then single files: a
	// row that follows with its directory needs no further move.
	for _, level := range []func(map[string]files.SeenFile) []maintenance.Moved{l.artistMoves, l.albumMoves, l.fileMoves} {
		l.move(ctx, level(became))
	}
	followed := 0
	rows := l.w.o.Library.Catalogue()
	for _, v := range l.vanished {
		f, matched := became[v.path]
		now := currentPath(rows, v)
		if !matched || now != f.Path {
			if now != v.path && now != "" && v.known != nil { // lost, and with its album
				l.w.forget(v.path)
				l.w.learn(now, v.known)
			}
			continue
		}
		followed++
		r := recordOf(f)
		r.song, r.video, r.seen = v.song, v.video, l.number
		if v.known != nil {
			r.sum, r.sound = v.known.sum, v.known.sound
		}
		l.w.forget(v.path)
		l.w.learn(f.Path, r)
		if v.known == nil || !v.known.holds(f) {
			l.changed = append(l.changed, f) // its tags may be others
		}
		l.fresh = slices.DeleteFunc(l.fresh, func(other files.SeenFile) bool { return other.Path == f.Path })
	}
	l.rows = rows
	if followed > 0 {
		l.w.o.Log.Info("files were moved in the music directory; their entries have followed", "files", followed)
		l.w.o.Changed()
	}
	return followed
}

// currentPath is the path of the row of a file, wherever it has gone meanwhile.
func currentPath(rows *library.Catalogue, v lostFile) string {
	if v.video != 0 {
		video, _ := rows.Video(v.video)
		return video.Path
	}
	song, _ := rows.Song(v.song)
	return song.Path
}

// move writes rows. What is refused stays as it is, and is told.
func (l *look) move(ctx context.Context, moves []maintenance.Moved) {
	if len(moves) == 0 {
		return
	}
	done, err := l.w.o.Keeper.FollowMoved(ctx, moves)
	if err != nil {
		l.w.o.Log.Error("entries could not follow what was moved in the music directory; it is tried again at the next sweep", "err", err)
	}
	for _, f := range done {
		if f.Err != nil {
			l.w.o.Log.Warn("something was moved in the music directory and its entry could not follow", "old", f.Old, "new", f.New, "err", f.Err)
		}
	}
}

// artistMoves are the directories of artists that got another name: all of their albums
// that were recognised are in one new directory, which belongs to nobody.
func (l *look) artistMoves(became map[string]files.SeenFile) (moves []maintenance.Moved) {
	target := map[string]string{} // by artist; "": there are several
	for old, f := range became {
		from, to := elements(old, 1), elements(f.Path, 1)
		if before, known := target[from]; known && before != to {
			to = ""
		}
		target[from] = to
	}
	taken := map[string]bool{}
	for from, to := range target {
		_, known := l.rows.ArtistByPath(from)
		_, occupied := l.rows.ArtistByPath(to)
		if to != "" && to != from && known && !occupied && !l.dirs[from] && !taken[to] {
			taken[to] = true
			moves = append(moves, maintenance.Moved{Old: from, New: to})
		}
	}
	return moves
}

// albumMoves are the directories of albums whose songs have gone to one new directory
// most of all.
func (l *look) albumMoves(became map[string]files.SeenFile) (moves []maintenance.Moved) {
	rows := l.w.o.Library.Catalogue()
	type place struct{ from, to string }
	votes := map[place]int{}
	for _, v := range l.vanished {
		f, matched := became[v.path]
		now := currentPath(rows, v)
		if !matched || v.song == 0 || now == f.Path {
			continue
		}
		votes[place{path.Dir(now), path.Dir(f.Path)}]++
	}
	best := map[string]place{}
	for p, n := range votes {
		_, known := rows.AlbumByPath(p.from)
		_, occupied := rows.AlbumByPath(p.to)
		if p.from == p.to || !known || occupied || l.dirs[p.from] {
			continue
		}
		if b, seen := best[p.from]; !seen || n > votes[b] || n == votes[b] && p.to < b.to {
			best[p.from] = p
		}
	}
	taken := map[string]bool{}
	for _, p := range best {
		if !taken[p.to] {
			taken[p.to] = true
			moves = append(moves, maintenance.Moved{Old: p.from, New: p.to})
		}
	}
	return moves
}

// fileMoves are the files whose row has not followed with a directory.
func (l *look) fileMoves(became map[string]files.SeenFile) (moves []maintenance.Moved) {
	rows := l.w.o.Library.Catalogue()
	for _, v := range l.vanished {
		if f, matched := became[v.path]; matched {
			if now := currentPath(rows, v); now != "" && now != f.Path {
				moves = append(moves, maintenance.Moved{Old: now, New: f.Path})
			}
		}
	}
	return moves
}

// elements is the first n elements of a path.
func elements(rel string, n int) string {
	return strings.Join(strings.SplitN(rel, "/", n+1)[:n], "/")
}

// refresh brings the rows of changed files up to date, when nobody writes to them any
// more. What cannot be read keeps its row, and is read again when it has changed again.
func (l *look) refresh(ctx context.Context) {
	refreshed := 0
	for _, f := range l.changed {
		if ctx.Err() != nil {
			return
		}
		if !l.calm(f) {
			continue
		}
		r := recordOf(f)
		if before := l.w.known[f.Path]; before != nil {
			r.song, r.video, r.seen = before.song, before.video, before.seen
		}
		if err := l.w.o.Keeper.Refresh(ctx, f.Path); err != nil {
			if ctx.Err() != nil {
				return
			}
			l.w.o.Log.Warn("a file of the library has changed and cannot be read; its entry stays as it is", "path", f.Path, "err", err)
		} else {
			refreshed++
		}
		l.w.learn(f.Path, r)
	}
	if refreshed > 0 {
		l.w.o.Log.Info("files of the library have changed; their entries say what they say now", "files", refreshed)
		l.w.o.Changed()
	}
}

// mark notes which files are lost, of those that the look would have seen. It reports
// whether there are some that were not lost before.
func (l *look) mark(followed int) (more bool) {
	before := maps.Clone(l.w.lost)
	for rel := range l.w.lost {
		if l.covers(rel) {
			delete(l.w.lost, rel)
		}
	}
	lost := 0
	for _, v := range l.vanished {
		now := currentPath(l.rows, v) // a lost song may have followed with its album
		if r := l.w.known[now]; now != "" && (r == nil || r.seen != l.number) {
			l.w.lost[now] = struct{}{}
			if _, was := before[now]; !was && now == v.path {
				lost++
			}
		} else {
			delete(l.w.lost, v.path)
		}
	}
	if lost > 0 {
		l.w.o.Log.Warn("files of the library have vanished; their entries stay", "files", lost, "lost", len(l.w.lost), "moved", followed,
			"remedy", "put them back, or remove their entries")
	}
	return lost > 0
}
