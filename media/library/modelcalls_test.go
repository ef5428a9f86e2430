package library_test

import (
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

func (w *walk) path(what string) string {
	paths := []string{"p/1", "p/2", "p/3", "p/4", "p/5", "p/6", "p/7", "p/8", "p/9", ""}
	return paths[w.even(len(paths), what)]
}

// taken says whether another row has the path.
func taken[R any](rows map[int64]R, path string, of func(R) string) bool {
	for _, row := range rows {
		if of(row) == path {
			return true
		}
	}
	return false
}

func artistPath(a library.Artist) string { return a.Path }
func albumPath(a library.Album) string   { return a.Path }
func songPath(s library.Song) string     { return s.Path }
func videoPath(v library.Video) string   { return v.Path }

func (w *walk) addArtist() bool {
	name, path := w.name("name"), w.path("path")
	a, err := w.e.AddArtist(name, path)
	if w.is(err, reason(name == "" || path == "", library.ErrInvalid, taken(w.m.artists, path, artistPath), library.ErrExists)) {
		return true
	}
	w.gave("artist", a.ID)
	w.m.artists[a.ID] = library.Artist{ID: a.ID, Name: name, Path: path}
	return false
}

func (w *walk) addAlbum() bool {
	n := library.NewAlbum{ArtistName: w.name("artist"), ArtistPath: w.path("artist path"), Name: w.name("name"), Path: w.path("path"),
		Release: 2000, Added: time.Unix(5, 0), Hidden: rapid.Bool().Draw(w.t, "hidden")}
	a, err := w.e.AddAlbum(n)
	if w.is(err, reason(n.ArtistName == "" || n.ArtistPath == "" || n.Name == "" || n.Path == "", library.ErrInvalid,
		taken(w.m.albums, n.Path, albumPath), library.ErrExists)) {
		return true
	}
	if !taken(w.m.artists, n.ArtistPath, artistPath) {
		w.gave("artist", a.ArtistID)
		w.m.artists[a.ArtistID] = library.Artist{ID: a.ArtistID, Name: n.ArtistName, Path: n.ArtistPath}
	}
	w.gave("album", a.ID)
	w.m.albums[a.ID] = a
	return false
}

func (w *walk) addSong() bool {
	album := pick(w, w.m.albums, "album")
	n := library.NewSong{Name: w.name("name"), Path: w.path("path"), CD: rapid.Int64Range(0, 2).Draw(w.t, "cd"), Lyrics: w.name("lyrics")}
	_, exists := w.m.albums[album]
	s, err := w.e.AddSong(album, n)
	if w.is(err, reason(!exists, library.ErrNotFound, n.Name == "" || n.Path == "", library.ErrInvalid, taken(w.m.songs, n.Path, songPath), library.ErrExists)) {
		return true
	}
	w.gave("song", s.ID)
	want := library.Song{ID: s.ID, AlbumID: album, ArtistID: w.m.albums[album].ArtistID, Name: n.Name, Path: n.Path, CD: max(1, n.CD)}
	if n.Lyrics != "" {
		want.LyricsState = library.LyricsFromFile
		w.m.lyrics[s.ID] = n.Lyrics
	}
	w.m.songs[s.ID] = want
	return false
}

func (w *walk) addVideo() bool {
	n := library.NewVideo{ArtistID: pick(w, w.m.artists, "artist"), Name: w.name("name"), Path: w.path("path"), Playtime: 9, Added: time.Unix(5, 0)}
	_, exists := w.m.artists[n.ArtistID]
	v, err := w.e.AddVideo(n)
	if w.is(err, reason(n.Name == "" || n.Path == "", library.ErrInvalid, !exists, library.ErrNotFound, taken(w.m.videos, n.Path, videoPath), library.ErrExists)) {
		return true
	}
	w.gave("video", v.ID)
	w.m.videos[v.ID] = v
	return false
}

func (w *walk) addTag() bool {
	n := library.Tag{Name: w.name("name"), Class: int64(w.even(5, "class"))}
	wrong := n.Class < 1 || n.Class > 3
	if n.Class == library.ClassSubgenre || w.even(10, "needless parent") == 0 {
		parent := pick(w, w.m.tags, "parent")
		n.ParentID = &parent
		wrong = wrong || n.Class != library.ClassSubgenre || w.m.tags[parent].Class != library.ClassGenre
	}
	switch w.even(10, "spoilt") {
	case 0:
		three := int64(3)
		n.IconType, wrong = &three, true
	case 1:
		short := "#12345"
		n.Color, wrong = &short, true
	}
	known := false
	for _, other := range w.m.tags {
		known = known || other.Name == n.Name && other.Class == n.Class
	}
	tag, err := w.e.AddTag(n)
	if w.is(err, reason(wrong, library.ErrInvalid, known, library.ErrExists)) {
		return true
	}
	w.gave("tag", tag.ID)
	n.ID = tag.ID
	w.m.tags[n.ID] = n
	return false
}

func (w *walk) putArtist() bool {
	id := pick(w, w.m.artists, "artist")
	before, exists := w.m.artists[id]
	a := library.Artist{ID: id, Name: w.name("name"), Path: w.path("path")}
	err := w.e.PutArtist(a)
	if w.is(err, reason(!exists, library.ErrNotFound, a.Name == "" || a.Path == "", library.ErrInvalid,
		a.Path != before.Path && taken(w.m.artists, a.Path, artistPath), library.ErrExists)) {
		return true
	}
	w.m.artists[id] = a
	return false
}

func (w *walk) putAlbum() bool {
	id := pick(w, w.m.albums, "album")
	before, exists := w.m.albums[id]
	a := before
	a.ID, a.Name, a.Path, a.ArtistID = id, w.name("name"), w.path("path"), pick(w, w.m.artists, "artist")
	a.Origin, a.Hidden = nil, rapid.Int64Range(0, 1).Draw(w.t, "hidden")
	_, artist := w.m.artists[a.ArtistID]
	err := w.e.PutAlbum(a)
	if w.is(err, reason(!exists, library.ErrNotFound, a.Name == "" || a.Path == "", library.ErrInvalid,
		a.Path != before.Path && taken(w.m.albums, a.Path, albumPath), library.ErrExists, !artist, library.ErrNotFound)) {
		return true
	}
	w.m.albums[id] = a
	for song, s := range w.m.songs {
		if s.AlbumID == id && a.ArtistID != before.ArtistID {
			s.ArtistID = a.ArtistID
			w.m.songs[song] = s
		}
	}
	return false
}

func (w *walk) putSong() bool {
	id := pick(w, w.m.songs, "song")
	before, exists := w.m.songs[id]
	s := before
	s.ID, s.Name, s.Path, s.AlbumID, s.ArtistID = id, w.name("name"), w.path("path"), pick(w, w.m.albums, "album"), pick(w, w.m.artists, "artist")
	s.Likes, s.Favorite, s.CD = before.Likes+1, -1, rapid.Int64Range(1, 3).Draw(w.t, "cd")
	_, artist := w.m.artists[s.ArtistID]
	_, album := w.m.albums[s.AlbumID]
	err := w.e.PutSong(s)
	if w.is(err, reason(!exists, library.ErrNotFound, s.Name == "" || s.Path == "", library.ErrInvalid,
		s.Path != before.Path && taken(w.m.songs, s.Path, songPath), library.ErrExists, !artist || !album, library.ErrNotFound)) {
		return true
	}
	w.m.songs[id] = s
	return false
}

func (w *walk) putVideo() bool {
	id := pick(w, w.m.videos, "video")
	before, exists := w.m.videos[id]
	v := before
	v.ID, v.Name, v.Path, v.ArtistID = id, w.name("name"), w.path("path"), pick(w, w.m.artists, "artist")
	_, found := w.m.artists[v.ArtistID]
	if rapid.Bool().Draw(w.t, "belongs to a song") {
		song := pick(w, w.m.songs, "song")
		v.SongID = &song
		_, known := w.m.songs[song]
		found = found && known
	}
	if rapid.Bool().Draw(w.t, "belongs to an album") {
		album := pick(w, w.m.albums, "album")
		v.AlbumID = &album
		_, known := w.m.albums[album]
		found = found && known
	}
	err := w.e.PutVideo(v)
	if w.is(err, reason(!exists, library.ErrNotFound, v.Name == "" || v.Path == "", library.ErrInvalid,
		v.Path != before.Path && taken(w.m.videos, v.Path, videoPath), library.ErrExists, !found, library.ErrNotFound)) {
		return true
	}
	w.m.videos[id] = v
	return false
}

func (w *walk) putTag() bool {
	id := pick(w, w.m.tags, "tag")
	before, exists := w.m.tags[id]
	n := before
	n.ID, n.Name = id, w.name("name")
	wrong := false
	if rapid.Bool().Draw(w.t, "another parent") {
		parent := pick(w, w.m.tags, "parent")
		n.ParentID = &parent
		wrong = wrong || n.Class != library.ClassSubgenre || w.m.tags[parent].Class != library.ClassGenre
	}
	if w.even(10, "another class") == 0 {
		n.Class, wrong = n.Class+1, true
	}
	color := "#ABCDEF"
	n.Color = &color
	if w.is(w.e.PutTag(n), reason(!exists, library.ErrNotFound, wrong, library.ErrInvalid)) {
		return true
	}
	w.m.tags[id] = n
	return false
}

func (w *walk) recount() bool {
	id := pick(w, w.m.albums, "album")
	_, exists := w.m.albums[id]
	if w.is(w.e.Recount(id), reason(!exists, library.ErrNotFound)) {
		return true
	}
	w.m.recount(id)
	return false
}

func (w *walk) remove() bool {
	kind := []string{"artist", "album", "song", "song", "video", "tag"}[w.even(6, "kind")]
	ids := map[string][]int64{
		"artist": keys(w.m.artists), "album": keys(w.m.albums), "song": keys(w.m.songs), "video": keys(w.m.videos), "tag": keys(w.m.tags),
	}[kind]
	id := w.id("removed")
	if len(ids) > 0 && w.even(4, "does not exist") > 0 {
		id = ids[w.even(len(ids), "which")]
	}
	exists := false
	var err error
	switch kind {
	case "artist":
		_, exists = w.m.artists[id]
		err = w.e.RemoveArtist(id)
		w.m.removeArtist(id)
	case "album":
		_, exists = w.m.albums[id]
		err = w.e.RemoveAlbum(id)
		w.m.removeAlbum(id)
	case "song":
		var s library.Song
		s, exists = w.m.songs[id]
		err = w.e.RemoveSong(id)
		if w.m.removeSong(id); exists {
			w.m.recount(s.AlbumID)
		}
	case "video":
		_, exists = w.m.videos[id]
		err = w.e.RemoveVideo(id)
		w.m.removeVideo(id)
	case "tag":
		_, exists = w.m.tags[id]
		err = w.e.RemoveTag(id)
		w.m.removeTag(id)
	}
	return w.is(err, reason(!exists, library.ErrNotFound))
}

func (w *walk) setLyrics() bool {
	id, text, state := pick(w, w.m.songs, "song"), w.name("text"), int64(w.even(7, "state"))-1
	given := &text
	if rapid.IntRange(0, 4).Draw(w.t, "none") == 0 {
		given, text = nil, ""
	}
	s, exists := w.m.songs[id]
	if w.is(w.e.SetLyrics(id, given, state), reason(!exists, library.ErrNotFound, state < 0 || state > 4, library.ErrInvalid)) {
		return true
	}
	switch {
	case state == library.LyricsInstrumental || state == library.LyricsNone:
		delete(w.m.lyrics, id)
	case text == "":
		delete(w.m.lyrics, id)
		state = library.LyricsNone
	default:
		w.m.lyrics[id] = text
	}
	s.LyricsState = state
	w.m.songs[id] = s
	return false
}

func (w *walk) target() (library.Target, int64) {
	switch w.even(3, "on") {
	case 0:
		return library.SongTarget, pick(w, w.m.songs, "target")
	case 1:
		return library.AlbumTarget, pick(w, w.m.albums, "target")
	default:
		return library.VideoTarget, pick(w, w.m.videos, "target")
	}
}

func (w *walk) assign() bool {
	on, id := w.target()
	tag := pick(w, w.m.tags, "tag")
	g := grant{int64(w.even(5, "approval")) - 1, []float64{0, 0.25, 1, -0.5, 1.5}[w.even(5, "confidence")]}
	_, known := w.m.tags[tag]
	err := w.e.Assign(on, id, tag, g.approval, g.confidence)
	if w.is(err, reason(!w.m.exists(on, id) || !known, library.ErrNotFound, g.approval < 0 || g.approval > 2, library.ErrInvalid,
		g.approval == 0 && (g.confidence < 0 || g.confidence > 1), library.ErrInvalid)) {
		return true
	}
	if g.approval > 0 {
		g.confidence = 1
	}
	w.m.assign(on, id, tag, g)
	return false
}

func (w *walk) unassign() bool {
	on, id := w.target()
	tag := pick(w, w.m.tags, "tag")
	w.is(w.e.Unassign(on, id, tag), nil)
	delete(w.m.given[on], [2]int64{id, tag})
	return false
}

func (w *walk) suggest() bool {
	id := pick(w, w.m.albums, "album")
	_, exists := w.m.albums[id]
	if w.is(w.e.SuggestAlbumTags(id), reason(!exists, library.ErrNotFound)) {
		return true
	}
	w.m.suggest(id)
	return false
}

func keys[R any](rows map[int64]R) []int64 {
	return byID(rows, func(id int64, _ R) int64 { return id })
}
