package library_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"musicdb/media/library"
)

func verify(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens the library in dir and closes it when the test ends.
func open(t testing.TB, dir string) *library.Library {
	t.Helper()
	l, err := library.Open(context.Background(), library.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// album makes up an album with songs.
func album(artist string, year int, name string, songs int) library.NewAlbum {
	n := library.NewAlbum{
		ArtistName: artist, ArtistPath: artist, Name: name, Path: fmt.Sprintf("%s/%d - %s", artist, year, name),
		Origin: "CD", Release: int64(year), Added: time.Unix(1577847600, 0),
	}
	for i := range songs {
		title := fmt.Sprintf("Song %d of %s", i+1, name)
		n.Songs = append(n.Songs, library.NewSong{
			Name: title, Path: fmt.Sprintf("%s/%02d %s.flac", n.Path, i+1, title), Number: int64(i + 1), CD: 1,
			Playtime: int64(180 + i), Bitrate: 900_000, Checksum: fmt.Sprintf("%064x", i),
		})
	}
	return n
}

func TestReopenKeepsEverything(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	entered, err := l.AddAlbum(ctx, album("Rammstein", 2001, "Mutter", 11))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SetLastPlayed(ctx, 3, time.Unix(1700000000, 0)); err != nil {
		t.Fatal(err)
	}
	if err := l.SetAlbumArtwork(ctx, entered.ID, "Rammstein - Mutter.jpg"); err != nil {
		t.Fatal(err)
	}
	before := l.Catalogue()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	sameCatalogue(t, open(t, dir).Catalogue(), before)
	a, _ := before.Album(entered.ID)
	s, _ := before.Song(3)
	if a.ArtworkPath != "Rammstein - Mutter.jpg" || *a.NumOfSongs != 11 || s.LastPlayed != 1700000000 || s.Number != 3 {
		t.Fatalf("album %+v, song %+v", a, s)
	}
}
