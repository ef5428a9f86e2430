package library_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// Random edits: while the version is the same, so is everything that a list of albums
// shows; and what it does not show leaves the version as it is.
func TestAlbumsVersionIsThatOfTheLists(t *testing.T) {
	l := open(t, t.TempDir())
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(rt, "edits") {
			before := l.Catalogue()
			id := rapid.Int64Range(1, 6).Draw(rt, "id")
			what := rapid.SampledFrom([]string{"play", "song", "album", "artist", "tag", "rename tag", "remove tag", "assign", "unassign", "add", "remove song", "remove album"}).Draw(rt, "what")
			_ = l.Edit(t.Context(), func(e *library.Edit) error { // may be refused
				switch what {
				case "song":
					song, _ := e.Catalogue().Song(id)
					song.Likes++
					return e.PutSong(song)
				case "album":
					a, _ := e.Catalogue().Album(id)
					a.Hidden = 1 - a.Hidden
					return e.PutAlbum(a)
				case "artist":
					a, _ := e.Catalogue().Artist(id)
					a.Name += "!"
					return e.PutArtist(a)
				case "tag":
					_, err := e.AddTag(library.Tag{Name: fmt.Sprint("Tag ", len(e.Catalogue().Tags())), Class: library.ClassGenre})
					return err
				case "rename tag":
					for _, tag := range e.Catalogue().Tags() {
						tag.Name += "!"
						return e.PutTag(tag)
					}
				case "remove tag":
					return e.RemoveTag(id)
				case "assign":
					return e.Assign(library.AlbumTarget, id, rapid.Int64Range(1, 4).Draw(rt, "tag"), library.ApprovalConfirmed, 1)
				case "unassign":
					return e.Unassign(library.AlbumTarget, id, rapid.Int64Range(1, 4).Draw(rt, "tag"))
				case "add":
					_, err := e.AddAlbum(album("Another", 1999, fmt.Sprint("More ", id), 1))
					return err
				case "remove song":
					return e.RemoveSong(id)
				case "remove album":
					return e.RemoveAlbum(id)
				}
				return nil
			})
			if what == "play" {
				_ = l.SetLastPlayed(t.Context(), id, time.Unix(1e9, 0))
			}
			after := l.Catalogue()
			same := before.AlbumsVersion() == after.AlbumsVersion()
			if alike := sameLists(before, after); same && !alike || !same && (what == "play" || what == "song") {
				rt.Fatalf("%s: the versions are the same is %v, the lists are is %v", what, same, alike)
			}
		}
	})
}

func sameLists(a, b *library.Catalogue) bool {
	if !reflect.DeepEqual(a.Artists(), b.Artists()) || !reflect.DeepEqual(a.Albums(), b.Albums()) || !reflect.DeepEqual(a.Tags(), b.Tags()) {
		return false
	}
	for _, album := range a.Albums() {
		if !reflect.DeepEqual(a.AlbumTags(album.ID), b.AlbumTags(album.ID)) {
			return false
		}
	}
	return true
}
