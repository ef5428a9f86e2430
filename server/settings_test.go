package server_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/server/wire"
)

const randySent = `{"config":{"meta":{"version":1},
	"Constraints":{"NoDisabled":false,"NoHated":true,"NoBadFile":true,"NoLiveMusic":false,"MinSongLength":"0","MaxSongLength":"3600"},
	"BlackLists":{"SongListLength":"0","AlbumListLength":0,"ArtistListLength":"0","VideoListLength":3,"MaxAge":"24"},"Limits":{"MaxTries":"10"}}}`

// What the inputs of a web page send, numbers as texts, comes back as numbers to
// all clients, and the next random selection uses it.
func TestSettingsOfTheRandomSelection(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c, other := d.dial(), d.dial()
	fence(t, other)
	if reply(t, c, "AddRandomSongToQueue", `{"position":"last"}`); len(d.queue.Entries()) > 0 {
		t.Fatal("the installation has a song of two minutes")
	}
	const want = `{"meta":{"version":1},"Constraints":{"NoDisabled":false,"NoHated":true,"NoBadFile":true,"NoLiveMusic":false,"MinSongLength":0,"MaxSongLength":3600},` +
		`"BlackLists":{"SongListLength":0,"AlbumListLength":0,"ArtistListLength":0,"VideoListLength":3,"MaxAge":24},"Limits":{"MaxTries":10}}`
	got := replies(t, c, wire.Broadcast, "SaveRandyConfiguration", randySent)
	heard := fence(t, other)
	if len(got) != 1 || string(got[0].Arguments) != want || got[0].Function != "SaveRandyConfiguration" ||
		len(heard) != 1 || string(heard[0].Encode()) != string(got[0].Encode()) {
		t.Errorf("got %.600s, another client %.600s", got, heard)
	}
	if got := reply(t, c, "LoadRandyConfiguration", `null`); got != want {
		t.Errorf("got %s", got)
	}
	if reply(t, c, "AddRandomSongToQueue", `{"position":"last"}`); len(d.queue.Entries()) != 1 {
		t.Error("the new settings are not used")
	}
}

// An incomplete configuration gets no answer and changes nothing; text with every
// character that an INI file has a use for comes back, and so does an odd number.
func TestSettingsOfUserInterfaces(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	load := func() map[string]map[string]any {
		return decoded[map[string]map[string]any](t, c, "LoadWebUIConfiguration", `null`)
	}
	save := func(config any) string {
		text := must(json.Marshal(map[string]any{"config": config}))(t)
		return reply(t, c, "SaveWebUIConfiguration", string(text))
	}
	config := load()
	config["Stream"]["password"] = "50% = ü; # [x] %(url)s"
	if want := string(must(json.Marshal(config))(t)); !sameJSON(t, save(config), want) || !sameJSON(t, reply(t, c, "LoadWebUIConfiguration", `{}`), want) {
		t.Errorf("got %v, want %s", load(), want)
	}
	before := must(os.ReadFile(filepath.Join(d.dir, "config", "webui.ini")))(t)
	for section, keys := range config {
		for key, value := range keys {
			delete(keys, key)
			if got := save(config); got != "" {
				t.Errorf("without %s.%s: %s", section, key, got)
			}
			keys[key] = value
		}
		delete(config, section)
		if got := save(config); got != "" {
			t.Errorf("without %s: %s", section, got)
		}
		config[section] = keys
	}
	for _, none := range []any{nil, 5, "x", []int{1}, map[string]any{}} {
		if got := save(none); got != "" {
			t.Errorf("%v is answered with %s", none, got)
		}
	}
	config["Stream"]["username"] = "two\nlines"
	if got := save(config); got != "" {
		t.Errorf("a line break is answered with %s", got)
	}
	if after := must(os.ReadFile(filepath.Join(d.dir, "config", "webui.ini")))(t); string(after) != string(before) {
		t.Errorf("the file has changed to\n%s", after)
	}
	config["Stream"]["username"], config["MainMenu"]["showstreamplayer"] = 17, "yes"
	if got := save(config); !strings.Contains(got, `"username":"17"`) || !strings.Contains(got, `"showstreamplayer":true`) {
		t.Errorf("got %s", got)
	}
}

func sameJSON(t testing.TB, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Errorf("%q: %v", a, err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Errorf("%q: %v", b, err)
	}
	return string(must(json.Marshal(x))(t)) == string(must(json.Marshal(y))(t))
}
