package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// files renames, moves and enters what lies in the music directory, and takes it out
// of the database again, as the dialogs of the WebUI do.
func (w *oldWebUI) files() {
	w.covers()
	w.preview()
	catalogue := w.daemon.library.Catalogue()
	album := catalogue.Albums()[2]
	song := catalogue.SongsOf(album.ID)[0]
	isTrue := func(what string, got []byte) {
		w.t.Helper()
		if string(got) != "true" {
			w.t.Errorf("%s: %s", what, got)
		}
	}
	renamed := path.Dir(song.Path) + "/77 Renamed" + path.Ext(song.Path)
	isTrue("rename a song", w.request("RenameMusicFile", "ConfirmAlbumImportTask", object{"oldpath": song.Path, "newpath": renamed}))
	isTrue("rename it back", w.request("RenameMusicFile", "ConfirmSongRenaming", object{"oldpath": renamed, "newpath": song.Path}))
	w.call("RenameMusicFile", object{"oldpath": song.Path, "newpath": renamed})
	w.call("UpdateSongEntry", object{"songid": song.ID, "newpath": renamed})
	w.call("RemoveSongEntry", object{"songid": song.ID})
	w.call("CreateSongEntry", object{"newpath": renamed})

	elsewhere := path.Dir(album.Path) + "/1999 - Elsewhere"
	isTrue("rename an album", w.request("RenameAlbumDirectory", "ConfirmAlbumImportTask", object{"oldpath": album.Path, "newpath": elsewhere}))
	isTrue("rename it back", w.request("RenameAlbumDirectory", "ConfirmAlbumSettingsTask", object{"oldpath": elsewhere, "newpath": album.Path}))
	w.call("RenameAlbumDirectory", object{"oldpath": album.Path, "newpath": elsewhere})
	w.call("UpdateAlbumEntry", object{"albumid": album.ID, "newpath": elsewhere})
	isTrue("move to an artist", w.request("ChangeArtistDirectory", "ConfirmAlbumImportTask", object{"oldalbumpath": elsewhere, "newartistdirectory": "Somebody"}))
	w.call("ChangeArtistDirectory", object{"oldalbumpath": "Somebody/1999 - Elsewhere", "newartistdirectory": path.Dir(elsewhere)})
	if _, err := os.Stat(filepath.Join(w.daemon.music, filepath.FromSlash(elsewhere))); err != nil {
		w.t.Error(err)
	}
	w.call("RemoveAlbumEntry", object{"albumid": album.ID})

	if err := os.Mkdir(filepath.Join(w.daemon.music, "Newcomer"), 0o755); err != nil {
		w.t.Fatal(err)
	}
	artist := parsed[struct{ ID int64 }](w.t, w.request("CreateArtistEntry", "ConfirmAlbumImportTask", object{"name": "Newcomer"})).ID
	w.call("RenameArtistDirectory", object{"oldpath": "Newcomer", "newpath": "Oldtimer"})
	w.call("UpdateArtistEntry", object{"artistid": artist, "newpath": "Oldtimer"})
	if got, known := w.daemon.library.Catalogue().Artist(artist); !known || got.Path != "Oldtimer" {
		w.t.Errorf("the artist is %+v", got)
	}
	w.call("RemoveArtistEntry", object{"artistid": artist})
	if _, known := w.daemon.library.Catalogue().Artist(artist); known {
		w.t.Error("the artist is still there")
	}
}

// covers fetches the cover of every album, as it is and in every scale.
func (w *oldWebUI) covers() {
	for _, album := range w.daemon.library.Catalogue().Albums() {
		name := encodeURIComponent(album.ArtworkPath)
		for _, reference := range []string{"webdata/artwork/" + name, "webdata/artwork/150x150/" + name, "webdata/artwork/200x200/" + name,
			"webdata/artwork/500x500/" + name, "webdata/artwork/1000x1000/" + name} {
			if answer, body := w.get(reference); answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/jpeg" || len(body) < 100 {
				w.t.Errorf("%s: %s, %d bytes", reference, answer.Status, len(body))
			}
		}
	}
	if answer, _ := w.get("webdata/artwork/default.jpg"); answer.StatusCode != http.StatusOK {
		w.t.Errorf("default.jpg: %s", answer.Status)
	}
}

// preview fetches a part of every song, as a player that is moved does.
func (w *oldWebUI) preview() {
	for song := range w.daemon.library.Catalogue().Songs() {
		file, err := os.ReadFile(filepath.Join(w.daemon.music, filepath.FromSlash(song.Path)))
		if err != nil {
			continue // the installation has rows without files
		}
		dir, name := path.Split(song.Path)
		// The WebUI leaves a # in a directory as it is, where the browser ends the address:
		// of these songs there is no preview, whatever a server does.
		dir = strings.ReplaceAll(encodeURI(dir), "#", "%23")
		answer, body := w.get("/musicdb/music/"+dir+encodeURIComponent(name), "Range", "bytes=100-199")
		if answer.StatusCode != http.StatusPartialContent || body != string(file[100:200]) ||
			answer.Header.Get("Content-Range") != fmt.Sprintf("bytes 100-199/%d", len(file)) || !strings.HasPrefix(answer.Header.Get("Content-Type"), "audio/") {
			w.t.Errorf("%s: %s, %s", song.Path, answer.Status, answer.Header.Get("Content-Range"))
		}
	}
}

// encodeURIComponent is the function of JavaScript, for all that matters here.
func encodeURIComponent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// coverScales are those of MusicDB 8 for an installation, and fewer, which is
// quicker, for all who do not look at them.
func coverScales(all bool) []int {
	if all {
		return nil
	}
	return []int{150, 500}
}
