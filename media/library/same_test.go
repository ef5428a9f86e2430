package library_test

import (
	"reflect"
	"slices"
	"testing"

	"musicdb/media/library"
)

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

var _ failer = (*testing.T)(nil)

// sameCatalogue compares two snapshots through every way to read them.
func sameCatalogue(t failer, got, want *library.Catalogue) {
	t.Helper()
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s differ:\n got %+v\nwant %+v", what, got, want)
		}
	}
	same("artists", got.Artists(), want.Artists())
	same("artists by name", got.ArtistsByName(), want.ArtistsByName())
	same("albums", got.Albums(), want.Albums())
	same("songs", slices.Collect(got.Songs()), slices.Collect(want.Songs()))
	same("videos", got.Videos(), want.Videos())
	same("tags", got.Tags(), want.Tags())
	for _, tag := range want.Tags() {
		same("use of the tag", got.TagUse(tag.ID), want.TagUse(tag.ID))
	}
	for _, v := range want.Videos() {
		one, _ := got.Video(v.ID)
		same("video", one, v)
		same("tags of the video", got.VideoTags(v.ID), want.VideoTags(v.ID))
		found, _ := got.VideoByPath(v.Path)
		first, _ := want.VideoByPath(v.Path)
		same("video by path", found, first)
	}
	for _, a := range want.Artists() {
		one, _ := got.Artist(a.ID)
		same("artist", one, a)
		same("videos of the artist", got.VideosOf(a.ID), want.VideosOf(a.ID))
		same("albums of the artist", got.AlbumsOf(a.ID), want.AlbumsOf(a.ID))
		found, _ := got.ArtistByPath(a.Path)
		first, _ := want.ArtistByPath(a.Path)
		same("artist by path", found, first)
	}
	for _, a := range want.Albums() {
		one, _ := got.Album(a.ID)
		same("album", one, a)
		same("songs of the album", got.SongsOf(a.ID), want.SongsOf(a.ID))
		same("tags of the album", got.AlbumTags(a.ID), want.AlbumTags(a.ID))
		found, _ := got.AlbumByPath(a.Path)
		first, _ := want.AlbumByPath(a.Path)
		same("album by path", found, first)
	}
	for s := range want.Songs() {
		one, _ := got.Song(s.ID)
		same("song", one, s)
		same("tags of the song", got.SongTags(s.ID), want.SongTags(s.ID))
		found, _ := got.SongByPath(s.Path)
		first, _ := want.SongByPath(s.Path)
		same("song by path", found, first)
	}
}
