package library_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// choice is a GenreChoice: names of active genres, "genre/subgenre" of those
// sub genres that are switched off.
type choice struct{ on, off []string }

func (c choice) GenreActive(genre string) bool { return slices.Contains(c.on, genre) }
func (c choice) SubgenreActive(genre, subgenre string) bool {
	return !slices.Contains(c.off, genre+"/"+subgenre)
}

func TestSelection(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	albums := []string{"Untagged", "Rock", "Hard", "Punk", "Pop", "Both", "Orphan", "Hidden Rock", "Guessed Rock", "Mood"}
	for i, name := range albums {
		n := album("Artist", 1990+i, name, 1)
		n.Hidden = name == "Hidden Rock"
		if _, err := l.AddAlbum(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	// Tags: 1 Other, 2 Rock with 3 Hard and 4 Punk, 5 Pop with 6 Synth, 7 Happy.
	run(t, filepath.Join(dir, "music.db"),
		`INSERT INTO tags (name, class, parentid) VALUES ('Rock', 1, NULL), ('Hard', 2, 2), ('Punk', 2, 2), ('Pop', 1, NULL),
			('Synth', 2, 5), ('Happy', 3, NULL)`,
		`INSERT INTO albumtags (albumid, tagid) VALUES (2, 2), (3, 2), (3, 3), (4, 2), (4, 4), (5, 5), (6, 2), (6, 6), (6, 5),
			(7, 3), (7, 99), (8, 2), (10, 7)`,
		`INSERT INTO albumtags (albumid, tagid, approval, confidence) VALUES (9, 2, 0, 0.1)`)
	c := open(t, dir).Catalogue()
	for _, test := range []struct {
		what string
		g    choice
		want string
	}{
		{"nothing chosen: everything visible", choice{}, "[Untagged Rock Hard Punk Pop Both Orphan Guessed Rock Mood]"},
		{"a genre with all its sub genres", choice{on: []string{"Rock"}}, "[Rock Hard Punk Guessed Rock]"},
		{"a sub genre switched off", choice{on: []string{"Rock"}, off: []string{"Rock/Punk"}}, "[Rock Hard Guessed Rock]"},
		{"all sub genres switched off", choice{on: []string{"Rock"}, off: []string{"Rock/Punk", "Rock/Hard"}}, "[Rock Hard Punk Both Guessed Rock]"},
		{"two genres", choice{on: []string{"Rock", "Pop"}}, "[Rock Hard Punk Pop Both Guessed Rock]"},
		{"a genre nobody has", choice{on: []string{"Other"}}, "[]"},
		{"a sub genre is no genre", choice{on: []string{"Hard", "Happy"}}, "[Untagged Rock Hard Punk Pop Both Orphan Guessed Rock Mood]"},
	} {
		selection := c.Select(test.g)
		names := []string{}
		for _, id := range c.PassingAlbums(selection) {
			a, _ := c.Album(id)
			names = append(names, a.Name)
		}
		if got := fmt.Sprint(names); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
	if c.Passing(library.Selection{}, 0) || c.Passing(library.Selection{}, 99) {
		t.Error("an album passes that does not exist")
	}
}

func TestPassingSong(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	if _, err := l.AddAlbum(context.Background(), album("Artist", 2001, "Album", 6)); err != nil {
		t.Fatal(err)
	}
	l.Close()
	run(t, filepath.Join(dir, "music.db"),
		`INSERT INTO tags (name, class, parentid) VALUES ('Rock', 1, NULL), ('Hard', 2, 2), ('Pop', 1, NULL), ('Happy', 3, NULL)`,
		`INSERT INTO songtags (songid, tagid, approval) VALUES (2, 2, 1), (3, 4, 2), (4, 4, 0), (4, 5, 1), (5, 2, 1), (5, 3, 1), (6, 4, 1), (6, 2, 1)`)
	c := open(t, dir).Catalogue()
	for what, test := range map[string]struct {
		g    choice
		want []bool // songs 1 to 6
	}{
		"nothing chosen":       {choice{}, []bool{true, true, true, true, true, true}},
		"rock":                 {choice{on: []string{"Rock"}}, []bool{true, true, false, true, true, true}},
		"rock but not hard":    {choice{on: []string{"Rock"}, off: []string{"Rock/Hard"}}, []bool{true, true, false, true, false, true}},
		"pop, a guess or more": {choice{on: []string{"Pop"}}, []bool{true, false, true, true, false, true}},
	} {
		for i, want := range test.want {
			if got := c.PassingSong(c.Select(test.g), int64(i+1)); got != want {
				t.Errorf("%s: song %d passes: %v, want %v", what, i+1, got, want)
			}
		}
	}
}

// The filter must be the sentence that describes it, evaluated on the lists
// that are delivered to clients.
func TestPassingIsWhatTheProtocolSays(t *testing.T) {
	top, n := t.TempDir(), 0
	l := open(t, filepath.Join(top, "new"))
	for i := range 6 {
		a := album("Artist", 2000+i, fmt.Sprint("Album ", i), 0)
		a.Hidden = i == 5
		if _, err := l.AddAlbum(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	genres := []string{"Other", "A", "B", "C"} // tags 1, 2, 3, 4
	subgenres := []string{"A/k", "A/l", "B/k", "C/m"}
	run(t, filepath.Join(top, "new", "music.db"), `INSERT INTO tags (name, class, parentid) VALUES ('A', 1, NULL), ('B', 1, NULL),
		('C', 1, NULL), ('k', 2, 2), ('l', 2, 2), ('k', 2, 3), ('m', 2, 4), ('mood', 3, NULL), ('stray', 2, NULL)`)
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(top, fmt.Sprint(n))
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(top, "new"))); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite3", filepath.Join(dir, "music.db")+"?_synchronous=OFF")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for range rapid.IntRange(0, 15).Draw(t, "assignments") {
			if _, err := db.Exec("INSERT INTO albumtags (albumid, tagid, approval) VALUES (?, ?, ?)",
				rapid.IntRange(1, 6).Draw(t, "album"), rapid.IntRange(1, 11).Draw(t, "tag"), rapid.IntRange(0, 2).Draw(t, "approval")); err != nil {
				t.Fatal(err)
			}
		}
		l, err := library.Open(context.Background(), library.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := l.Catalogue()
		g := choice{
			on:  rapid.SliceOfDistinct(rapid.SampledFrom(genres), rapid.ID).Draw(t, "on"),
			off: rapid.SliceOfDistinct(rapid.SampledFrom(subgenres), rapid.ID).Draw(t, "off"),
		}
		for _, a := range c.Albums() {
			if got, want := c.Passing(c.Select(g), a.ID), passes(c, g, a); got != want {
				t.Fatalf("album %d with tags %+v passes %+v: %v, want %v", a.ID, c.AlbumTags(a.ID), g, got, want)
			}
		}
	})
}

// passes is the sentence: for at least one active genre that the album has, the
// genre has no active sub genre, or the album has an active one of it, or the
// album has no sub genre at all. Hidden albums never pass.
func passes(c *library.Catalogue, g choice, a library.Album) bool {
	if a.Hidden != 0 || len(g.on) == 0 {
		return a.Hidden == 0
	}
	tags := c.AlbumTags(a.ID)
	hasSubgenre := slices.ContainsFunc(tags, func(t library.TargetTag) bool { return t.Class == library.ClassSubgenre })
	for _, genre := range tags {
		if genre.Class != library.ClassGenre || !g.GenreActive(genre.Name) {
			continue
		}
		active := func(t library.Tag) bool {
			return t.Class == library.ClassSubgenre && t.ParentID != nil && *t.ParentID == genre.Tag.ID && g.SubgenreActive(genre.Name, t.Name)
		}
		if !slices.ContainsFunc(c.Tags(), active) || !hasSubgenre ||
			slices.ContainsFunc(tags, func(t library.TargetTag) bool { return active(t.Tag) }) {
			return true
		}
	}
	return false
}
