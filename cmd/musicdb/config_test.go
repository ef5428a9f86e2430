package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"musicdb/server"
)

var update = flag.Bool("update", false, "write the golden files again")

// clearSettings hides the settings of whoever runs the tests.
func clearSettings(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, prefix+"_") {
			t.Setenv(name, "") // restores it at the end
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("XDG_DATA_HOME", "/home/somebody/data")
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant: go test ./cmd/musicdb -run %s -update\n%s", file, t.Name(), got)
	}
}

func TestConfigListing(t *testing.T) {
	clearSettings(t)
	t.Setenv("MUSICDB_HTTP_PORT", "8080")
	t.Setenv("MUSICDB_WEBSOCKET_APIKEY", "must not be shown")
	var out bytes.Buffer
	if err := (configCommand{}).Run(&out, ""); err != nil {
		t.Fatal(err)
	}
	golden(t, "config.txt", out.Bytes())
}

// Every function has one line with its arguments and what it does, below its area.
func TestFunctionListing(t *testing.T) {
	var out bytes.Buffer
	if err := (functionsCommand{}).Run(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, f := range server.Functions() {
		at := slices.IndexFunc(lines, func(line string) bool {
			name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			return name == f.Name && strings.HasPrefix(line, "  ")
		})
		if at < 0 || !strings.Contains(lines[at], f.Doc) || !slices.Contains(lines[:at], f.Area) {
			t.Errorf("%s is not listed below %s", f.Name, f.Area)
			continue
		}
		for _, a := range f.Args {
			if !strings.Contains(lines[at], a.Name+": "+a.Type) {
				t.Errorf("the argument %s of %s is not listed: %s", a.Name, f.Name, lines[at])
			}
		}
	}
}

// Every setting has a sentence, a name without surprise, and no tag that would
// make it readable under another name.
func TestSettingsAreDocumented(t *testing.T) {
	seen := 0
	eachSetting(reflect.ValueOf(new(Config)).Elem(), prefix, func(l leaf) {
		name, tag := l.variable, l.tag
		seen++
		if len(tag.Get("desc")) < 20 {
			t.Errorf("%s has no description", name)
		}
		if tag.Get("envconfig") != "" {
			t.Errorf("%s has an envconfig tag, which also reads the variable without prefix", name)
		}
	})
	if seen < 45 {
		t.Errorf("only %d settings were visited", seen)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for _, c := range []struct {
		settings []string
		says     []string
	}{
		{[]string{"MUSICDB_WEBSOCKET_PORT=65536"}, []string{"MUSICDB_WEBSOCKET_PORT", "65536", "0 to 65535"}},
		{[]string{"MUSICDB_WEBSOCKET_PORT="}, []string{"MUSICDB_WEBSOCKET_PORT"}},
		{[]string{"MUSICDB_WEBSOCKET_BIND=music.example"}, []string{"MUSICDB_WEBSOCKET_BIND", "music.example", "IP address"}},
		{[]string{"MUSICDB_HTTP_PORT=9000"}, []string{"MUSICDB_WEBSOCKET_PORT", "MUSICDB_HTTP_PORT", "9000"}},
		{[]string{"MUSICDB_WEBSOCKET_OPENTIMEOUT=0"}, []string{"MUSICDB_WEBSOCKET_OPENTIMEOUT", "1 to 3600"}},
		{[]string{"MUSICDB_WEBSOCKET_TLS=maybe"}, []string{"MUSICDB_WEBSOCKET_TLS", "auto, on or off"}},
		{[]string{"MUSICDB_LOG_LOGLEVEL=LOUD"}, []string{"MUSICDB_LOG_LOGLEVEL", "WARNING"}},
		{[]string{"MUSICDB_MUSIC_AUTOIMPORT=always"}, []string{"MUSICDB_MUSIC_AUTOIMPORT", "empty, on or off"}},
		{[]string{"MUSICDB_TRACKER_CUTTIME=-1"}, []string{"MUSICDB_TRACKER_CUTTIME", "-1", "0 to 525600 minutes"}},
		{[]string{"MUSICDB_TRACKER_CUTTIME=half an hour"}, []string{"MUSICDB_TRACKER_CUTTIME", "half an hour", "0 to 525600 minutes"}},
		{[]string{"MUSICDB_TRACKER_TRACKRANDOM=2"}, []string{"MUSICDB_TRACKER_TRACKRANDOM", "true or on"}},
		{[]string{"MUSICDB_QUEUE_HISTORYDAYS=36501"}, []string{"MUSICDB_QUEUE_HISTORYDAYS", "36501", "0 to 36500"}},
		{[]string{"MUSICDB_QUEUE_HISTORYROWS=0"}, []string{"MUSICDB_QUEUE_HISTORYROWS", "1 to 10000000"}},
		{[]string{"MUSICDB_STREAM_START="}, []string{"MUSICDB_STREAM_START", "resume, play or paused"}},
		{[]string{"MUSICDB_STREAM_FORMATS=opus, midi"}, []string{"MUSICDB_STREAM_FORMATS", "midi"}},
		{[]string{"MUSICDB_STREAM_OPUSBITRATE=31"}, []string{"MUSICDB_STREAM_OPUSBITRATE", "32 to 320"}},
		{[]string{"MUSICDB_STREAM_AACBITRATE=1e3"}, []string{"MUSICDB_STREAM_AACBITRATE", "32 to 320"}},
		{[]string{"MUSICDB_STREAM_BURST=NaN"}, []string{"MUSICDB_STREAM_BURST", "0.1 to 10"}},
		{[]string{"MUSICDB_STREAM_LOUDNESS=louder"}, []string{"MUSICDB_STREAM_LOUDNESS", "louder"}},
		{[]string{"MUSICDB_STREAM_PREAMP=NaN"}, []string{"MUSICDB_STREAM_PREAMP", "-15 to 15"}},
		{[]string{"MUSICDB_STREAM_PREAMP=15.1"}, []string{"MUSICDB_STREAM_PREAMP", "-15 to 15"}},
		{[]string{"MUSICDB_STREAM_CROSSFADE=13"}, []string{"MUSICDB_STREAM_CROSSFADE", "0 to 12"}},
		{[]string{"MUSICDB_STREAM_CROSSFADE=-1"}, []string{"MUSICDB_STREAM_CROSSFADE", "0 to 12"}},
		{[]string{"MUSICDB_STREAM_SILENCELIMIT=0"}, []string{"MUSICDB_STREAM_SILENCELIMIT", "1 to 3600"}},
		{[]string{"MUSICDB_STREAM_SELFHEARING="}, []string{"MUSICDB_STREAM_SELFHEARING", "true or on"}},
		{[]string{"MUSICDB_DIRECTORIES_MUSIC=/music", "MUSICDB_DIRECTORIES_DATA=/music/data"}, []string{"MUSICDB_DIRECTORIES_DATA", "inside the music directory"}},
		{[]string{"MUSICDB_DIRECTORY_MUSIC=/music"}, []string{"MUSICDB_DIRECTORY_MUSIC", "musicdb config"}},
	} {
		t.Run(strings.Join(c.settings, " "), func(t *testing.T) {
			clearSettings(t)
			for _, s := range c.settings {
				name, value, _ := strings.Cut(s, "=")
				t.Setenv(name, value)
			}
			_, err := load("")
			if err == nil {
				t.Fatal("accepted")
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is not in: %v", part, err)
				}
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	clearSettings(t)
	c, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	if c.Directories.Data != "/home/somebody/data/musicdb" || c.WebSocket.Port != 9000 || c.HTTP.Port != 9080 ||
		c.WebSocket.Bind != "127.0.0.1" || c.HTTP.TLS != TLSAuto || c.Stream.Start != StartResume || c.Music.AutoImport != ImportEmpty {
		t.Errorf("%+v", c)
	}
	t.Setenv("XDG_DATA_HOME", "relative") // the specification wants it ignored
	t.Setenv("HOME", "/home/other")
	t.Setenv("MUSICDB_WEBSOCKET_TLS", "off")
	if c, err = load(""); err != nil || c.Directories.Data != "/home/other/.local/share/musicdb" || c.HTTP.TLS != TLSOff {
		t.Errorf("%+v (%v)", c, err)
	}
}

func TestCommandLine(t *testing.T) {
	clearSettings(t)
	for _, c := range []struct {
		args []string
		code int
		out  string
		err  string
	}{
		{[]string{"--help"}, 0, "serve", ""},
		{nil, 0, "serve", ""},
		{[]string{"version"}, 0, "musicdb ", ""},
		{[]string{"--version"}, 0, "musicdb ", ""},
		{[]string{"-v"}, 0, "musicdb ", ""},
		{[]string{"config", "--config", "/no/such/file.ini"}, 1, "", "/no/such/file.ini: there is no such configuration file"},
		{[]string{"--config", "testdata/musicdb.ini", "config"}, 1, "", "[websocket] port is"},
		{[]string{"config", "--check", "testdata/musicdb.ini"}, 1, "problem: ", "has a problem"},
		{[]string{"diagrams"}, 0, "connection", ""},
		{[]string{"diagrams", "connection"}, 0, "digraph", ""},
		{[]string{"diagrams", "nothing"}, 1, "", "no machine \"nothing\""},
		{[]string{"sing"}, 2, "", "musicdb --help"},
		{[]string{"serve", "--loud"}, 2, "", "musicdb --help"},
		{[]string{"call", "GetSong", "{songid:7}"}, 1, "", "no JSON"},
	} {
		var out, errs bytes.Buffer
		if code := run(c.args, &out, &errs); code != c.code {
			t.Errorf("%v: exit code %d, want %d (%s)", c.args, code, c.code, errs.String())
		}
		if !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), c.err) || c.code != 0 && errs.Len() == 0 {
			t.Errorf("%v: printed %q and %q", c.args, out.String(), errs.String())
		}
	}
	dir := filepath.Join(t.TempDir(), "pages")
	var out, errs bytes.Buffer
	if code := run([]string{"diagrams", "-o", dir}, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	if svg, err := os.ReadFile(filepath.Join(dir, "connection.svg")); err != nil || !bytes.Contains(svg, []byte("<svg")) {
		t.Errorf("%.50s (%v)", svg, err)
	}
}
