package queue

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/state"
)

// Each random entry has its explanation, which is still there after a restart, and
// when the entry was played. Entries of users have none.
func TestPicksAreExplained(t *testing.T) {
	h := newHouse(t, []int{3, 3, 4}, "UPDATE songs SET disabled = 1 WHERE songid < 3", "UPDATE songs SET playtime = 20 WHERE songid = 9",
		"INSERT INTO tags (tagid, name, class) VALUES (2, 'Rock', 1)", "INSERT INTO albumtags (albumid, tagid) VALUES (1, 2), (3, 2)")
	must(t, h.state.SetGenre("Rock", true))
	user := h.fill(3)[0]
	h.songs.Next() // random: of the second artist, as the first was queued
	first, _ := h.songs.Head()
	h.songs.Next()
	h.restart()
	pick, found := h.songs.PickOf(first.ID)
	if _, known := h.songs.PickOf(user); !found || known {
		t.Fatalf("explained: %v; that of a user: %v", found, known)
	}
	want := Pick{SongID: first.SongID, At: h.clock.now().Unix(), Seed: pick.Seed, Candidates: 3, Census: Census{Songs: 10, Pool: 4}}
	want.Constraints, want.BlackLists = state.DefaultRandy().Constraints, state.DefaultRandy().BlackLists
	want.Genres, want.GenreCount = []string{"Rock"}, 1
	want.Census.Excluded[Disabled], want.Census.Excluded[TooShort], want.Census.Excluded[AlbumGenre] = 2, 1, 3
	want.Heard[ArtistHeard] = 1
	if !reflect.DeepEqual(pick, want) || first.SongID < 7 {
		t.Errorf("explained by %+v\nwant %+v", pick, want)
	}
	album := int64(2)
	_, err := h.songs.AddRandom(Last(), &album)
	must(t, err)
	entries := h.songs.Entries()
	last := entries[len(entries)-1]
	if pick, _ := h.songs.PickOf(last.ID); pick.AlbumID != album || pick.SongID != last.SongID || pick.Candidates != 3 || pick.Census.Songs != 3 {
		t.Errorf("the song of an album is explained by %+v", pick)
	}
}

// What is relaxed is said: the artist, then the album, then the song.
func TestRelaxingIsExplained(t *testing.T) {
	for relaxed, albums := range map[Rule][]int{ArtistHeard: {1, 1}, AlbumHeard: {2}, SongHeard: {1}} {
		h := newHouse(t, albums)
		h.fill(1)
		h.songs.Next()
		head, _ := h.songs.Head()
		if pick, found := h.songs.PickOf(head.ID); !found || pick.Relaxed != relaxed || pick.Candidates != 1 {
			t.Errorf("%v: explained by %+v, %v", relaxed, pick, found)
		}
	}
}

// Only so many choices are remembered, and what is damaged is kept beside.
func TestPicksAreBounded(t *testing.T) {
	h := newHouse(t, []int{3})
	r := h.songs.randy
	for range keptPicks + 5 {
		r.choose()
		r.chosen(newEntryID())
	}
	h.restart()
	if r = h.songs.randy; len(r.picks.list) != keptPicks {
		t.Errorf("%d choices are remembered", len(r.picks.list))
	}
	info, err := os.Stat(h.path(picksFile))
	must(t, err)
	t.Logf("%d bytes on disk", info.Size())
	known := r.picks.list[7].entry
	damaged := strings.Replace(h.content(picksFile), "\"\r\n\"", "\"\r\ngarbage\r\n\"", 3)
	must(t, os.WriteFile(h.path(picksFile), []byte(damaged), 0o644))
	h.restart()
	if _, found := h.songs.PickOf(known); !found || h.content(picksFile+".damaged") != damaged {
		t.Errorf("behind a damage, found %v", found)
	}
}

func TestCountsAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c, again Counts
		for rule := range c {
			c[rule] = rapid.IntRange(0, 2).Draw(t, "count")
		}
		text, err := json.Marshal(c)
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil || c != again {
			t.Fatalf("%v became %s and %v: %v", c, text, again, err)
		}
	})
	for _, rule := range Rules() {
		var again Rule
		text, _ := rule.MarshalText()
		if err := again.UnmarshalText(text); err != nil || again != rule || rule.String() == "" {
			t.Errorf("%v became %s and %v, %v", rule, text, again, err)
		}
	}
}

// A preview is what the stream then chooses with those seeds, and asking for it
// changes nothing.
func TestPreview(t *testing.T) {
	h := newHouse(t, []int{2, 3, 1, 4, 2, 5})
	h.settings(func(r *state.Randy) { r.BlackLists.SongListLength = 20 })
	h.fill(4, 9)
	r := h.songs.randy
	before, blacklists, files := h.songs.Entries(), r.memory(), h.content("songblacklist.csv")
	preview := h.songs.Preview(30, 42)
	if again := h.songs.Preview(30, 42); len(preview) != 30 || !reflect.DeepEqual(preview, again) {
		t.Fatalf("%d choices; the same seed gives other ones", len(preview))
	}
	if other := h.songs.Preview(30, 43); slices.EqualFunc(preview, other, func(a, b Pick) bool { return a.SongID == b.SongID }) {
		t.Error("another seed gives the same songs")
	}
	if got := h.songs.Preview(MaxPreview+1, 1); len(got) != MaxPreview {
		t.Errorf("%d choices, want %d", len(got), MaxPreview)
	}
	if got := h.songs.Preview(-1, 1); len(got) != 0 {
		t.Errorf("%d choices", len(got))
	}
	if !slices.Equal(h.songs.Entries(), before) || !reflect.DeepEqual(r.memory(), blacklists) || h.content("songblacklist.csv") != files || len(h.events) > 0 {
		t.Error("a preview has changed something")
	}
	relaxed := map[Rule]bool{}
	for i, want := range preview {
		relaxed[want.Relaxed] = true
		p := r.pool()
		got := r.explained()
		got.describe(p)
		got.draw(want.Seed, p.offer(r.memory(), true), p.song)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("choice %d: %+v, want %+v", i, got, want)
		}
		r.queued(got.SongID)
	}
	if len(relaxed) < 2 {
		t.Errorf("only %v was previewed", relaxed)
	}
	h.barren()
	if got := h.songs.Preview(3, 1); len(got) != 0 {
		t.Errorf("%d choices from nothing", len(got))
	}
}

// The picks of the stream are those that it would have made without a preview.
func TestPreviewThrowsOtherDice(t *testing.T) {
	var with, without []int64
	for _, songs := range []*[]int64{&with, &without} {
		h := newHouse(t, []int{5, 5, 5, 5})
		for range 10 {
			if songs == &with {
				h.songs.Preview(3, 1)
			}
			h.songs.Next()
			head, _ := h.songs.Current()
			*songs = append(*songs, head.SongID)
		}
	}
	if !slices.Equal(with, without) {
		t.Errorf("chosen with previews %v, without %v", with, without)
	}
}

func TestExplainSong(t *testing.T) {
	h := newHouse(t, []int{2, 2, 2}, "UPDATE songs SET disabled = 1, favorite = -1, playtime = 4 WHERE songid = 6",
		"UPDATE albums SET hidden = 1 WHERE albumid = 2")
	h.fill(1)
	for _, c := range []struct {
		song              int64
		against           []Rule
		heard             []Rule
		chosen, requested bool
	}{
		{1, nil, []Rule{ArtistHeard, AlbumHeard, SongHeard}, false, false},
		{2, nil, []Rule{ArtistHeard, AlbumHeard}, false, false},
		{3, []Rule{HiddenAlbum}, []Rule{ArtistHeard}, false, false},
		{5, nil, nil, true, true},
		{6, []Rule{Disabled, Hated, TooShort}, nil, false, false},
	} {
		v, err := h.songs.Explain(c.song)
		must(t, err)
		var heard []Rule
		for _, one := range v.Heard {
			heard = append(heard, one.Rule)
			if one.At != h.clock.now().Unix() {
				t.Errorf("song %d: %+v", c.song, one)
			}
		}
		if !slices.Equal(v.Against, c.against) || !slices.Equal(heard, c.heard) || v.Chosen != c.chosen || v.Requested != c.requested || v.Outlook.Candidates != 1 {
			t.Errorf("song %d: %+v", c.song, v)
		}
	}
	h.songs.randy.queued(5)
	if v, err := h.songs.Explain(2); err != nil || !v.Chosen || v.Requested || v.Outlook.Prospect != Repeating || v.Outlook.Relaxed != AlbumHeard {
		t.Errorf("when only relaxing helps: %+v, %v", v, err)
	}
	if _, err := h.songs.Explain(77); !errors.Is(err, ErrUnknownSong) {
		t.Error(err)
	}
}

func TestProspects(t *testing.T) {
	h := newHouse(t, []int{2})
	for _, c := range []struct {
		want   Prospect
		change func()
	}{
		{Fresh, func() {}},
		{Repeating, func() { h.fill(1) }},
		{NoSongs, h.barren},
	} {
		c.change()
		if got := h.songs.Outlook(); got.Prospect != c.want || got.Census.Songs != 2 {
			t.Errorf("%+v, want %v", got, c.want)
		}
	}
	if got := newHouse(t, nil).songs.Outlook(); got.Prospect != EmptyLibrary {
		t.Errorf("%+v", got)
	}
}
