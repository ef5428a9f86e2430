package server_test

import (
	"fmt"
	"strings"
	"testing"

	"musicdb/media/library"
	"musicdb/media/queue"
)

// What names no row removes nothing: not 0, null and "", for which the reference
// server empties the library.
func TestEntriesThatAreNoneRemoveNothing(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	before := d.library.Catalogue().Generation()
	for function, name := range map[string]string{"RemoveArtistEntry": "artistid", "RemoveAlbumEntry": "albumid", "RemoveSongEntry": "songid"} {
		for _, id := range []string{`0`, `null`, `""`, `"0"`, `-1`, `"-1"`, `99999`, `1.0`, `true`, `[1]`, `{}`, `"x"`, `18446744073709551617`} {
			if got := reply(t, c, function, fmt.Sprintf(`{%q:%s}`, name, id)); got != "null" {
				t.Errorf("%s of %s is answered with %q", function, id, got)
			}
		}
		if got := reply(t, c, function, `{}`); got != "" {
			t.Errorf("%s without an id is answered with %q", function, got)
		}
	}
	if d.library.Catalogue().Generation() != before {
		t.Error("the library has changed")
	}
}

// A row goes with all that belongs to it: queue entries, the current one too, lyrics,
// tags, relations. What is left is counted again.
func TestRemovedEntriesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	songs := d.library.Catalogue().SongsOf(1)
	reply(t, c, "SetSongTag", `{"songid":1,"tagid":1}`)
	reply(t, c, "SetSongLyrics", `{"songid":1,"lyrics":"la","lyricsstate":3}`)
	if err := d.library.AddSongRelation(t.Context(), 1, 50); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{1, 50, 1, 2} {
		reply(t, c, "AddSongToQueue", fmt.Sprintf(`{"songid":%d,"position":"last"}`, id))
	}
	if got := reply(t, c, "RemoveSongEntry", `{"songid":"1"}`); got != "null" {
		t.Errorf("got %q", got)
	}
	if got := queued(d.queue); got != "50 2" {
		t.Errorf("queued are %s", got)
	}
	album, _ := d.library.Catalogue().Album(1)
	if *album.NumOfSongs != int64(len(songs)-1) {
		t.Errorf("the album has %d songs, counted as %d", len(songs)-1, *album.NumOfSongs)
	}
	if lyrics, err := d.library.Lyrics(t.Context(), 1); lyrics != nil || err != nil {
		t.Errorf("lyrics %v, %v", lyrics, err)
	}
	if got := decoded[relations](t, c, "GetSongRelationship", `{"songid":50}`); strings.Contains(fmt.Sprint(got.Songs), "Thunder Iron") {
		t.Errorf("relations %+v", got)
	}
	if got := reply(t, c, "Find", `{"searchstring":"Thunder Iron","limit":5}`); strings.Contains(got, `"id":1,"albumid":1,`) {
		t.Errorf("found %s", got)
	}

	reply(t, c, "HideAlbum", `{"albumid":1,"hide":true}`)
	artist := album.ArtistID
	theirs := map[int64]bool{}
	for _, a := range d.library.Catalogue().AlbumsOf(artist) {
		theirs[a.ID] = true
	}
	reply(t, c, "RemoveArtistEntry", fmt.Sprintf(`{"artistid":%d}`, artist))
	now := d.library.Catalogue()
	if _, known := now.Artist(artist); known || len(now.AlbumsOf(artist)) != 0 || len(now.SongsOf(1)) != 0 {
		t.Error("the artist is there, or a hidden album")
	}
	for song := range now.Songs() {
		if song.ArtistID == artist || theirs[song.AlbumID] {
			t.Errorf("song %d is there", song.ID)
		}
	}
	if got := queued(d.queue); got != "50" {
		t.Errorf("queued are %s", got)
	}
	reply(t, c, "RemoveAlbumEntry", fmt.Sprintf(`{"albumid":%d}`, must(albumOf(now, 50))(t)))
	if entries := d.queue.Entries(); len(entries) != 0 {
		t.Errorf("queued are %v", entries)
	}
	if got := reply(t, c, "GetAudioStreamState", `null`); !strings.Contains(got, `"hasqueue":false`) {
		t.Errorf("got %s", got)
	}
}

func queued(q *queue.Songs) string {
	var ids []string
	for _, e := range q.Entries() {
		ids = append(ids, fmt.Sprint(e.SongID))
	}
	return strings.Join(ids, " ")
}

func albumOf(c *library.Catalogue, song int64) (int64, error) {
	s, known := c.Song(song)
	if !known {
		return 0, fmt.Errorf("there is no song %d", song)
	}
	return s.AlbumID, nil
}

// The videos of an artist go with it, from the queue, too.
func TestRemovedArtistsTakeTheirVideosAlong(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	video, known := d.library.Catalogue().Video(1)
	if !known {
		t.Fatal("the installation has no video")
	}
	reply(t, c, "AddVideoToQueue", `{"videoid":1,"position":"last"}`)
	if got := reply(t, c, "GetVideoQueue", `null`); !strings.Contains(got, video.Path) {
		t.Fatalf("queued are %s", got)
	}
	reply(t, c, "RemoveArtistEntry", fmt.Sprintf(`{"artistid":"%d"}`, video.ArtistID))
	if _, known := d.library.Catalogue().Video(1); known {
		t.Error("the video is there")
	}
	if got := reply(t, c, "GetVideoQueue", `null`); strings.Contains(got, video.Path) {
		t.Errorf("queued are %s", got)
	}
}

// The moment the last video is gone nothing is current, whether or not the stream
// has noticed (MusicDB protocol, section 9.3).
func TestNothingIsCurrentWithoutVideos(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{videos: true})
	c := d.dial()
	reply(t, c, "AddVideoToQueue", `{"videoid":1,"position":"last"}`)
	reply(t, c, "SetVideoStreamState", `{"state":"play"}`)
	gone := map[int64]bool{}
	for _, video := range d.library.Catalogue().Videos() {
		gone[video.ArtistID] = true
	}
	for artist := range gone {
		reply(t, c, "RemoveArtistEntry", fmt.Sprintf(`{"artistid":%d}`, artist))
	}
	want := `{"isstreaming":true,"isplaying":`
	got := reply(t, c, "GetVideoStreamState", `null`)
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, `,"currententry":null,"hasqueue":false}`) {
		t.Errorf("got %s", got)
	}
}
