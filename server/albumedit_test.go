package server_test

import (
	"fmt"
	"strings"
	"testing"
)

// Each change of an album: what is stored, what is answered (MusicDB protocol,
// section "Albums").
func TestChangesOfAlbums(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	row := func() string {
		a, _ := d.library.Catalogue().Album(1)
		return fmt.Sprint(*a.Origin, " ", a.Added, " ", a.BgColor, " ", a.FgColor, " ", a.HlColor, " ", a.Hidden)
	}
	want := row()
	for _, test := range []struct{ function, arguments, answer, row string }{ // row: "" for unchanged
		{"SetAlbumOrigin", `{"albumid":1,"origin":"Bandcamp ü"}`, "null", "Bandcamp ü 1577847600 #101010 #F0F0F0 #909090 0"},
		{"SetAlbumOrigin", `{"albumid":"1","origin":"x"}`, "null", ""}, {"SetAlbumOrigin", `{"albumid":1,"origin":null}`, "null", ""},
		{"SetAlbumOrigin", `{"albumid":1}`, "", ""}, {"SetAlbumOrigin", `{"albumid":9999,"origin":"x"}`, "null", ""},
		{"SetAlbumImportTime", `{"albumid":1,"importtime":1000}`, "null", "Bandcamp ü 1000 #101010 #F0F0F0 #909090 0"},
		{"SetAlbumImportTime", `{"albumid":1,"importtime":"1001"}`, "null", "Bandcamp ü 1001 #101010 #F0F0F0 #909090 0"},
		{"SetAlbumImportTime", `{"albumid":1,"importtime":1002.9}`, "null", "Bandcamp ü 1002 #101010 #F0F0F0 #909090 0"},
		{"SetAlbumImportTime", `{"albumid":1,"importtime":"x"}`, "null", ""}, {"SetAlbumImportTime", `{"albumid":1,"importtime":null}`, "null", ""},
		{"SetAlbumImportTime", `{"albumid":1,"importtime":1e300}`, "null", ""}, {"SetAlbumImportTime", `{"albumid":1,"importtime":"NaN"}`, "null", ""},
		{"SetAlbumImportTime", `{"albumid":"x","importtime":1}`, "null", ""}, {"SetAlbumImportTime", `{"importtime":1}`, "", ""},
		{"SetAlbumColor", `{"albumid":1,"colorname":"bgcolor","color":"#102030"}`, "true", "Bandcamp ü 1002 #102030 #F0F0F0 #909090 0"},
		{"SetAlbumColor", `{"albumid":"1","colorname":"fgcolor","color":"#zzzzzz"}`, "true", "Bandcamp ü 1002 #102030 #zzzzzz #909090 0"},
		{"SetAlbumColor", `{"albumid":1,"colorname":"hlcolor","color":"#000000"}`, "true", "Bandcamp ü 1002 #102030 #zzzzzz #000000 0"},
		{"SetAlbumColor", `{"albumid":1,"colorname":"hlcolor","color":"red"}`, "true", ""}, {"SetAlbumColor", `{"albumid":1,"colorname":"name","color":"#000000"}`, "false", ""},
		{"SetAlbumColor", `{"albumid":1,"colorname":"hlcolor","color":null}`, "false", ""}, {"SetAlbumColor", `{"albumid":1,"colorname":"hlcolor","color":""}`, "false", ""},
		{"SetAlbumColor", `{"albumid":null,"colorname":"hlcolor","color":"#000000"}`, "false", ""}, {"SetAlbumColor", `{"albumid":9999,"colorname":"hlcolor","color":"#000000"}`, "true", ""},
		{"SetAlbumColor", `{"albumid":"x","colorname":"hlcolor","color":"#000000"}`, "", ""},
		{"HideAlbum", `{"albumid":1,"hide":true}`, "null", "Bandcamp ü 1002 #102030 #zzzzzz #000000 1"},
		{"HideAlbum", `{"albumid":1,"hide":0}`, "", ""}, {"HideAlbum", `{"albumid":"1","hide":false}`, "", ""}, {"HideAlbum", `{"albumid":9999,"hide":true}`, "null", ""},
	} {
		if test.row != "" {
			want = test.row
		}
		if answer := reply(t, c, test.function, test.arguments); answer != test.answer || row() != want {
			t.Errorf("%s %s is answered with %q and makes %q; want %q and %q", test.function, test.arguments, answer, row(), test.answer, want)
		}
	}
	hidden := decoded[[]struct{ Album struct{ ID int64 } }](t, c, "GetHiddenAlbums", `null`)
	if len(hidden) != 1 || hidden[0].Album.ID != 1 {
		t.Errorf("hidden are %+v", hidden)
	}
	for _, function := range []string{"GetArtistsWithAlbums", "GetFilteredArtistsWithAlbums"} {
		if strings.Contains(reply(t, c, function, `null`), `"#102030"`) {
			t.Errorf("%s lists the hidden album", function)
		}
	}
	if !strings.Contains(reply(t, c, "GetAlbum", `{"albumid":1}`), `"#102030"`) {
		t.Error("a hidden album cannot be got")
	}
	reply(t, c, "HideAlbum", `{"albumid":1,"hide":false}`)
	if got := reply(t, c, "GetHiddenAlbums", `null`); got != "[]" {
		t.Errorf("hidden are %s", got)
	}
}

func TestTablesAsTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	reply(t, c, "HideAlbum", `{"albumid":1,"hide":true}`)
	reply(t, c, "UpdateSongStatistic", `{"songid":1,"statistic":"disable","modifier":"yes"}`)
	artists, albums, songs := d.library.Catalogue().NumberOf()
	rows := map[string]int{"artists": artists, "albums": albums, "songs": songs, "tags": 1}
	for asked, want := range map[string][]string{
		`[]`: {}, `["nope",1,null]`: {}, `["songs"]`: {"songs"}, `["tags","albums","tags","lyrics"]`: {"albums", "tags"},
		`["artists","albums","songs","tags"]`: {"artists", "albums", "songs", "tags"}, `"songs, tags"`: {"songs", "tags"}, `"x"`: {}, `""`: {},
	} {
		got := decoded[map[string][]any](t, c, "GetTables", `{"tables":`+asked+`}`)
		if len(got) != len(want) {
			t.Errorf("%s gives %d tables", asked, len(got))
		}
		for _, name := range want {
			if len(got[name]) != rows[name] {
				t.Errorf("%s gives %d rows of %s, want %d", asked, len(got[name]), name, rows[name])
			}
		}
	}
	for _, asked := range []string{`null`, `5`, `true`, `{}`, `{"songs":1}`} {
		if got := reply(t, c, "GetTables", `{"tables":`+asked+`}`); got != "" {
			t.Errorf("%s is answered with %.100s", asked, got)
		}
	}
}
