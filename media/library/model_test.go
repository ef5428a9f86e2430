package library_test

import (
	"maps"
	"reflect"
	"slices"

	"musicdb/media/library"
)

// model is a library made of maps: what the rules say, as plainly as possible.
type model struct {
	artists map[int64]library.Artist
	albums  map[int64]library.Album
	songs   map[int64]library.Song
	videos  map[int64]library.Video
	tags    map[int64]library.Tag
	given   map[library.Target]map[[2]int64]grant // target and tag
	lyrics  map[int64]string
	plays   map[library.Target]map[int64]int      // how often
	weights map[library.Target]map[[2]int64]int64 // of pairs, the lower id first
	highest map[string]int64                      // ids ever given, by kind
}

type grant struct {
	approval   int64
	confidence float64
}

func newModel() *model {
	m := &model{
		artists: map[int64]library.Artist{}, albums: map[int64]library.Album{}, songs: map[int64]library.Song{},
		videos: map[int64]library.Video{}, tags: map[int64]library.Tag{1: {ID: 1, Name: "Other", Class: 1, PosX: new(int64)}},
		given: map[library.Target]map[[2]int64]grant{}, lyrics: map[int64]string{}, highest: map[string]int64{"tag": 1},
		plays: map[library.Target]map[int64]int{}, weights: map[library.Target]map[[2]int64]int64{},
	}
	for _, on := range []library.Target{library.SongTarget, library.AlbumTarget, library.VideoTarget} {
		m.given[on], m.plays[on], m.weights[on] = map[[2]int64]grant{}, map[int64]int{}, map[[2]int64]int64{}
	}
	return m
}

func (m *model) copy() *model {
	c := &model{
		artists: maps.Clone(m.artists), albums: maps.Clone(m.albums), songs: maps.Clone(m.songs), videos: maps.Clone(m.videos),
		tags: maps.Clone(m.tags), lyrics: maps.Clone(m.lyrics), highest: maps.Clone(m.highest),
		given: map[library.Target]map[[2]int64]grant{}, plays: map[library.Target]map[int64]int{}, weights: map[library.Target]map[[2]int64]int64{},
	}
	for on := range m.given {
		c.given[on], c.plays[on], c.weights[on] = maps.Clone(m.given[on]), maps.Clone(m.plays[on]), maps.Clone(m.weights[on])
	}
	return c
}

// forget removes all that refers to something that is gone.
func (m *model) forget(on library.Target, id int64) {
	maps.DeleteFunc(m.given[on], func(k [2]int64, _ grant) bool { return k[0] == id })
	delete(m.plays[on], id)
	maps.DeleteFunc(m.weights[on], func(k [2]int64, _ int64) bool { return k[0] == id || k[1] == id })
}

func (m *model) removeSong(id int64) {
	delete(m.songs, id)
	delete(m.lyrics, id)
	m.forget(library.SongTarget, id)
	for i, v := range m.videos {
		if v.SongID != nil && *v.SongID == id {
			v.SongID = nil
			m.videos[i] = v
		}
	}
}

func (m *model) removeAlbum(id int64) {
	for song, s := range m.songs {
		if s.AlbumID == id {
			m.removeSong(song)
		}
	}
	delete(m.albums, id)
	m.forget(library.AlbumTarget, id)
	for i, v := range m.videos {
		if v.AlbumID != nil && *v.AlbumID == id {
			v.AlbumID = nil
			m.videos[i] = v
		}
	}
}

func (m *model) removeVideo(id int64) {
	delete(m.videos, id)
	m.forget(library.VideoTarget, id)
}

func (m *model) removeArtist(id int64) {
	for album, a := range m.albums {
		if a.ArtistID == id {
			m.removeAlbum(album)
		}
	}
	for video, v := range m.videos {
		if v.ArtistID == id {
			m.removeVideo(video)
		}
	}
	for song, s := range m.songs {
		if s.ArtistID == id {
			s.ArtistID = m.albums[s.AlbumID].ArtistID
			m.songs[song] = s
		}
	}
	delete(m.artists, id)
}

func (m *model) removeTag(id int64) {
	for child, t := range m.tags {
		if t.ParentID != nil && *t.ParentID == id {
			m.removeTag(child)
		}
	}
	delete(m.tags, id)
	for _, given := range m.given {
		maps.DeleteFunc(given, func(k [2]int64, _ grant) bool { return k[1] == id })
	}
}

func (m *model) recount(album int64) {
	a := m.albums[album]
	var songs, discs int64
	for _, s := range m.songs {
		if s.AlbumID == album {
			songs, discs = songs+1, max(discs, s.CD)
		}
	}
	a.NumOfSongs, a.NumOfCDs = &songs, &discs
	m.albums[album] = a
}

func (m *model) assign(on library.Target, id, tag int64, g grant) {
	if known, has := m.given[on][[2]int64{id, tag}]; !has || g.approval >= known.approval {
		m.given[on][[2]int64{id, tag}] = g
	}
}

// suggest is the sentence about tags that albums get from their songs.
func (m *model) suggest(album int64) {
	songs, having := 0.0, map[int64]float64{}
	for id, s := range m.songs {
		if s.AlbumID != album {
			continue
		}
		songs++
		for k, g := range m.given[library.SongTarget] {
			if k[0] == id && g.approval >= 1 && m.tags[k[1]].Class != library.ClassMood {
				having[k[1]]++
			}
		}
	}
	for tag, n := range having {
		m.assign(library.AlbumTarget, album, tag, grant{0, n / songs})
	}
}

func (m *model) exists(on library.Target, id int64) bool {
	var exists bool
	switch on {
	case library.SongTarget:
		_, exists = m.songs[id]
	case library.AlbumTarget:
		_, exists = m.albums[id]
	case library.VideoTarget:
		_, exists = m.videos[id]
	}
	return exists
}

// compare looks at a catalogue with the model's eyes.
func (m *model) compare(t failer, c *library.Catalogue) {
	t.Helper()
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
		}
	}
	same("artists", c.Artists(), rowsByID(m.artists))
	same("albums", c.Albums(), rowsByID(m.albums))
	same("songs", append([]library.Song{}, slices.Collect(c.Songs())...), rowsByID(m.songs))
	same("videos", c.Videos(), rowsByID(m.videos))
	same("tags", c.Tags(), rowsByID(m.tags))
	for on, tagsOf := range map[library.Target]func(int64) []library.TargetTag{
		library.SongTarget: c.SongTags, library.AlbumTarget: c.AlbumTags, library.VideoTarget: c.VideoTags,
	} {
		got := map[[2]int64]grant{}
		for id := range m.highest["any"] + 1 {
			for _, g := range tagsOf(id) {
				got[[2]int64{id, g.TagID}] = grant{g.Approval, g.Confidence}
			}
		}
		same("assignments on a "+on.String(), got, m.given[on])
	}
	for id := range m.highest["any"] + 1 { // tags that are gone are used nowhere
		use := library.TagUse{}
		for on, count := range map[library.Target]*int{library.SongTarget: &use.Songs, library.AlbumTarget: &use.Albums, library.VideoTarget: &use.Videos} {
			for k := range m.given[on] {
				if k[1] == id {
					*count++
				}
			}
		}
		for _, t := range m.tags {
			if t.ParentID != nil && *t.ParentID == id {
				use.Children++
			}
		}
		same("use of a tag", c.TagUse(id), use)
	}
}

func rowsByID[R any](rows map[int64]R) []R { return byID(rows, func(_ int64, row R) R { return row }) }

// byID lists something of all rows in the order of their ids.
func byID[R, S any](rows map[int64]R, of func(int64, R) S) []S {
	list := make([]S, 0, len(rows))
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, of(id, rows[id]))
	}
	return list
}
