package server_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// assignment is what a tag means to a song or an album.
type assignment struct {
	approval   int64
	confidence float64
}

// A model of the tags of an album and its songs (MusicDB protocol, SetSongTag,
// RemoveSongTag, SetAlbumTag, RemoveAlbumTag): an approval is never lowered, an
// approval counts only beside a confidence, and the confirmed genres and sub
// genres of the songs become suggestions for the album, which stay.
func TestAssignmentsFollowTheirModel(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	for _, step := range [][2]string{
		{"AddGenre", `{"name":"Metal"}`}, {"AddSubgenre", `{"name":"Dark","parentname":"Metal"}`},
		{"AddMoodFlag", `{"name":"Calm","icon":"x","color":null,"posx":0,"posy":0}`},
	} {
		reply(t, c, step[0], step[1])
	}
	const tags, mood = 4, 4
	const album = 1
	songs := d.library.Catalogue().SongsOf(album)
	onSongs, onAlbum := map[int64]map[int64]assignment{}, map[int64]assignment{}
	for _, song := range songs {
		onSongs[song.ID] = map[int64]assignment{}
	}
	raise := func(on map[int64]assignment, tag int64, to assignment) {
		if to.approval >= on[tag].approval {
			on[tag] = to
		}
	}
	suggest := func() {
		for tag := int64(1); tag <= tags; tag++ {
			n := 0
			for _, of := range onSongs {
				if of[tag].approval >= 1 {
					n++
				}
			}
			if n > 0 && tag != mood {
				raise(onAlbum, tag, assignment{0, float64(n) / float64(len(songs))})
			}
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		tag := rapid.Int64Range(1, tags).Draw(r, "tag")
		song := rapid.SampledFrom(songs).Draw(r, "song").ID
		switch rapid.IntRange(0, 5).Draw(r, "step") {
		case 0:
			reply(t, c, "SetAlbumTag", fmt.Sprintf(`{"albumid":%d,"tagid":"%d"}`, album, tag))
			raise(onAlbum, tag, assignment{1, 1})
		case 1:
			reply(t, c, "RemoveAlbumTag", fmt.Sprintf(`{"albumid":"%d","tagid":%d}`, album, tag))
			delete(onAlbum, tag)
		case 2:
			reply(t, c, "RemoveSongTag", fmt.Sprintf(`{"songid":%d,"tagid":%d}`, song, tag))
			delete(onSongs[song], tag)
			suggest()
		case 3: // the approval alone does not count
			reply(t, c, "SetSongTag", fmt.Sprintf(`{"songid":%d,"tagid":%d,"approval":0,"confidence":null}`, song, tag))
			raise(onSongs[song], tag, assignment{1, 1})
			suggest()
		default:
			to := assignment{rapid.Int64Range(0, 2).Draw(r, "approval"), float64(rapid.IntRange(0, 4).Draw(r, "confidence")) / 4}
			reply(t, c, "SetSongTag", fmt.Sprintf(`{"songid":"%d","tagid":%d,"approval":%d,"confidence":%g}`, song, tag, to.approval, to.confidence))
			if to.approval > 0 {
				to.confidence = 1
			}
			raise(onSongs[song], tag, to)
			suggest()
		}
		now := d.library.Catalogue()
		if got := assignmentsOf(now.AlbumTags(album)); !maps.Equal(got, onAlbum) {
			r.Fatalf("album: got %v, want %v", got, onAlbum)
		}
		for _, song := range songs {
			if got := assignmentsOf(now.SongTags(song.ID)); !maps.Equal(got, onSongs[song.ID]) {
				r.Fatalf("song %d: got %v, want %v", song.ID, got, onSongs[song.ID])
			}
		}
	})
}

func assignmentsOf(tags []library.TargetTag) map[int64]assignment {
	all := map[int64]assignment{}
	for _, t := range tags {
		all[t.TagID] = assignment{t.Approval, t.Confidence}
	}
	return all
}

// Arguments of SetSongTag that are none leave the song as it is, without an answer.
func TestApprovalsThatAreNone(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	for _, rest := range []string{`"approval":7,"confidence":0.5`, `"approval":-1,"confidence":0.5`, `"approval":"1","confidence":0.5`,
		`"approval":1,"confidence":"0.5"`, `"approval":0,"confidence":1.5`, `"approval":0,"confidence":-0.5`, `"approval":1.0,"confidence":1`} {
		if got := reply(t, c, "SetSongTag", `{"songid":1,"tagid":1,`+rest+`}`); got != "" {
			t.Errorf("%s is answered with %.200s", rest, got)
		}
	}
	for _, rest := range []string{`"approval":7`, `"confidence":0.5`, `"approval":0,"confidence":null`, `"approval":null,"confidence":0`} {
		if got := reply(t, c, "SetSongTag", `{"songid":2,"tagid":1,`+rest+`}`); got == "" {
			t.Errorf("%s is not answered", rest)
		}
		want := map[int64]assignment{1: {1, 1}}
		if got := assignmentsOf(d.library.Catalogue().SongTags(2)); !maps.Equal(got, want) {
			t.Errorf("%s: got %v", rest, got)
		}
		reply(t, c, "RemoveSongTag", `{"songid":2,"tagid":1}`)
	}
	if got := d.library.Catalogue().SongTags(1); len(got) != 0 {
		t.Errorf("song 1 has %v", got)
	}
}

// The id comes back in the type in which it was sent.
func TestTagsEchoTheID(t *testing.T) {
	t.Parallel()
	c := startDaemon(t, daemonOptions{}).dial()
	const none = `"genres":[],"subgenres":[],"moods":[]}`
	for _, id := range []string{`1`, `"1"`, `"007"`, `0`, `-3`, `99999`, `"x"`, `""`} {
		if got, want := reply(t, c, "GetSongTags", `{"songid":`+id+`}`), `{"songid":`+id+`,`+none; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := reply(t, c, "GetAlbumTags", `{"albumid":`+id+`}`), `{"albumid":`+id+`,`+none; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, id := range []string{`null`, `true`, `1.0`, `[1]`, `10000000000000000000000000`} {
		if got := reply(t, c, "GetSongTags", `{"songid":`+id+`}`); got != "" {
			t.Errorf("%s is answered with %s", id, got)
		}
	}
	if got := decoded[struct{ Tags map[string]any }](t, c, "GetSong", `{"songid":"2"}`).Tags["songid"]; got != "2" {
		t.Errorf("GetSong echoes %v", got)
	}
	if !slices.Equal([]string{reply(t, c, "GetSortedAlbumCDs", `{"albumid":"x"}`), reply(t, c, "GetSortedAlbumCDs", `{"albumid":0}`)}, []string{"[]", "[]"}) {
		t.Error("an unknown album has CDs")
	}
}
