package server_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/server/client"
)

// hostilePaths reach for something outside, or are no paths. "out" is a link that
// leads out of the music directory.
var hostilePaths = []string{
	"", ".", "..", "/", "/etc/passwd", "../music.db", "a/../../b", "The Distant Lasts/../../b", "out", "out/file", "out/2000 - x/01 y.mp3",
	"The Distant Lasts/\x00", "\x00", strings.Repeat("n", 300), "The Distant Lasts/" + strings.Repeat("n", 300), strings.Repeat("d/", 5000) + "f",
	"\ufffd", "The Distant Lasts/./2023 - Ocean", "The Distant Lasts//2023 - Ocean", "The Distant Lasts/2023 - Ocean/", "~root", "C:\\x", "*",
}

// pathFunctions are the functions that take paths, with arguments whose paths are
// PATH; the others are good.
var pathFunctions = map[string][]string{
	"CreateArtistEntry":          {`{"name":PATH}`},
	"UpdateArtistEntry":          {`{"artistid":1,"newpath":PATH}`},
	"UpdateAlbumEntry":           {`{"albumid":1,"newpath":PATH}`},
	"CreateSongEntry":            {`{"newpath":PATH}`},
	"UpdateSongEntry":            {`{"songid":1,"newpath":PATH}`},
	"RenameArtistDirectory":      {`{"oldpath":PATH,"newpath":"New"}`, `{"oldpath":"The Distant Lasts","newpath":PATH}`, `{"oldpath":PATH,"newpath":PATH}`},
	"RenameAlbumDirectory":       {`{"oldpath":PATH,"newpath":"The Distant Lasts/2000 - New"}`, `{"oldpath":"The Distant Lasts/2023 - Ocean","newpath":PATH}`},
	"RenameMusicFile":            {`{"oldpath":PATH,"newpath":"The Distant Lasts/2023 - Ocean/20 New.mp3"}`, `{"oldpath":"The Distant Lasts/2023 - Ocean/01 Echo.mp3","newpath":PATH}`},
	"ChangeArtistDirectory":      {`{"oldalbumpath":PATH,"newartistdirectory":"juno 👩‍🚀"}`, `{"oldalbumpath":"The Distant Lasts/2023 - Ocean","newartistdirectory":PATH}`},
	"FindAlbumSongFiles":         {`{"albumpath":PATH}`},
	"InitiateContentIntegration": {`{"taskid":"x","musicpath":PATH}`},
	"InitiateMusicImport":        {`{"contenttype":"album","contentpath":PATH}`},
	"InitiateArtworkImport":      {`{"sourcepath":PATH,"targetpath":"The Distant Lasts/2023 - Ocean"}`, `{"sourcepath":"The Distant Lasts/2023 - Ocean/01 Echo.mp3","targetpath":PATH}`},
	"InitiateUpload":             {`{"taskid":PATH,"mimetype":"","contenttype":"albumfile","filesize":1,"checksum":PATH,"filename":PATH}`},
	"UploadChunk":                {`{"taskid":PATH,"chunkdata":"00"}`},
	"RemoveUpload":               {`{"taskid":PATH}`},
	"AnnotateUpload":             {`{"taskid":PATH,"name":PATH}`},
}

// allowed are paths that are fine for one function: plain names of an artist, who
// need not be there to be entered.
var allowed = map[string][]string{
	"CreateArtistEntry":     {"\ufffd", "~root", "C:\\x", "*"},
	"RenameArtistDirectory": {"\ufffd", "~root", "C:\\x", "*"},
	"ChangeArtistDirectory": {"\ufffd", "~root", "C:\\x", "*"},
	"UpdateArtistEntry":     {"\ufffd", "~root", "C:\\x", "*"},
	"InitiateUpload":        {"out"}, // as good an id and a checksum as any
	// A task is made, which fails.
	"InitiateMusicImport": {"\ufffd", "~root", "C:\\x", "*", "out", "out/file", "out/2000 - x/01 y.mp3",
		strings.Repeat("n", 300), "The Distant Lasts/" + strings.Repeat("n", 300), strings.Repeat("d/", 5000) + "f"},
}

func TestHostilePathsChangeNothing(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{installed: true})
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "file"), []byte("not music"))
	if err := os.Symlink(outside, filepath.Join(d.music, "out")); err != nil {
		t.Fatal(err)
	}
	c := d.dial()
	before := d.everything(c, outside)
	for name, forms := range pathFunctions {
		for _, path := range hostilePaths {
			if slices.Contains(allowed[name], path) {
				continue
			}
			text := string(must(json.Marshal(path))(t))
			for _, form := range forms {
				got := string(must(request(t, c, name, json.RawMessage(strings.ReplaceAll(form, "PATH", text))))(t))
				if name == "InitiateUpload" && got == text { // it echoes the id
					continue
				}
				if got != "null" && got != "false" && got != "[]" {
					t.Errorf("%s with %.60q answers %.60s", name, path, got)
				}
			}
		}
	}
	if after := d.everything(c, outside); after != before {
		t.Errorf("something has changed:\n%s", contrast([]string{after}, []string{before}))
	}
}

// everything is all files of the music directory and another one, and all rows.
func (d *daemon) everything(c *client.Client, other string) string {
	d.t.Helper()
	var b strings.Builder
	for _, dir := range []string{d.music, other, filepath.Join(d.dir, "tasks"), filepath.Join(d.dir, "uploads")} {
		err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // a directory that is not there has no files
			}
			info, err := entry.Info()
			if err == nil {
				b.WriteString(name + " " + info.ModTime().String() + "\n")
			}
			return err
		})
		if err != nil {
			d.t.Fatal(err)
		}
	}
	b.Write(must(request(d.t, c, "GetTables", map[string]any{"tables": []string{"songs", "albums", "artists", "videos", "lyrics", "tags"}}))(d.t))
	return b.String()
}

// A search for new content that takes long holds up nobody but its caller.
func TestALongSearchHoldsUpNobody(t *testing.T) {
	t.Parallel()
	at := newGate("new content: ")
	d := startDaemon(t, daemonOptions{installed: true, log: at.logger()})
	searching, other := d.dial(), d.dial()
	answer := make(chan error, 1)
	go func() {
		_, err := request(t, searching, "FindNewContent", nil)
		answer <- err
	}()
	at.wait(t) // the search is in the midst of its work and stays there
	if got := string(must(request(t, other, "Bounce", "hello"))(t)); got != `"hello"` {
		t.Errorf("got %s", got)
	}
	if got := string(must(request(t, other, "RenameMusicFile", map[string]any{
		"oldpath": "The Distant Lasts/2023 - Ocean/01 Echo.mp3", "newpath": "The Distant Lasts/2023 - Ocean/01 Reply.mp3"}))(t)); got != "true" {
		t.Errorf("got %s", got)
	}
	select {
	case err := <-answer:
		t.Errorf("the search has ended meanwhile: %v", err)
	default:
	}
	at.open()
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

// New names are found at once, and a renamed song plays on.
func TestARenamedSongIsFoundAndPlaysOn(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{installed: true, streaming: true})
	c := d.dial()
	const album = "ACHSELBRAN∕BRANELGORNO/1987 - Cloud Meadow Static"
	song, known := d.library.Catalogue().SongByPath(album + "/01 Thunder Iron.mp3")
	if !known {
		t.Fatal("no such song")
	}
	must(request(t, c, "AddSongToQueue", map[string]any{"songid": song.ID, "position": "last"}))(t)
	must(request(t, c, "SetAudioStreamState", map[string]any{"state": "play"}))(t)
	began := d.playedOf(c, song.ID, 0)

	for _, step := range []struct {
		function  string
		arguments map[string]any
	}{
		{"RenameMusicFile", map[string]any{"oldpath": album + "/01 Thunder Iron.mp3", "newpath": album + "/01 Zwölf Bögen.mp3"}},
		{"RenameAlbumDirectory", map[string]any{"oldpath": album, "newpath": "ACHSELBRAN∕BRANELGORNO/1988 - Quiet"}},
		{"RenameArtistDirectory", map[string]any{"oldpath": "ACHSELBRAN∕BRANELGORNO", "newpath": "Xylophon"}},
	} {
		if got := string(must(request(t, c, step.function, step.arguments))(t)); got != "true" {
			t.Fatalf("%s: %s", step.function, got)
		}
	}
	d.playedOf(c, song.ID, began)
	for _, name := range []string{"Zwölf Bögen", "Xylophon"} {
		found := string(must(request(t, c, "Find", map[string]any{"searchstring": name, "limit": 3}))(t))
		if !strings.Contains(found, `"Xylophon/1988 - Quiet`) {
			t.Errorf("%q is not found: %.300s", name, found)
		}
	}
	if found := string(must(request(t, c, "Find", map[string]any{"searchstring": "Thunder Iron", "limit": 3}))(t)); strings.Contains(found, `"Thunder Iron"`) {
		t.Error("the old name is still found")
	}
}

// playedOf waits until more than so many seconds of the current song, which must be
// the given one, have been played, and returns how many.
func (d *daemon) playedOf(c *client.Client, songID int64, more float64) float64 {
	d.t.Helper()
	for {
		p := next(d.t.(*testing.T), c)
		var seconds float64
		if string(p.Signature) != `"onTimeChanged"` || json.Unmarshal(p.Arguments, &seconds) != nil || seconds <= more {
			continue
		}
		var state struct {
			Song struct {
				ID int64 `json:"id"`
			} `json:"song"`
		}
		if err := json.Unmarshal(must(request(d.t, c, "GetAudioStreamState", nil))(d.t), &state); err != nil || state.Song.ID != songID {
			d.t.Fatalf("song %d is playing (%v)", state.Song.ID, err)
		}
		return seconds
	}
}
