package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// configuration writes a configuration file.
func configuration(t testing.TB, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "musicdb.ini")
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// installation is the configuration file of a MusicDB 8 installation, with the
// directories and the port put in.
func installation(t testing.TB, music, data, port string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "musicdb.ini"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("@MUSIC@", music, "@DATA@", data, "@PORT@", port).Replace(string(content))
}

func TestTheFileOfAnInstallationIsRead(t *testing.T) {
	clearSettings(t)
	music := t.TempDir()
	text := installation(t, music, "/srv/data", "9123")
	for _, content := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), "\xef\xbb\xbf" + text} {
		s, err := load(configuration(t, content))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Warnings) > 0 {
			t.Errorf("warnings %v", s.Warnings)
		}
		if s.Directories.Music != music || s.Directories.Data != "/srv/data" || s.WebSocket.Port != 9123 ||
			s.WebSocket.Cert != "/srv/data/websocket.cert" || s.Log.LogFile != "/srv/data/musicdb.log" || s.Log.LogLevel != "DEBUG" ||
			!s.Debug.DisableIcecast || s.Icecast.Password != "hackme-local" || s.Icecast.Port != 23980 ||
			s.Uploads.Allow.String() != "artwork, albumfile" || s.Music.IgnoreSongs.String() != ".directory / desktop.ini / Desktop.ini / .DS_Store / Thumbs.db / README" ||
			s.AlbumCover.Scales.String() != "150, 200, 500, 1000" || s.VideoFrames.Scales.String() != "150x83" || s.Meta.Version != 7 {
			t.Errorf("%+v", s.Config)
		}
		// What the file does not say keeps the behaviour of MusicDB 8.
		if s.WebSocket.TLS != TLSOn || s.HTTP.TLS != TLSOn || s.Music.AutoImport != ImportOff || s.Stream.Start != StartPaused || s.HTTP.Port != 9080 {
			t.Errorf("%+v", s.Config)
		}
	}
}

// An empty file means what MusicDB 8 assumes of missing keys; the same settings
// without a file are those of a new installation.
func TestWhatAFileDoesNotSay(t *testing.T) {
	clearSettings(t)
	s, err := load(configuration(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if s.Directories.Music != "/var/music" || s.Directories.Data != "/var/lib/musicdb" || s.WebSocket.Cert != "/var/lib/musicdb/websocket.cert" ||
		s.Log.LogFile != LogJournal || s.Log.LogLevel != "WARNING" || s.Icecast.Port != 6666 || s.Uploads.Allow.String() != "artwork" ||
		s.VideoFrames.Scales.String() != "50x27, 150x83" || strings.Contains(s.Music.IgnoreSongs.String(), "README") || !bool(s.Debug.DisableVideos) {
		t.Errorf("%+v", s.Config)
	}
	if s, err = load(""); err != nil || s.Log.LogFile != LogStderr || s.Directories.Music != "" || s.WebSocket.TLS != TLSAuto || s.Music.AutoImport != ImportEmpty {
		t.Errorf("%+v (%v)", s.Config, err)
	}
}

// Defaults, then the file, then the environment.
func TestPrecedence(t *testing.T) {
	clearSettings(t)
	t.Setenv("MUSICDB_WEBSOCKET_PORT", "9777")
	s, err := load(configuration(t, "[websocket]\nport = 9123\nopentimeout = 12\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s.WebSocket.Port != 9777 || s.WebSocket.OpenTimeout != 12 || s.WebSocket.CloseTimeout != 5 {
		t.Errorf("%+v", s.WebSocket)
	}
	for variable, want := range map[string]string{
		"MUSICDB_WEBSOCKET_PORT":         "environment",
		"MUSICDB_WEBSOCKET_OPENTIMEOUT":  s.File + ":3, [websocket] opentimeout",
		"MUSICDB_WEBSOCKET_CLOSETIMEOUT": "default",
		"MUSICDB_WEBSOCKET_TLS":          "default of a configuration file without it",
	} {
		if got := s.origin(s.leaf(variable)); got != want {
			t.Errorf("%s comes from %q, want %q", variable, got, want)
		}
	}
	if got := s.name("MUSICDB_WEBSOCKET_PORT"); got != "MUSICDB_WEBSOCKET_PORT" {
		t.Errorf("a remedy names %s", got)
	}
	if got := s.name("MUSICDB_WEBSOCKET_BIND"); got != "[websocket] bind in "+s.File {
		t.Errorf("a remedy names %s", got)
	}
}

// The dialect: references, DEFAULT, continued lists, percent signs, separators.
func TestDialectOfTheFile(t *testing.T) {
	clearSettings(t)
	_, err := load(configuration(t, `# comment
[DEFAULT]
base: /srv
user = icecaster
[directories]
music = %(base)s/music
data  = %(base)s/100%% data
[Icecast]
password = 50% & %% ; no comment
[albumcover]
scales = 150, 200,
    500, # a comment ends nothing here
[music]
ignoreartists =  a b / /c
ignorealbums =
`))
	var problems SettingErrors
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Line != 11 || !strings.Contains(err.Error(), "edge length") {
		t.Errorf("a comment behind a value is part of it: %v", err)
	}
	s, err := load(configuration(t, "[DEFAULT]\nbase: /srv\nuser = icecaster\n[directories]\nmusic = %(base)s/music\ndata  = %(base)s/100%% data\n"+
		"[Icecast]\npassword = 50% & %% ; no comment\n[albumcover]\nscales = 150, 200,\n    500\n[music]\nignoreartists =  a b / /c\nignorealbums =\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Directories.Music != "/srv/music" || s.Directories.Data != "/srv/100% data" || s.Icecast.User != "icecaster" || s.Icecast.Password != "50% & % ; no comment" {
		t.Errorf("%+v %+v %q", s.Directories, s.Icecast, string(s.Icecast.Password))
	}
	if len(s.AlbumCover.Scales) != 3 || len(s.Music.IgnoreArtists) != 2 || s.Music.IgnoreArtists[0] != "a b" || len(s.Music.IgnoreAlbums) != 0 {
		t.Errorf("%v %q %q", s.AlbumCover.Scales, s.Music.IgnoreArtists, s.Music.IgnoreAlbums)
	}
}

func TestCheckingAFile(t *testing.T) {
	clearSettings(t)
	t.Chdir(t.TempDir()) // so that the output has no path of this machine
	t.Setenv("MUSICDB_WEBSOCKET_PORT", "wrong, but none of the file's business")
	const who = "[musicdb]\nusername = root\ngroupname = root\n" // whom every machine knows
	const bad = "[websocket]\nport = 90000\nbind = localhost\n  opentimeout = 3\nPort = 9000\nbind = ::1\n[Websocket]\n" +
		"nonsense\n[icecast]\n[debug]\ndisablestats = maybe\n[http]\npassword = a\n  b\n[directories]\ndata = %(base)s/data\n[log]\nloglevel = LOUD\n[debug]\n"
	for name, content := range map[string]string{
		"bad.ini": bad,
		"old.ini": "[meta]\nversion = 6\n[albumcover]\nscales = 150\n[websocket]\napikey = x\nurl = y\n[directories]\nmusic = /no/such/music\ndata = /no/such/data\n" +
			"[log]\nlogfile = /no/such/log/musicdb.log\n" + who,
		"both.ini": "[http]\nport = 9000\nbind = home\n[directories]\nmusic=/srv\ndata=/srv/data\n",
		"fine.ini": "[meta]\nversion = 7\n[directories]\nmusic = /\ndata = /\n[http]\nport = 9080\n" + who,
		"machine.ini": "[directories]\nmusic = /\ndata = /dev/null\n[http]\nwebui = /no/such/webui\n[websocket]\ncert = /dev/null\nkey = /dev/null\napikey = x\n" +
			"[musicdb]\nusername = no-such-user\ngroupname = no-such-group\n",
	} {
		if name == "fine.ini" { // the data directory may not be below the music directory
			content = strings.Replace(content, "music = /\n", "music =\n", 1)
		}
		if err := errors.Join(os.WriteFile(name, []byte(content), 0o644), os.Chmod(name, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	for _, c := range []struct {
		file string
		code int
	}{{"fine.ini", 0}, {"old.ini", 0}, {"bad.ini", 1}, {"both.ini", 1}, {"machine.ini", 1}, {"none.ini", 1}, {".", 1}} {
		out.WriteString("$ musicdb config --check " + c.file + "\n")
		err := checkFile(&out, c.file)
		if err != nil {
			out.WriteString("musicdb: " + err.Error() + "\n")
		}
		if (err != nil) != (c.code != 0) {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	t.Chdir(home)
	golden(t, "check.txt", out.Bytes())
}

// home is the directory of this package.
var home, _ = os.Getwd()
