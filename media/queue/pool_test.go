package queue

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
	"musicdb/media/state"
)

// content is what a pool offers, by song.
func (p *pool) content() []int64 {
	songs := []int64{}
	for rank := range p.size() {
		songs = append(songs, p.song(rank))
	}
	slices.Sort(songs)
	return songs
}

// check compares a pool with the dumb way: every song by itself.
func (p *pool) check(t *rapid.T) {
	var want []int64
	var census Census
	artists, albums := map[int64][]int64{}, map[int64][]int64{}
	for s := range p.wishes.catalogue.Songs() {
		rule := p.wishes.judge(&s)
		census.count(rule, 1)
		if rule == NoRule {
			want = append(want, s.ID)
			artists[s.ArtistID], albums[s.AlbumID] = append(artists[s.ArtistID], s.ID), append(albums[s.AlbumID], s.ID)
		}
		if against := p.wishes.against(&s); cmp.Or(append(against, NoRule)...) != rule {
			t.Fatalf("song %d: %v, all rules %v", s.ID, rule, against)
		}
		rank, found := p.rank(s.ID)
		if found != (rule == NoRule) || found && p.song(rank) != s.ID {
			t.Fatalf("song %d, %v: rank %d, %v", s.ID, rule, rank, found)
		}
	}
	if got := p.content(); !slices.Equal(got, want) || p.census != census || p.size() != census.Pool {
		t.Fatalf("pool %v %+v, want %v %+v", got, p.census, want, census)
	}
	in := func(ranges []span) (songs []int64) {
		for _, s := range tidy(ranges) {
			for rank := s.from; rank < s.to; rank++ {
				songs = append(songs, p.song(rank))
			}
		}
		slices.Sort(songs)
		return songs
	}
	for id := range int64(30) {
		if got := in(p.ofArtist(nil, id)); !slices.Equal(got, artists[id]) {
			t.Fatalf("artist %d: %v, want %v", id, got, artists[id])
		}
		if got := in(p.ofAlbum(nil, id)); !slices.Equal(got, albums[id]) {
			t.Fatalf("album %d: %v, want %v", id, got, albums[id])
		}
	}
}

// Whatever is edited, a pool that follows is the pool that judging all songs makes.
func TestPoolFollows(t *testing.T) {
	h := aLibrary(t)
	edit := func(t *rapid.T, e *library.Edit) error {
		song, _ := e.Catalogue().Song(rapid.Int64Range(1, 70).Draw(t, "song"))
		album, _ := e.Catalogue().Album(rapid.Int64Range(1, 24).Draw(t, "album"))
		tag := rapid.Int64Range(2, 7).Draw(t, "tag")
		switch change := rapid.IntRange(0, 12).Draw(t, "change"); change {
		case 0, 1, 2, 3:
			if song.ID == 0 {
				return nil
			}
			switch change {
			case 0:
				song.Disabled, song.Favorite = rapid.Int64Range(0, 1).Draw(t, "disabled"), rapid.Int64Range(-1, 1).Draw(t, "favorite")
			case 1:
				song.Playtime, song.LiveRecording = rapid.Int64Range(0, 700).Draw(t, "playtime"), rapid.Int64Range(0, 1).Draw(t, "live")
			case 2:
				song.Likes++
			case 3:
				song.AlbumID = cmp.Or(album.ID, song.AlbumID)
				song.ArtistID = rapid.Int64Range(1, 5).Draw(t, "artist")
			}
			return e.PutSong(song)
		case 4, 5, 6:
			if album.ID == 0 {
				return nil
			}
			switch change {
			case 4:
				album.Hidden = 1 - album.Hidden
			case 5:
				album.Origin = new(string)
			case 6:
				album.ArtistID = rapid.Int64Range(1, 5).Draw(t, "artist")
			}
			return e.PutAlbum(album)
		case 7:
			if e.Catalogue().SongsOf(album.ID) == nil || rapid.IntRange(0, 5).Draw(t, "really") > 0 {
				return nil
			}
			return e.RemoveAlbum(album.ID)
		case 8:
			name := fmt.Sprint(e.Catalogue().Generation())
			_, err := e.AddAlbum(library.NewAlbum{ArtistName: "A", ArtistPath: "Artist 1", Name: name, Path: "Artist 1/" + name,
				Songs: []library.NewSong{{Name: "S", Path: name + "1", Playtime: 150}, {Name: "T", Path: name + "2", Playtime: 700}}})
			return err
		case 9, 10:
			on, id := library.AlbumTarget, album.ID
			if change == 10 {
				on, id = library.SongTarget, song.ID
			}
			if id == 0 {
				return nil
			}
			if rapid.Bool().Draw(t, "take") {
				return e.Unassign(on, id, tag)
			}
			return e.Assign(on, id, tag, rapid.Int64Range(0, 2).Draw(t, "approval"), 1)
		case 11:
			if song.ID == 0 {
				return nil
			}
			return e.RemoveSong(song.ID)
		default:
			_, err := e.AddTag(library.Tag{Name: fmt.Sprint(e.Catalogue().Generation()), Class: library.ClassMood})
			return err
		}
	}
	lessOften(t)
	followed, built := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := state.Constraints{NoDisabled: true, NoHated: true, NoLiveMusic: true, MinSongLength: 100, MaxSongLength: 600}
		must(h.t, h.state.SetGenre("Rock", rapid.Bool().Draw(t, "Rock")))
		must(h.t, h.state.SetSubgenre("Rock", "Hard", rapid.Bool().Draw(t, "Hard")))
		ps := pools{library: h.library}
		ps.get(h.state.Choice(), c)
		for range 8 {
			must(h.t, h.library.Edit(t.Context(), func(e *library.Edit) error {
				for range rapid.IntRange(0, 3).Draw(t, "edits") {
					if err := edit(t, e); err != nil {
						return err
					}
				}
				return nil
			}))
			ps.get(h.state.Choice(), c).check(t)
			followed++
		}
		built += ps.built
	})
	if followed < 3*built {
		t.Errorf("%d snapshots, all songs were judged %d times", followed, built)
	}
}

// More changes than are worth following lead to a new index; so do other wishes.
func TestPoolIsMadeAnew(t *testing.T) {
	h := newHouse(t, []int{10})
	r := h.songs.randy
	r.choose()
	var album library.NewAlbum
	for i := range followLimit + 2 {
		album.Songs = append(album.Songs, library.NewSong{Name: "S", Path: fmt.Sprint("B/", i), Playtime: 200})
	}
	album.ArtistName, album.ArtistPath, album.Name, album.Path = "B", "B", "B", "B/B"
	_, err := h.library.AddAlbum(t.Context(), album)
	must(t, err)
	if got := r.pool(); r.pools.built != 2 || got.size() != followLimit+12 || got.late.size() != 0 {
		t.Errorf("judged %d times, %d songs, %d late", r.pools.built, got.size(), got.late.size())
	}
	h.settings(func(r *state.Randy) { r.Constraints.MinSongLength = 190 })
	if r.refresh(); r.pool().size() != followLimit+2 || r.pools.built != 3 {
		t.Errorf("judged %d times, %d songs", r.pools.built, r.pool().size())
	}
}

// A new tag may get the id that assignments of an old file refer to: then they
// mean something from then on.
func TestPoolFollowsNewTags(t *testing.T) {
	h := newHouse(t, []int{3}, "INSERT INTO tags (tagid, name, class) VALUES (2, 'Rock', 1)",
		"INSERT INTO albumtags (albumid, tagid) VALUES (1, 2)", "INSERT INTO songtags (songid, tagid, approval) VALUES (2, 3, 1)")
	must(t, h.state.SetGenre("Rock", true))
	r := h.songs.randy
	before := r.pool().content()
	must(t, h.library.Edit(t.Context(), func(e *library.Edit) error {
		tag, err := e.AddTag(library.Tag{Name: "Jazz", Class: library.ClassGenre})
		if err == nil && tag.ID != 3 {
			t.Errorf("the tag got the id %d", tag.ID)
		}
		return err
	}))
	if after := r.pool().content(); !slices.Equal(before, []int64{1, 2, 3}) || !slices.Equal(after, []int64{1, 3}) {
		t.Errorf("the pool was %v, is %v", before, after)
	}
}
