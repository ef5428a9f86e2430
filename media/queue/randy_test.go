package queue

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
	"musicdb/media/state"
)

// forgetful switches the memory off and lets every length pass.
func (h *house) forgetful() {
	h.settings(func(r *state.Randy) {
		r.Constraints.MinSongLength = 0
		r.BlackLists = state.BlackLists{MaxAge: 24}
	})
}

// tier is how much must be relaxed for a song to be chosen, the dumb way.
func (h *house) tier(s library.Song) Rule {
	r := h.songs.randy
	_, song := r.songs.since(s.ID)
	_, album := r.albums.since(s.AlbumID)
	_, artist := r.artists.since(s.ArtistID)
	switch {
	case song:
		return SongHeard
	case album:
		return AlbumHeard
	case artist:
		return ArtistHeard
	}
	return NoRule
}

func TestDistributionWithinAnAlbum(t *testing.T) {
	h := newHouse(t, []int{3, 4})
	h.forgetful()
	drawn := map[int64]int{}
	for range 800 {
		id, _ := h.songs.randy.chooseOf(2)
		drawn[id]++
	}
	if got := chiSquare(drawn, map[int64]float64{4: 200, 5: 200, 6: 200, 7: 200}); got > 30.66 || len(drawn) != 4 {
		t.Errorf("chi-square %.1f: %v", got, drawn)
	}
}

// What is relaxed, and in which order: with few albums the selection repeats the
// artist queued longest ago, then the album, then the song, before it gives up.
func TestFallback(t *testing.T) {
	for _, c := range []struct {
		name   string
		albums []int // two per artist
		queued []int64
		choice []int64 // one of these must be chosen
	}{
		{"nothing to relax", []int{1, 1, 1, 1}, []int64{1}, []int64{3, 4}},
		{"one artist", []int{1, 1}, []int64{1}, []int64{2}},
		{"the artist queued longest ago", []int{1, 1, 1, 1}, []int64{3, 1}, []int64{4}},
		{"one album", []int{3}, []int64{1}, []int64{2, 3}},
		{"the album queued longest ago", []int{2, 2}, []int64{3, 1}, []int64{4}},
		{"all songs", []int{1, 1, 1}, []int64{2, 3, 1}, []int64{2}},
		{"all songs, one twice", []int{1, 1, 1}, []int64{2, 3, 1, 2}, []int64{3}},
		{"one song", []int{1}, []int64{1}, []int64{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, c.albums)
			h.settings(func(r *state.Randy) {
				r.BlackLists.ArtistListLength, r.BlackLists.AlbumListLength, r.BlackLists.SongListLength = 4, 4, 4
			})
			h.songs.randy.queued(c.queued...)
			seen := map[int64]bool{}
			for range 20 {
				id, found := h.songs.randy.choose()
				if !found {
					t.Fatal("found none")
				}
				seen[id] = true
			}
			if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, c.choice) {
				t.Errorf("chosen %v, want %v", got, c.choice)
			}
		})
	}
}

// A random song of an album ignores what is known of artists and albums, hidden
// albums and genres, and takes the song queued longest ago before none.
func TestRandomSongOfAnAlbum(t *testing.T) {
	h := newHouse(t, []int{3, 1}, "UPDATE albums SET hidden = 1", "UPDATE songs SET disabled = 1 WHERE songid = 3")
	must(t, h.state.SetGenre("Other", true))
	r := h.songs.randy
	r.queued(1)
	for range 20 {
		if id, found := r.chooseOf(1); id != 2 || !found {
			t.Fatalf("chosen %d, %v, want 2", id, found)
		}
	}
	r.queued(2)
	if id, _ := r.chooseOf(1); id != 1 {
		t.Errorf("chosen %d, want 1, which was queued before", id)
	}
	if _, found := r.choose(); found {
		t.Error("a song of a hidden album was chosen")
	}
}

// aLibrary has 60 songs in 20 albums of 10 artists with flags, lengths and tags of
// all kinds.
func aLibrary(t *testing.T) *house {
	return newHouse(t, slices.Repeat([]int{1, 2, 3, 6}, 5),
		`UPDATE songs SET disabled = (songid % 7 = 0), favorite = CASE WHEN songid % 5 = 0 THEN -1 ELSE songid % 2 END,
			badaudio = (songid % 11 = 0), liverecording = (songid % 4 = 1), playtime = (songid * 37) % 700`,
		"UPDATE songs SET disabled = -1 WHERE songid = 20",
		"UPDATE albums SET hidden = (albumid % 6 = 0)",
		`INSERT INTO tags (tagid, name, class, parentid) VALUES (2, 'Rock', 1, NULL), (3, 'Hard', 2, 2), (4, 'Soft', 2, 2), (5, 'Jazz', 1, NULL), (6, 'Free', 2, 5), (7, 'Sad', 3, NULL)`,
		"INSERT INTO albumtags (albumid, tagid, confidence, approval) SELECT albumid, tagid, 1.0, albumid % 3 FROM albums, tags WHERE (albumid * tagid) % 3 = 1",
		"INSERT INTO songtags (songid, tagid, confidence, approval) SELECT songid, tagid, 1.0, songid % 3 FROM songs, tags WHERE (songid + tagid) % 4 = 1")
}

// wanted is the user's wishes once more, the dumb way.
func wanted(c *library.Catalogue, g library.GenreChoice, r state.Randy, s library.Song) bool {
	k := r.Constraints
	album, _ := c.Album(s.AlbumID)
	if album.Hidden == 1 ||
		k.NoDisabled && s.Disabled != 0 || k.NoHated && s.Favorite == -1 || k.NoBadFile && s.BadAudio == 1 || k.NoLiveMusic && s.LiveRecording == 1 ||
		k.MinSongLength > 0 && s.Playtime < int64(k.MinSongLength) || k.MaxSongLength >= 0 && s.Playtime > int64(k.MaxSongLength) {
		return false
	}
	names := map[int64]string{}
	active := map[int64][]int64{}
	for _, tag := range c.Tags() {
		names[tag.ID] = tag.Name
		if tag.Class == library.ClassGenre && g.GenreActive(tag.Name) {
			active[tag.ID] = []int64{}
		}
	}
	var activeSubs []int64
	for _, tag := range c.Tags() {
		if tag.Class == library.ClassSubgenre && active[*tag.ParentID] != nil && g.SubgenreActive(names[*tag.ParentID], tag.Name) {
			active[*tag.ParentID] = append(active[*tag.ParentID], tag.ID)
			activeSubs = append(activeSubs, tag.ID)
		}
	}
	if len(active) == 0 {
		return true
	}
	var albumGenres, albumSubs, songGenres, songSubs []int64
	for _, tag := range c.AlbumTags(s.AlbumID) {
		switch tag.Class {
		case library.ClassGenre:
			albumGenres = append(albumGenres, tag.TagID)
		case library.ClassSubgenre:
			albumSubs = append(albumSubs, tag.TagID)
		}
	}
	for _, tag := range c.SongTags(s.ID) {
		switch {
		case tag.Approval < 1:
		case tag.Class == library.ClassGenre:
			songGenres = append(songGenres, tag.TagID)
		case tag.Class == library.ClassSubgenre:
			songSubs = append(songSubs, tag.TagID)
		}
	}
	common := func(a, b []int64) bool {
		return slices.ContainsFunc(a, func(x int64) bool { return slices.Contains(b, x) })
	}
	albumPasses := slices.ContainsFunc(albumGenres, func(genre int64) bool {
		subs, isActive := active[genre]
		return isActive && (len(subs) == 0 || common(albumSubs, subs) || len(albumSubs) == 0)
	})
	return albumPasses && (len(songGenres) == 0 || common(songGenres, slices.Collect(maps.Keys(active)))) &&
		(len(songSubs) == 0 || common(songSubs, activeSubs))
}

// Whatever the settings, the genres, the memory and the dice: the chosen song fits
// the user's wishes, repeats no more than it must, and none is chosen only when
// none fits.
func TestWishesAreNeverRelaxed(t *testing.T) {
	h := aLibrary(t)
	lessOften(t)
	found, barren := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h.fresh()
		length := rapid.IntRange(0, 4)
		flag := rapid.Bool()
		h.settings(func(r *state.Randy) {
			r.Constraints = state.Constraints{
				NoDisabled: flag.Draw(t, "disabled"), NoHated: flag.Draw(t, "hated"), NoBadFile: flag.Draw(t, "bad"), NoLiveMusic: flag.Draw(t, "live"),
				MinSongLength: rapid.IntRange(-1, 650).Draw(t, "min"), MaxSongLength: rapid.IntRange(-1, 700).Draw(t, "max"),
			}
			r.BlackLists = state.BlackLists{SongListLength: 20 * length.Draw(t, "songs"), AlbumListLength: 6 * length.Draw(t, "albums"), ArtistListLength: 3 * length.Draw(t, "artists"), MaxAge: 24}
			r.Limits.MaxTries = rapid.SampledFrom([]int{-1, 0, 1, 10, 1 << 60}).Draw(t, "tries")
		})
		for _, genre := range []string{"Rock", "Jazz", "Other"} {
			if flag.Draw(t, genre) {
				if err := h.state.SetGenre(genre, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		for sub, genre := range map[string]string{"Hard": "Rock", "Soft": "Rock", "Free": "Jazz"} {
			if flag.Draw(t, sub) {
				if err := h.state.SetSubgenre(genre, sub, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		randy := h.songs.randy
		randy.queued(rapid.SliceOfN(rapid.Int64Range(1, 60), 0, 30).Draw(t, "queued")...)
		settings, err := h.state.Randy()
		if err != nil {
			t.Fatal(err)
		}
		c, choice := h.library.Catalogue(), h.state.Choice()
		best := SongHeard + 1
		allowed := 0
		for s := range c.Songs() {
			if wanted(c, choice, settings, s) {
				allowed++
				best = min(best, h.tier(s))
			}
		}
		if got := h.songs.Outlook(); got.Census.Pool != allowed || got.Census.Songs != 60 || (got.Prospect == NoSongs) != (allowed == 0) {
			t.Fatalf("%d songs are allowed, told were %+v", allowed, got)
		}
		for range 5 {
			id, ok := randy.choose()
			if !ok {
				barren++
				if best <= SongHeard {
					t.Fatalf("none was chosen though there are songs of tier %v", best)
				}
				continue
			}
			found++
			s, _ := c.Song(id)
			if !wanted(c, choice, settings, s) {
				t.Fatalf("song %+v was chosen, settings %+v", s, settings)
			}
			if got := h.tier(s); got != best || randy.last.Relaxed != best {
				t.Fatalf("song of tier %v was chosen, said to be of %v, though there are some of tier %v", got, randy.last.Relaxed, best)
			}
			if _, requested := randy.request(); requested != (best == NoRule) {
				t.Fatalf("a request was met: %v, though the best songs are of tier %v", requested, best)
			}
		}
	})
	if found == 0 || barren == 0 {
		t.Errorf("%d songs were chosen, %d times none: one of both is not tested", found, barren)
	}
}

// The settings are read again before each search and each push.
func TestSettingsTakeEffectAtOnce(t *testing.T) {
	h := newHouse(t, slices.Repeat([]int{1}, 8))
	lists := func() string {
		r := h.songs.randy
		return fmt.Sprintf("%v %v %v", ids(r.songs), ids(r.albums), ids(r.artists))
	}
	h.songs.randy.queued(1, 2, 3, 4, 5, 6)
	if got, want := lists(), "[2 3 4 5 6] [5 6] [3]"; got != want {
		t.Errorf("lists %s, want %s", got, want)
	}
	h.settings(func(r *state.Randy) { r.BlackLists.SongListLength, r.BlackLists.AlbumListLength = 2, 4 })
	h.songs.randy.queued(7)
	if got, want := lists(), "[6 7] [5 6 7] [4]"; got != want {
		t.Errorf("after a change %s, want %s: the newest are kept", got, want)
	}
	h.restart()
	h.settings(func(r *state.Randy) { r.BlackLists.SongListLength, r.BlackLists.ArtistListLength = 0, 3 })
	h.songs.randy.queued(8)
	if got, want := lists(), "[] [5 6 7 8] [4 4]"; got != want {
		t.Errorf("after a restart %s, want %s", got, want)
	}
	h.clock.advance(24 * time.Hour)
	h.songs.randy.refresh()
	if got, want := lists(), "[] [5 6 7 8] [4 4]"; got != want {
		t.Errorf("after a day %s, want %s", got, want)
	}
	h.clock.advance(time.Second)
	h.songs.randy.refresh()
	if got, want := lists(), "[] [] []"; got != want {
		t.Errorf("after more than a day %s, want %s", got, want)
	}
}

func ids(b blacklist) []int64 {
	ids := []int64{}
	for _, s := range b.slots {
		ids = append(ids, s.id)
	}
	return ids
}
