package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"musicdb/media/library"
)

type tagLists struct{ Genres, Subgenres, Moods []library.Tag }

// The name of a genre or sub genre may be anything: it can be selected, the state
// tells so, also after a restart of the state file's reader, and the lists follow.
func TestGenresOfAnyNameCanBeSelected(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	quoted := func(text string) string { return string(must(json.Marshal(text))(t)) }
	genres := []string{"Post:Rock", "a=b", "#1", "[x]", " Rock", "50%", "%3A", "", "Drum & Bass; Jungle", "音楽🎵", "DEFAULT"}
	for _, genre := range genres {
		sub := "sub:" + genre + "="
		reply(t, c, "AddGenre", `{"name":`+quoted(genre)+`}`)
		reply(t, c, "AddSubgenre", `{"name":`+quoted(sub)+`,"parentname":`+quoted(genre)+`}`)
	}
	type filters struct {
		GenreFilter    []string
		SubgenreFilter map[string][]string
	}
	for i, genre := range genres {
		sub := "sub:" + genre + "="
		reply(t, c, "SetMDBState", `{"category":"GenreFilter","name":`+quoted(genre)+`,"value":true}`)
		reply(t, c, "SetMDBState", `{"category":`+quoted("SubgenreFilter:"+genre)+`,"name":`+quoted(sub)+`,"value":false}`)
		got := decoded[filters](t, c, "GetMDBState", `null`)
		if !slices.Equal(got.GenreFilter, genres[:i+1]) {
			t.Errorf("after %q the selection is %q", genre, got.GenreFilter)
		}
		for j, other := range genres {
			if subs := got.SubgenreFilter[other]; (len(subs) == 0) != (j <= i) {
				t.Errorf("after %q the sub genres of %q are %q", genre, other, subs)
			}
		}
		tag, _ := d.library.Catalogue().TagByName(genre, library.ClassGenre)
		albums := `{"artistid":0,"applyfilter":true}`
		if got := decoded[[]any](t, c, "GetAlbums", albums); len(got) != i {
			t.Errorf("%d albums before one has the genre %q, want %d", len(got), genre, i)
		}
		reply(t, c, "SetAlbumTag", fmt.Sprintf(`{"albumid":%d,"tagid":%d}`, i+1, tag.ID))
		if got := decoded[[]any](t, c, "GetAlbums", albums); len(got) != i+1 {
			t.Errorf("%d albums after one has the genre %q, want %d", len(got), genre, i+1)
		}
	}
}

// Making tags: a name that is there already, an unknown parent.
func TestTagsAreMadeOnce(t *testing.T) {
	t.Parallel()
	c := startDaemon(t, daemonOptions{}).dial()
	var got tagLists
	for _, step := range [][2]string{
		{"AddGenre", `{"name":"Metal"}`}, {"AddGenre", `{"name":"Metal"}`}, {"AddGenre", `{"name":"metal"}`},
		{"AddSubgenre", `{"name":"Dark","parentname":"Metal"}`}, {"AddSubgenre", `{"name":"Dark","parentname":"metal"}`},
		{"AddSubgenre", `{"name":"Light","parentname":"Nope"}`}, {"AddSubgenre", `{"name":"Light","parentname":"Dark"}`},
		{"AddMoodFlag", `{"name":"Metal","icon":"☔","color":"#336699","posx":0,"posy":1}`},
		{"AddMoodFlag", `{"name":"Metal","icon":"y","color":null,"posx":5,"posy":5}`},
		{"AddMoodFlag", `{"name":"Fast","icon":"<i>x</i>","color":null,"posx":-1,"posy":0}`},
		{"AddMoodFlag", `{"name":"Odd","icon":"<","color":"red","posx":3,"posy":3}`},
	} {
		got = decoded[tagLists](t, c, step[0], step[1])
	}
	want := `{"Genres":[{"id":1,"name":"Other","class":1,"parentid":null,"icontype":null,"icon":null,"color":null,"posx":0,"posy":null},` +
		`{"id":2,"name":"Metal","class":1,"parentid":null,"icontype":null,"icon":null,"color":null,"posx":null,"posy":null},` +
		`{"id":3,"name":"metal","class":1,"parentid":null,"icontype":null,"icon":null,"color":null,"posx":null,"posy":null}],` +
		`"Subgenres":[{"id":4,"name":"Dark","class":2,"parentid":2,"icontype":null,"icon":null,"color":null,"posx":null,"posy":null}],` +
		`"Moods":[{"id":5,"name":"Metal","class":3,"parentid":null,"icontype":1,"icon":"☔","color":"#336699","posx":0,"posy":1},` +
		`{"id":6,"name":"Fast","class":3,"parentid":null,"icontype":2,"icon":"\u003ci\u003ex\u003c/i\u003e","color":null,"posx":-1,"posy":0},` +
		`{"id":7,"name":"Odd","class":3,"parentid":null,"icontype":1,"icon":"\u003c","color":null,"posx":null,"posy":null}]}`
	if text := string(must(json.Marshal(got))(t)); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	for _, mood := range []string{
		`"icon":"","color":null,"posx":0,"posy":0`, `"icon":"x","color":"","posx":0,"posy":0`, `"icon":null,"color":null,"posx":0,"posy":0`,
		`"icon":"x","posx":0,"posy":0`, `"icon":"x","color":null,"posx":"0","posy":0`, `"icon":"x","color":5,"posx":0,"posy":0`,
	} {
		if got := reply(t, c, "AddMoodFlag", `{"name":"Half",`+mood+`}`); got != "" {
			t.Errorf("%s is answered with %s", mood, got)
		}
	}
	if text := reply(t, c, "GetTags", `null`); strings.Contains(text, "Half") {
		t.Errorf("a refused mood is there: %s", text)
	}
}

func TestAttributesOfTags(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	reply(t, c, "AddGenre", `{"name":"Metal"}`)                                             // 2
	reply(t, c, "AddSubgenre", `{"name":"Dark","parentname":"Metal"}`)                      // 3
	reply(t, c, "AddMoodFlag", `{"name":"Calm","icon":"x","color":null,"posx":0,"posy":0}`) // 4
	for _, test := range []struct{ tag, attribute, value, want string }{                    // want: in the tag's JSON; "": refused
		{"4", "name", `"Quiet"`, `"name":"Quiet"`}, {"4", "name", `"Metal"`, `"name":"Metal"`}, {"4", "name", `5`, ""}, {"4", "name", `null`, ""},
		{"2", "name", `"Other"`, `"name":"Other"`},
		{"4", "icon", `"🌧"`, `"icontype":1,"icon":"🌧"`}, {"4", "icon", `"<b>"`, `"icontype":2,"icon":"\u003cb\u003e"`}, {"4", "icon", `""`, ""}, {"4", "icon", `null`, ""}, {"4", "icon", `1`, ""},
		{"4", "icontype", `1`, `"icontype":1`}, {"4", "icontype", `2`, `"icontype":2`}, {"4", "icontype", `3`, ""}, {"4", "icontype", `"1"`, ""}, {"4", "icontype", `null`, ""},
		{"4", "color", `"#ABCDEF"`, `"color":"#ABCDEF"`}, {"4", "color", `"#zzzzzz"`, `"color":"#zzzzzz"`}, {"4", "color", `""`, `"color":null`},
		{"4", "color", `null`, `"color":null`}, {"4", "color", `"blue"`, ""}, {"4", "color", `7`, ""}, {"4", "color", `"#äöü"`, ""},
		{"4", "posx", `3`, `"posx":3`}, {"4", "posx", `null`, `"posx":null`}, {"4", "posy", `"7"`, `"posy":7`}, {"4", "posy", `"x"`, ""}, {"4", "posy", `1.5`, ""},
		{"3", "parentid", `1`, `"parentid":1`}, {"3", "parentid", `"2"`, `"parentid":2`}, {"3", "parentid", `null`, ""}, {"3", "parentid", `3`, ""}, {"3", "parentid", `4`, ""}, {"3", "parentid", `99`, ""},
		{"4", "parentid", `null`, `"parentid":null`}, {"4", "parentid", `1`, ""},
		{"4", "class", `1`, ""}, {"4", "id", `1`, ""}, {"4", "", `1`, ""}, {`"4"`, "name", `"x"`, ""},
	} {
		before := d.library.Catalogue().Generation()
		answer := reply(t, c, "ModifyTag", fmt.Sprintf(`{"tagid":%s,"attribute":%q,"value":%s}`, test.tag, test.attribute, test.value))
		switch {
		case test.want == "" && (answer != "" || d.library.Catalogue().Generation() != before):
			t.Errorf("%+v is answered with %.300s", test, answer)
		case test.want != "":
			var id int64
			_, _ = fmt.Sscan(test.tag, &id)
			tag, _ := d.library.Catalogue().Tag(id)
			if text := string(must(json.Marshal(tag))(t)); !strings.Contains(text, test.want) || answer == "" {
				t.Errorf("%+v made %s", test, text)
			}
		}
	}
	if reply(t, c, "ModifyTag", `{"tagid":99,"attribute":"name","value":"x"}`) == "" || reply(t, c, "DeleteTag", `{"tagid":99}`) == "" {
		t.Error("an unknown tag is not answered")
	}
}

// A genre goes with its sub genres and with all their assignments.
func TestDeletingAGenre(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	reply(t, c, "AddGenre", `{"name":"Metal"}`)
	reply(t, c, "AddSubgenre", `{"name":"Dark","parentname":"Metal"}`)
	reply(t, c, "SetSongTag", `{"songid":1,"tagid":2}`)
	reply(t, c, "SetSongTag", `{"songid":1,"tagid":3}`)
	reply(t, c, "SetSongTag", `{"songid":1,"tagid":1}`)
	const used = `{"1":{"tag":{"id":1,"name":"Other","class":1,"parentid":null,"icontype":null,"icon":null,"color":null,"posx":0,"posy":null},"songs":1,"albums":1,"videos":0,"children":0}`
	if got := reply(t, c, "GetTagsStatistics", `null`); !strings.HasPrefix(got, used) || !strings.HasSuffix(got, `"songs":1,"albums":1,"videos":0,"children":0}}`) || !strings.Contains(got, `"children":1}`) {
		t.Errorf("got %s", got)
	}
	if got := decoded[tagLists](t, c, "DeleteTag", `{"tagid":2}`); len(got.Genres) != 1 || len(got.Subgenres) != 0 {
		t.Errorf("left are %+v", got)
	}
	if got := reply(t, c, "GetTagsStatistics", `null`); got != used+`}` {
		t.Errorf("got %s", got)
	}
	if tags := d.library.Catalogue().SongTags(1); len(tags) != 1 || tags[0].TagID != 1 {
		t.Errorf("the song has %+v", tags)
	}
}
