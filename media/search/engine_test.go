package search

import (
	"context"
	"fmt"
	"testing"

	"musicdb/media/library"
)

// stocked returns a library with one artist per key of albums, and songs that
// are named as given.
func stocked(t testing.TB, songs ...string) *library.Library {
	t.Helper()
	l, err := library.Open(context.Background(), library.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	add(t, l, "Artist", "Album", songs...)
	return l
}

func add(t testing.TB, l *library.Library, artist, album string, songs ...string) library.Album {
	t.Helper()
	n := library.NewAlbum{ArtistName: artist, ArtistPath: artist, Name: album, Path: artist + "/2001 - " + album}
	for i, name := range songs {
		n.Songs = append(n.Songs, library.NewSong{Name: name, Path: fmt.Sprintf("%s/%02d.mp3", n.Path, i+1)})
	}
	entered, err := l.AddAlbum(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	return entered
}

func found(c *library.Catalogue, hits []Hit) []string {
	names := []string{}
	for _, h := range hits {
		s, _ := c.Song(h.ID)
		names = append(names, s.Name)
	}
	return names
}

func TestFindRanksExactThenBeginningThenName(t *testing.T) {
	l := stocked(t, "The Die", "So", "Sonne", "Die Sonne", "Sonnet", "anna so", "Absonnen")
	e := NewEngine(nil)
	e.Rebuild(l.Catalogue())
	for text, want := range map[string]string{
		"sonne":  "[Sonne Sonnet Absonnen Die Sonne So]",
		"SO!":    "[So Sonne Sonnet Absonnen anna so Die Sonne]",
		"s":      "[So Sonne Sonnet Absonnen anna so Die Sonne]",
		"sone":   "[So Sonne Sonnet]",
		"zzz":    "[]",
		"!?":     "[]",
		"":       "[]",
		"\u00a0": "[]",
	} {
		if got := fmt.Sprint(found(l.Catalogue(), e.Find(text).Songs)); got != want {
			t.Errorf("Find(%q) = %s, want %s", text, got, want)
		}
	}
}
