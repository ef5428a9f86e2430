package library_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// After any sequence of writes, refused ones among them, the catalogue in
// memory is what the file says, and snapshots taken before have not changed.
func TestCatalogueIsWhatTheFileSays(t *testing.T) {
	ctx := context.Background()
	top, n := t.TempDir(), 0
	open(t, filepath.Join(top, "new")).Close()
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(top, fmt.Sprint(n))
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(top, "new"))); err != nil {
			t.Fatal(err)
		}
		l, err := library.Open(ctx, library.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := l.Unsynced(); err != nil {
			t.Fatal(err)
		}
		var snapshot, copied *library.Catalogue
		check := func(t *rapid.T) {
			fresh, err := l.Reload()
			if err != nil {
				t.Fatal(err)
			}
			sameCatalogue(t, l.Catalogue(), fresh)
			if snapshot != nil {
				sameCatalogue(t, snapshot, copied)
			}
			snapshot, copied = l.Catalogue(), fresh
		}
		t.Repeat(map[string]func(*rapid.T){
			"add album":   func(t *rapid.T) { addSomeAlbum(t, l) },
			"last played": func(t *rapid.T) { setSomeLastPlayed(t, l) },
			"artwork": func(t *rapid.T) {
				id, name := rapid.Int64Range(0, 12).Draw(t, "album"), rapid.String().Draw(t, "artwork")
				_, exists := l.Catalogue().Album(id)
				if err := l.SetAlbumArtwork(ctx, id, name); exists && err != nil || !exists && !errors.Is(err, library.ErrNotFound) {
					t.Fatal(err)
				}
				if a, _ := l.Catalogue().Album(id); exists && a.ArtworkPath != name {
					t.Fatalf("artwork of %d is %q, want %q", id, a.ArtworkPath, name)
				}
			},
			"check": check,
		})
		check(t)
	})
}

func addSomeAlbum(t *rapid.T, l *library.Library) {
	before := l.Catalogue()
	n := album(rapid.SampledFrom([]string{"Å", "b", "B", "Über", ""}).Draw(t, "artist"),
		rapid.IntRange(2000, 2003).Draw(t, "year"), rapid.SampledFrom([]string{"One", "Two", "月"}).Draw(t, "name"),
		rapid.IntRange(0, 5).Draw(t, "songs"))
	n.Hidden = rapid.Bool().Draw(t, "hidden")
	if len(n.Songs) > 1 && rapid.IntRange(0, 9).Draw(t, "spoilt") == 0 {
		n.Songs[len(n.Songs)-1].Path = n.Songs[0].Path
	}
	for i := range n.Songs {
		n.Songs[i].Lyrics = rapid.SampledFrom([]string{"", "la la"}).Draw(t, "lyrics")
		n.Songs[i].CD = rapid.Int64Range(0, 3).Draw(t, "cd")
	}
	a, err := l.AddAlbum(context.Background(), n)
	after := l.Catalogue()
	if err != nil {
		if !errors.Is(err, library.ErrExists) && !errors.Is(err, library.ErrInvalid) {
			t.Fatal(err)
		}
		if after != before {
			t.Fatal("a refused album has changed the catalogue")
		}
		return
	}
	if after.Generation() <= before.Generation() || after.Names() != after.Generation() {
		t.Fatalf("generation %d after %d, names %d", after.Generation(), before.Generation(), after.Names())
	}
	songs := after.SongsOf(a.ID)
	if found, _ := after.AlbumByPath(n.Path); found.ID != a.ID || len(songs) != len(n.Songs) {
		t.Fatalf("album %+v with %d songs, want %+v", found, len(songs), n)
	}
	for i, s := range songs {
		if s.Path != n.Songs[i].Path || s.Number != n.Songs[i].Number || s.CD != max(n.Songs[i].CD, 1) || i > 0 && s.ID <= songs[i-1].ID {
			t.Fatalf("song %+v, want %+v, in the given order", s, n.Songs[i])
		}
	}
}

func setSomeLastPlayed(t *rapid.T, l *library.Library) {
	before := l.Catalogue()
	id, at := rapid.Int64Range(-1, 40).Draw(t, "song"), rapid.Int64Range(-5, 1<<33).Draw(t, "at")
	_, exists := before.Song(id)
	err := l.SetLastPlayed(context.Background(), id, time.Unix(at, 0))
	after := l.Catalogue()
	switch {
	case !exists:
		if !errors.Is(err, library.ErrNotFound) {
			t.Fatalf("song %d: %v", id, err)
		}
	case at < 0:
		if !errors.Is(err, library.ErrInvalid) {
			t.Fatalf("time %d: %v", at, err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		if s, _ := after.Song(id); s.LastPlayed != at {
			t.Fatalf("last played %d, want %d", s.LastPlayed, at)
		}
		was, _ := before.Song(id)
		if after.Names() != before.Names() || (after == before) != (was.LastPlayed == at) {
			t.Fatal("playing a song is a change unless the time is known, but not of names")
		}
		return
	}
	if after != before {
		t.Fatal("a refused time has changed the catalogue")
	}
}
