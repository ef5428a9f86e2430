package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// configuration writes a configuration file.
func configuration(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "musicdb.ini")
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// installation is the configuration file of a MusicDB 8 installation, with the
// directories and the port put in.
func installation(t *testing.T, music, data, port string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "musicdb.ini"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("@MUSIC@", music, "@DATA@", data, "@PORT@", port).Replace(string(content))
}

func TestTheFileOfAnInstallationIsRead(t *testing.T) {
	clearSettings(t)
	text := installation(t, "/srv/music", "/srv/data", "9123")
	for _, content := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), "\xef\xbb\xbf" + text} {
		s, err := load(configuration(t, content))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Warnings) > 0 {
			t.Errorf("warnings %v", s.Warnings)
		}
		if s.Directories.Music != "/srv/music" || s.Directories.Data != "/srv/data" || s.WebSocket.Port != 9123 ||
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
