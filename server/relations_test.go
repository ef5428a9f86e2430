package server_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

type relations struct {
	SongID int64
	Songs  []struct {
		Song   library.Song
		Album  library.Album
		Artist library.Artist
		Weight int64
		Tags   struct{ SongID int64 }
	}
}

// The relations of a song are those that the tracker has noted, without hated,
// disabled and removed songs, sorted by artist, release, album, CD and number.
func TestRelationsFollowTheirModel(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	const song = 20
	weight := map[int64]int64{}
	for _, r := range must(d.library.SongRelations(t.Context(), song))(t) {
		weight[r.ID] = r.Weight
	}
	for s := range d.library.Catalogue().Songs() { // albums with several CDs
		if a, _ := d.library.Catalogue().Album(s.AlbumID); *a.NumOfCDs > 1 && s.ID != song {
			if err := d.library.AddSongRelation(t.Context(), s.ID, song); err != nil {
				t.Fatal(err)
			}
			weight[s.ID]++
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		ids := slices.Collect(func(yield func(int64) bool) {
			for s := range d.library.Catalogue().Songs() {
				if s.ID != song && !yield(s.ID) {
					return
				}
			}
		})
		other := rapid.SampledFrom(ids).Draw(r, "other")
		switch rapid.IntRange(0, 9).Draw(r, "step") {
		case 0:
			reply(t, c, "CutSongRelationship", fmt.Sprintf(`{"songid":%d,"relatedsongid":%d}`, song, other))
			delete(weight, other)
		case 1:
			reply(t, c, "UpdateSongStatistic", fmt.Sprintf(`{"songid":%d,"statistic":"favorite","modifier":"%s"}`, other, rapid.SampledFrom([]string{"hate", "love", "none"}).Draw(r, "favorite")))
		case 2:
			reply(t, c, "UpdateSongStatistic", fmt.Sprintf(`{"songid":%d,"statistic":"disable","modifier":"%s"}`, other, rapid.SampledFrom([]string{"yes", "no"}).Draw(r, "disable")))
		case 3:
			if len(ids) > 60 {
				reply(t, c, "RemoveSongEntry", fmt.Sprintf(`{"songid":%d}`, other))
				delete(weight, other)
			}
		default:
			for range rapid.IntRange(1, 3).Draw(r, "times") {
				if err := d.library.AddSongRelation(context.Background(), other, song); err != nil {
					r.Fatal(err)
				}
				weight[other]++
			}
		}
		got := decoded[relations](t, c, "GetSongRelationship", fmt.Sprintf(`{"songid":%d}`, song))
		want := 0
		for id := range weight {
			if s, _ := d.library.Catalogue().Song(id); s.Disabled == 0 && s.Favorite != -1 {
				want++
			}
		}
		if len(got.Songs) != want || got.SongID != song {
			r.Fatalf("%d relations, want %d", len(got.Songs), want)
		}
		for i, e := range got.Songs {
			if e.Weight != weight[e.Song.ID] || e.Tags.SongID != e.Song.ID || e.Album.ID != e.Song.AlbumID || e.Artist.ID != e.Song.ArtistID {
				r.Fatalf("entry %+v, want weight %d", e, weight[e.Song.ID])
			}
			if i == 0 {
				continue
			}
			before := got.Songs[i-1]
			key := func(artist library.Artist, album library.Album, s library.Song) string {
				return fmt.Sprintf("%s\x00%010d\x00%s\x00%05d\x00%05d", artist.Name, *album.Release, album.Name, s.CD, s.Number)
			}
			if a, b := key(before.Artist, before.Album, before.Song), key(e.Artist, e.Album, e.Song); a > b {
				r.Fatalf("%q comes before %q", a, b)
			}
		}
	})
}

func TestRelationsOfNoSong(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	for _, id := range []string{`"1"`, `9999`, `0`, `null`, `1.0`} {
		for _, function := range []string{"GetSongRelationship", "CutSongRelationship"} {
			if got := reply(t, c, function, `{"songid":`+id+`,"relatedsongid":2}`); got != "" {
				t.Errorf("%s of %s is answered with %.200s", function, id, got)
			}
		}
	}
	if got := decoded[relations](t, c, "CutSongRelationship", `{"songid":1,"relatedsongid":"2"}`); got.SongID != 1 {
		t.Errorf("got %+v", got)
	}
}
