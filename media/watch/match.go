package watch

import (
	"cmp"
	"context"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"musicdb/media/files"
)

// matcher finds out which new file a vanished one has become. Each is used once.
type matcher struct {
	ctx   context.Context //nolint:containedctx // that of the look
	l     *look
	fresh []files.SeenFile
	used  map[string]bool
}

// match returns the new file of each vanished one that was recognised: the same file
// under another name, else the same sound, else the same name and length.
func (l *look) match(ctx context.Context) map[string]files.SeenFile {
	m := &matcher{ctx: ctx, l: l, used: map[string]bool{}}
	became := map[string]files.SeenFile{}
	m.fresh = l.fresh
	m.pair(became, m.byIdentity)
	// What somebody still writes to is not read, and nothing in the same directory.
	inside := map[string][]files.SeenFile{}
	for _, f := range l.fresh {
		inside[path.Dir(f.Path)] = append(inside[path.Dir(f.Path)], f)
	}
	m.fresh = nil
	for _, together := range inside {
		if l.calm(together...) {
			m.fresh = append(m.fresh, together...)
		}
	}
	m.pair(became, m.bySound)
	m.pair(became, m.byName)
	return became
}

// pair matches what has the same key. Among several the one with the same name is taken,
// and then in the order of their paths.
func (m *matcher) pair(became map[string]files.SeenFile, keys func() (of func(lostFile) any, in func(files.SeenFile) any)) {
	if len(became) == len(m.l.vanished) || len(m.fresh) == 0 || m.ctx.Err() != nil {
		return
	}
	of, in := keys()
	wanted := map[any][]lostFile{}
	for _, v := range m.l.vanished {
		if _, done := became[v.path]; done {
			continue
		}
		if key := of(v); key != nil {
			wanted[key] = append(wanted[key], v)
		}
	}
	if len(wanted) == 0 {
		return
	}
	found := map[any][]files.SeenFile{}
	for _, f := range m.fresh {
		if m.used[f.Path] {
			continue
		}
		if key := in(f); key != nil && len(wanted[key]) > 0 {
			found[key] = append(found[key], f)
		}
	}
	for key, candidates := range found {
		lost := wanted[key]
		slices.SortFunc(lost, func(a, b lostFile) int { return cmp.Compare(a.path, b.path) })
		slices.SortFunc(candidates, func(a, b files.SeenFile) int { return cmp.Compare(a.Path, b.Path) })
		for _, same := range []func(a, b string) bool{
			func(a, b string) bool { return path.Base(a) == path.Base(b) },
			func(string, string) bool { return true },
		} {
			for _, v := range lost {
				if _, done := became[v.path]; done {
					continue
				}
				i := slices.IndexFunc(candidates, func(f files.SeenFile) bool {
					return !m.used[f.Path] && files.IsVideo(f.Path) == (v.video != 0) && same(v.path, f.Path)
				})
				if i >= 0 {
					became[v.path] = candidates[i]
					m.used[candidates[i].Path] = true
				}
			}
		}
	}
}

type identity struct {
	inode, device  uint64
	size, modified int64
}

// byIdentity recognises a file that was renamed: it is the same one of the file system,
// with the same size and time to the nanosecond.
func (m *matcher) byIdentity() (func(lostFile) any, func(files.SeenFile) any) {
	of := func(v lostFile) any {
		if v.known == nil {
			return nil
		}
		return identity{v.known.inode, v.known.device, v.known.size, v.known.modified}
	}
	return of, func(f files.SeenFile) any { return identity{f.Inode, f.Device, f.Size, f.Modified.UnixNano()} }
}

// bySound recognises a file that was copied and removed, and one whose tags were changed
// as well. It reads the new files.
func (m *matcher) bySound() (func(lostFile) any, func(files.SeenFile) any) {
	of := func(v lostFile) any {
		if v.known == nil || v.known.sound != heard {
			return nil
		}
		return hex.EncodeToString(v.known.sum[:])
	}
	in := func(f files.SeenFile) any {
		sum, err := m.l.w.o.Music.ContentChecksum(m.ctx, f.Path)
		if err != nil {
			return nil
		}
		return sum
	}
	return of, in
}

type nameAndLength struct {
	name    string
	seconds int64
}

// byName recognises a file of which nothing was known but its row.
func (m *matcher) byName() (func(lostFile) any, func(files.SeenFile) any) {
	names := map[string]bool{}
	of := func(v lostFile) any {
		s, known := m.l.rows.Song(v.song)
		name := songName(v.path)
		if !known || name == "" || s.Playtime == 0 {
			return nil
		}
		names[name] = true
		return nameAndLength{name, s.Playtime}
	}
	in := func(f files.SeenFile) any {
		name := songName(f.Path)
		if !names[name] {
			return nil
		}
		tags, err := m.l.w.o.Music.ReadTags(m.ctx, f.Path)
		if !files.Playable(err) {
			return nil
		}
		return nameAndLength{name, int64(tags.Playtime)}
	}
	return of, in
}

// songName is the name of a song in the one form that compares equal whatever system has
// written it, empty outside the conventions.
func songName(rel string) string {
	at, err := files.Analyse(rel, files.KindSong)
	if err != nil {
		return ""
	}
	return strings.ToLower(norm.NFC.String(at.Name))
}
