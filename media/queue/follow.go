package queue

import (
	"maps"
	"slices"

	"musicdb/media/library"
)

// followLimit bounds what is made up for one by one: more changes, or more songs
// that came in late, than this plus an eighth of the pool are cause for a new one.
const followLimit = 1000

// follow makes the pool of a newer snapshot out of this one, judging only the
// songs that a change may concern. It reports false when all have to be judged:
// for other wishes, or too many changes.
func (p *pool) follow(w wishes) (*pool, bool) {
	if w.catalogue == p.wishes.catalogue && w.same(p.wishes) {
		return p, true
	}
	if !w.same(p.wishes) || !w.selection.Empty() && retagged(p.wishes.catalogue, w.catalogue) {
		return nil, false
	}
	limit := followLimit + p.size()/8
	affected := w.affected(p.wishes.catalogue, limit)
	if len(affected) > limit || len(affected)+p.late.size() > limit {
		return nil, false
	}
	next := &pool{wishes: w, base: p.base, late: p.late, census: p.census}
	late := map[int64]bool{}
	for _, id := range p.late.songs {
		late[id] = true
	}
	var gone []int32
	moved := false
	for id := range affected {
		before, was := p.wishes.catalogue.Song(id)
		after, is := w.catalogue.Song(id)
		had, has := false, false
		if was {
			rule := p.wishes.judge(&before)
			next.census.count(rule, -1)
			had = rule == NoRule
		}
		if is {
			rule := w.judge(&after)
			next.census.count(rule, 1)
			has = rule == NoRule
		}
		if had == has && (!has || before.ArtistID == after.ArtistID && before.AlbumID == after.AlbumID) {
			continue
		}
		moved = true
		if at, found := p.base.find(before.AlbumID, id); had && found {
			gone = append(gone, int32(at))
		}
		if delete(late, id); has {
			late[id] = true
		}
	}
	if moved {
		next.base, next.late = p.base.without(gone), w.segmentOf(slices.Sorted(maps.Keys(late)))
	}
	return next, true
}

func (w wishes) segmentOf(songs []int64) segment {
	b := newBuilder(len(songs))
	for _, id := range songs {
		s, _ := w.catalogue.Song(id)
		b.add(&s)
	}
	return b.segment()
}

// affected returns the songs that may have to be judged anew since an older
// snapshot. More than limit are not all of them.
func (w wishes) affected(old *library.Catalogue, limit int) map[int64]bool {
	songs := map[int64]bool{}
	for before, after := range w.catalogue.SongsSince(old) {
		if after == nil {
			after = before
		}
		if songs[after.ID] = true; len(songs) > limit {
			return songs
		}
	}
	albums := map[int64]bool{}
	for before, after := range w.catalogue.AlbumsSince(old) {
		switch {
		case after == nil:
			albums[before.ID] = true
		case before == nil || before.Hidden != after.Hidden:
			albums[after.ID] = true
		}
	}
	if !w.selection.Empty() {
		for id := range w.catalogue.TaggedSince(old, library.AlbumTarget) {
			albums[id] = true
		}
		for id := range w.catalogue.TaggedSince(old, library.SongTarget) {
			songs[id] = true
		}
	}
	for id := range albums {
		for _, song := range w.catalogue.SongsOf(id) {
			songs[song.ID] = true
		}
		if len(songs) > limit {
			return songs
		}
	}
	return songs
}

// retagged reports whether other tags exist: then assignments of old files may
// mean something that meant nothing before.
func retagged(old, now *library.Catalogue) bool {
	for before, after := range now.TagsSince(old) {
		if before == nil || after == nil || before.Class != after.Class {
			return true
		}
	}
	return false
}
