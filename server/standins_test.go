package server_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/library"
)

// damage changes the music database with SQL before a daemon opens it.
func damage(t testing.TB, statements ...string) func(dir string) {
	return func(dir string) {
		db := must(sql.Open("sqlite3", filepath.Join(dir, "music.db")))(t)
		defer db.Close()
		for _, statement := range statements {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
}

// Music whose artist or album is missing in the database, as old versions left it
// behind, is shown and played: no question is answered with silence.
func TestMusicWithoutItsRowsIsShown(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{videos: true, prepare: damage(t,
		"UPDATE albums SET artistid = 900 WHERE albumid = 1",
		"UPDATE songs SET artistid = 900 WHERE songid = 1",
		"UPDATE songs SET artistid = NULL, albumid = NULL WHERE songid = 2",
		"UPDATE videos SET artistid = 900",
	)})
	c := d.dial()
	for _, question := range []struct{ function, arguments, artist, album string }{
		{"AddSongToQueue", `{"songid":1,"position":"last"}`, "", ""},
		{"GetAudioStreamState", `{}`, `"artist":{"id":900,"name":"`, `"album":{"id":`},
		{"GetSongQueue", `{}`, `"artist":{"id":900,"name":"`, `"album":{"id":`},
		{"GetSong", `{"songid":1}`, `"artist":{"id":900,"name":"`, `"album":{"id":`},
		{"GetSong", `{"songid":2}`, `"artist":{"id":0,"name":"`, `"album":{"id":0,"artistid":0,"name":"`},
		{"GetSongLyrics", `{"songid":2}`, `"artist":{"id":0,"name":"`, `"artworkpath":"default.jpg","bgcolor":"#101010"`},
		{"GetSongRelationship", `{"songid":2}`, `"artist":{"id":0,"name":"`, `"album":{"id":0,`},
		{"GetAlbum", `{"albumid":1}`, `"artist":{"id":900,"name":"`, `"album":{"id":1,`},
		{"GetVideo", `{"videoid":1}`, `"artist":{"id":900,"name":"`, `"album":null`},
		{"AddVideoToQueue", `{"videoid":1,"position":"last"}`, "", ""},
		{"GetVideoStreamState", `{}`, `"artist":{"id":900,"name":"`, ""},
	} {
		got := reply(t, c, question.function, question.arguments)
		if got == "" || !strings.Contains(got, question.artist) || !strings.Contains(got, question.album) {
			t.Errorf("%s %s is answered with %q", question.function, question.arguments, got)
		}
		if strings.Contains(got, `"name":""`) {
			t.Errorf("%s %s: something has no name: %s", question.function, question.arguments, got)
		}
	}
}

// Moods that an old version has left half made do not keep clients from showing the
// others (MusicDB protocol, section 9.3).
func TestHalfMadeMoodsCanBeDrawn(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{prepare: damage(t,
		"DELETE FROM tags WHERE class = 3",
		"INSERT INTO tags (tagid, name, class) VALUES (901, 'Half made', 3)",
		"INSERT INTO tags (tagid, name, class, icontype, icon) VALUES (902, 'Rainy', 3, 1, '☔'), (903, 'Marked up', 3, 2, '<b>x</b>')",
	)})
	moods := decoded[struct{ Moods []library.Tag }](t, d.dial(), "GetTags", "null").Moods
	var got []string
	for _, mood := range moods {
		got = append(got, fmt.Sprint(mood.Name, " ", *mood.IconType, " ", *mood.Icon))
	}
	if want := []string{"Half made 1 Half made", "Rainy 1 ☔", "Marked up 2 <b>x</b>"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
