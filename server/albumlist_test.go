package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// plainArtists is the list as the types of the results have it.
func plainArtists(c *library.Catalogue, sel library.Selection, withoutAlbums bool) []artistWithAlbums {
	list := []artistWithAlbums{}
	for _, artist := range c.ArtistsByName() {
		albums := plainAlbums(c, sel, c.AlbumsOf(artist.ID))
		if len(albums) > 0 || withoutAlbums {
			list = append(list, artistWithAlbums{artist, albums})
		}
	}
	return list
}

func plainAlbums(c *library.Catalogue, sel library.Selection, albums []library.Album) []albumEntry {
	byRelease(albums)
	list := []albumEntry{}
	for _, album := range albums {
		if c.Passing(sel, album.ID) {
			list = append(list, albumEntry{album, tagsOfAlbum(c, album.ID, idJSON(album.ID))})
		}
	}
	return list
}

// someLibrary draws a library with hidden albums, artists without albums, albums
// without a year, and tags of all classes.
func someLibrary(t *rapid.T, l *library.Library) {
	err := l.Edit(context.Background(), func(e *library.Edit) error {
		tags := e.Catalogue().Tags()
		for class := range int64(4) {
			tag := library.Tag{Name: fmt.Sprint("Tag \"", len(e.Catalogue().Tags())), Class: class%3 + 1}
			if tag.Class == library.ClassSubgenre {
				tag.ParentID = &tags[0].ID
			}
			if tag.Class == library.ClassMood {
				icon, kind, x := "☁", library.IconUnicode, int64(1)
				tag.Icon, tag.IconType, tag.PosX, tag.PosY = &icon, &kind, &x, &x
			}
			added, err := e.AddTag(tag)
			if err != nil {
				return err
			}
			tags = append(tags, added)
		}
		for range rapid.IntRange(1, 3).Draw(t, "artists") {
			_, _, songs := e.Catalogue().NumberOf()
			path := fmt.Sprintf("Ä & \u2028 %d %d", len(e.Catalogue().Artists()), songs)
			if _, err := e.AddArtist(rapid.SampledFrom([]string{"b", "A", "ä", "<a>"}).Draw(t, "name"), path); err != nil {
				return err
			}
			for i := range rapid.IntRange(0, 4).Draw(t, "albums") {
				album, err := e.AddAlbum(library.NewAlbum{ArtistName: "x", ArtistPath: path, Name: "Album", Path: fmt.Sprint(path, "/", i),
					Release: rapid.Int64Range(2000, 2002).Draw(t, "year"), Hidden: rapid.IntRange(0, 3).Draw(t, "hidden") == 0})
				if err != nil {
					return err
				}
				if rapid.Bool().Draw(t, "without a year") {
					album.Release, album.Origin = nil, nil
					err = e.PutAlbum(album)
				}
				for _, tag := range rapid.SliceOfN(rapid.SampledFrom(tags), 0, 4).Draw(t, "tags") {
					err = errors.Join(err, e.Assign(library.AlbumTarget, album.ID, tag.ID, rapid.Int64Range(0, 2).Draw(t, "approval"), 0.25))
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The lists that are written as they are found are, byte by byte, what their types say,
// for any selection.
func TestAlbumListsAreWhatTheirTypesSay(t *testing.T) {
	l, err := library.Open(t.Context(), library.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rapid.Check(t, func(t *rapid.T) {
		if _, albums, _ := l.Catalogue().NumberOf(); albums < 150 {
			someLibrary(t, l)
		}
		c := l.Catalogue()
		sel := library.Selection{Genres: map[int64][]int64{}}
		for _, tag := range c.Tags() {
			if tag.Class == library.ClassGenre && rapid.IntRange(0, 2).Draw(t, "active") == 0 {
				sel.Genres[tag.ID] = nil
				for _, sub := range c.Tags() {
					if sub.ParentID != nil && *sub.ParentID == tag.ID && rapid.Bool().Draw(t, "active") {
						sel.Genres[tag.ID] = append(sel.Genres[tag.ID], sub.ID)
					}
				}
			}
		}
		all := rapid.Bool().Draw(t, "artists without albums")
		if got, want := newAlbumList(c, sel).appendArtists([]byte("x"), all), append([]byte("x"), standard(t, plainArtists(c, sel, all))...); !bytes.Equal(got, want) {
			t.Fatalf("artists\ngot  %s\nwant %s", got, want)
		}
		if got, want := newAlbumList(c, sel).appendAlbums(nil, c.Albums()), standard(t, plainAlbums(c, sel, c.Albums())); !bytes.Equal(got, want) {
			t.Fatalf("albums\ngot  %s\nwant %s", got, want)
		}
	})
}

// What is written for an album costs no memory but its JSON.
func TestAlbumListsAllocateLittle(t *testing.T) {
	l, err := library.Open(t.Context(), library.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rapid.Check(t, func(t *rapid.T) {
		if _, albums, _ := l.Catalogue().NumberOf(); albums < 100 {
			someLibrary(t, l)
		}
	})
	c, room := l.Catalogue(), make([]byte, 0, 1<<20)
	n := testing.AllocsPerRun(10, func() { room = newAlbumList(c, library.Selection{}).appendArtists(room[:0], true) })
	if _, albums, _ := c.NumberOf(); n > float64(len(c.Tags())+30) {
		t.Errorf("%v allocations for %d albums and %d tags", n, albums, len(c.Tags()))
	}
}
