package maintenance

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
)

// The two Unicode forms of one name.
const (
	composed   = "Bj\u00f6rk"
	decomposed = "Bjo\u0308rk"
)

// respelled is a home whose artist Ann has the name of a form on the disk, and of
// another, or the same, in her rows.
func respelled(t *testing.T, disk, rows string) *home {
	h := newHome(t)
	if err := h.RenameArtistDirectory(t.Context(), "Ann", rows); err != nil {
		t.Fatal(err)
	}
	if disk != rows {
		if err := os.Rename(filepath.Join(h.dir, "music", rows), filepath.Join(h.dir, "music", disk)); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// Whichever form of a name a client gives: the file is found, the rows follow, and
// have the form that the disk has.
func TestPathsAreFoundInAnyUnicodeForm(t *testing.T) {
	for name, change := range map[string]func(h *home, artist string) error{
		"artist": func(h *home, artist string) error { return h.RenameArtistDirectory(t.Context(), artist, "Dan") },
		"album": func(h *home, artist string) error {
			return errors.Join(h.RenameAlbumDirectory(t.Context(), artist+"/2000 - One", artist+"/2010 - Ten"),
				h.RenameArtistDirectory(t.Context(), artist, "Dan"))
		},
		"move": func(h *home, artist string) error {
			return errors.Join(h.ChangeArtistDirectory(t.Context(), artist+"/2000 - One", "Bob"),
				h.ChangeArtistDirectory(t.Context(), artist+"/2001 - Two. v1.5", "Dan"), h.ChangeArtistDirectory(t.Context(), "Dan/2001 - Two. v1.5", artist),
				h.RenameArtistDirectory(t.Context(), artist, "Eve"))
		},
	} {
		for _, disk := range []string{composed, decomposed} {
			for _, rows := range []string{composed, decomposed} {
				for _, given := range []string{composed, decomposed} {
					if disk != rows && given == disk {
						continue // then no row is asked for: it is as if the music was moved by hand
					}
					h := respelled(t, disk, rows)
					if disk != rows && name != "artist" {
						continue // the rows of the artist himself would still have the other form
					}
					if err := change(h, given); err != nil {
						t.Errorf("%s, %+q on the disk, %+q in the rows, %+q given: %v", name, disk, rows, given, err)
					}
					h.consistent()
				}
			}
		}
	}
}

// An artist who is there in another form is not created again.
func TestAnArtistIsCreatedOnceInAllForms(t *testing.T) {
	h := newHome(t)
	first, err := h.CreateArtist(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	tree := h.tree()
	again, err := h.CreateArtist(t.Context(), decomposed)
	if err != nil || again != first || !maps.Equal(tree, h.tree()) {
		t.Errorf("%+v, then %+v (%v)", first, again, err)
	}
	upper, err := h.CreateArtist(t.Context(), strings.ToUpper(composed))
	if err != nil || upper.ID == first.ID {
		t.Errorf("where case counts it is another one: %+v %v", upper, err)
	}
}

// Names that nobody could tell apart, or read, are not given; those that are there
// can be changed.
func TestNewNamesThatAreNotGiven(t *testing.T) {
	h := newHome(t)
	h.put("Bad\u202eName/2000 - x/01 x.mp3")
	before, rows := h.tree(), h.rows()
	for _, bad := range []string{"Line\nbreak", "Bell\a", "Right\u202eleft", "Iso\u2066late"} {
		_, created := h.CreateArtist(t.Context(), bad)
		for what, err := range map[string]error{
			"rename": h.RenameArtistDirectory(t.Context(), "Ann", bad), "create": created, "move": h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", bad),
			"song": h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/01 "+bad+".mp3"),
		} {
			if !errors.Is(err, files.ErrPath) || !strings.Contains(err.Error(), "invisible character U+") {
				t.Errorf("%s %q: %v", what, bad, err)
			}
		}
	}
	if !maps.Equal(before, h.tree()) || rows != h.rows() {
		t.Error("something was changed")
	}
	for _, step := range [][2]string{{"Bad\u202eName", "Good Name"}, {"Ann", "W.A.S.P. ..."}, {"W.A.S.P. ...", " blanks "}, {" blanks ", "אריאל"}, {"אריאל", strings.Repeat("n", 255)}, {strings.Repeat("n", 255), "ann"}} {
		if err := h.RenameArtistDirectory(t.Context(), step[0], step[1]); err != nil {
			t.Error(err)
		}
		h.consistent()
	}
	if err := h.RenameArtistDirectory(t.Context(), "ann", strings.Repeat("\u00f6", 128)); err == nil || !strings.Contains(err.Error(), "shorten it") {
		t.Errorf("256 bytes: %v", err)
	}
	h.consistent()
}

// Links are followed inside the music directory and nowhere else, and a hard link is
// a file of its own.
func TestLinksAmongTheMusic(t *testing.T) {
	h := newHome(t)
	at := func(rel string) string { return filepath.Join(h.dir, "music", rel) }
	if err := errors.Join(os.Symlink("Ann", at("Zoe")), os.Symlink("Zed", at("Zed")), os.Symlink(h.dir, at("out")),
		os.Link(at("Ann/2000 - One/01 First.mp3"), at("Ann/2000 - One/03 Hard.mp3"))); err != nil {
		t.Fatal(err)
	}
	rows := h.rows()
	for name, err := range map[string]error{
		"a loop":                    h.RenameArtistDirectory(t.Context(), "Zed", "Zac"),
		"a link that leads out":     h.RenameArtistDirectory(t.Context(), "out", "in"),
		"through a loop":            h.RenameAlbumDirectory(t.Context(), "Zed/2000 - One", "Zed/2010 - Ten"),
		"through one":               h.RenameAlbumDirectory(t.Context(), "out/data", "out/atad"),
		"into one":                  h.ChangeArtistDirectory(t.Context(), "Ann/2000 - One", "out"),
		"onto another name of it":   h.RenameMusicFile(t.Context(), "Ann/2000 - One/01 First.mp3", "Ann/2000 - One/03 Hard.mp3"),
		"onto a loop":               h.RenameArtistDirectory(t.Context(), "Ann", "Zed"),
		"a song that leads nowhere": h.RenameMusicFile(t.Context(), "Zed/2000 - One/01 x.mp3", "Zed/2000 - One/02 x.mp3"),
	} {
		if err == nil {
			t.Errorf("%s was renamed", name)
		}
	}
	if h.rows() != rows {
		t.Error("rows have changed")
	}
	h.consistent()
	// A second name of a file is entered and renamed as a song of its own.
	song, err := h.CreateSong(t.Context(), "Ann/2000 - One/03 Hard.mp3")
	if err == nil {
		err = h.RenameMusicFile(t.Context(), "Ann/2000 - One/03 Hard.mp3", "Ann/2000 - One/04 Harder.mp3")
	}
	if got, _ := h.lib.Catalogue().Song(song.ID); err != nil || got.Path != "Ann/2000 - One/04 Harder.mp3" {
		t.Errorf("%+v %v", got, err)
	}
	h.consistent()
	var known *library.EntryError
	if _, err := h.CreateSong(t.Context(), "Ann/2000 - One/04 Harder.mp3"); !errors.As(err, &known) {
		t.Error(err)
	}
}
