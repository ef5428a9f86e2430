package search

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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

func TestFindFollowsTheLibrary(t *testing.T) {
	l := stocked(t, "Sonne")
	e := NewEngine(nil)
	if hits := e.Find("sonne"); hits.Songs != nil || hits.Albums != nil || hits.Artists != nil {
		t.Errorf("found %+v before there were names", hits)
	}
	old := l.Catalogue()
	e.Rebuild(old)
	n := library.NewAlbum{ArtistName: "Sonnenkind", ArtistPath: "S", Name: "Sonnen", Path: "S/2001 - Sonnen", Hidden: true,
		Songs: []library.NewSong{{Name: "Die Sonne", Path: "a"}, {Name: "!?", Path: "b"}}}
	album, err := l.AddAlbum(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e.Find("sonne")); got != "{[] [] [{1 100}]}" {
		t.Errorf("before Rebuild: %s", got)
	}
	e.Rebuild(l.Catalogue())
	e.Rebuild(old) // comes late, and must not bring the old names back
	// A hidden album and its songs are found, and so can be shown again.
	if got, want := fmt.Sprint(e.Find("sonne")), fmt.Sprintf("{[{2 100}] [{%d 100}] [{1 100} {2 100}]}", album.ID); got != want {
		t.Errorf("after Rebuild: %s, want %s", got, want)
	}
	before := e.names.Load()
	if err := l.SetLastPlayed(context.Background(), 1, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	e.Rebuild(l.Catalogue())
	if e.names.Load() != before {
		t.Error("names were made anew although none has changed")
	}
}

func TestFindWhileNamesChange(t *testing.T) {
	l := stocked(t, "Sonne")
	e := NewEngine(nil)
	e.Rebuild(l.Catalogue())
	var changing, finding sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		finding.Go(func() {
			for {
				if hits := e.Find("sonne"); len(hits.Songs) == 0 || hits.Songs[0].ID != 1 {
					t.Errorf("found %+v", hits)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 2 {
		changing.Go(func() {
			for k := range 5 {
				add(t, l, fmt.Sprint("Künstler ", i), fmt.Sprint("月 ", k), "Die Sonne", "Größe "+string(rune('Ā'+10*i+k)))
				e.Rebuild(l.Catalogue())
			}
		})
	}
	changing.Wait()
	close(done)
	finding.Wait()
	if got := len(e.Find("sonne").Songs); got != 11 {
		t.Errorf("%d songs are found at last, want 11", got)
	}
}

// What a client may send must not keep the server busy.
func TestFindBoundsWhatItCompares(t *testing.T) {
	l := stocked(t, strings.Repeat("sonne ", 20), "Sonne")
	e := NewEngine(nil)
	e.Rebuild(l.Catalogue())
	for what, text := range map[string]string{
		"a megabyte of letters": strings.Repeat("sonne", 1<<18),
		"invalid UTF-8":         "\xff\xfe sonne \xff",
		"combining characters":  "sonne" + strings.Repeat("\u0301", 10_000),
		"control characters":    "\x00\x01sonne",
	} {
		if q := newQuery(e.names.Load().letters, text); len(q.codes) > maxCodes {
			t.Errorf("%s: %d characters are compared", what, len(q.codes))
		}
		e.Find(text)
	}
	if got := fmt.Sprint(e.Find(strings.Repeat("sonne ", 50)).Songs); got != "[{2 100} {1 100}]" && got != "[{1 100} {2 100}]" {
		t.Errorf("found %s", got)
	}
}
