package library_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"musicdb/media/library"
)

// A write that fails in its middle leaves neither rows nor a changed catalogue.
func TestAFailedWriteLeavesNothing(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	music := filepath.Join(dir, "music.db")
	run(t, music, `CREATE TRIGGER refuse BEFORE INSERT ON songs WHEN NEW.number = 3 BEGIN SELECT RAISE(ABORT, 'disk on fire'); END`)
	before := l.Catalogue()
	_, err := l.AddAlbum(ctx, album("Artist", 2001, "Album", 4))
	var refused *library.FileError
	if !errors.As(err, &refused) || refused.File != music {
		t.Errorf("%v does not name %s", err, music)
	}
	if l.Catalogue() != before {
		t.Error("the catalogue has changed")
	}
	if got := query(t, music, "SELECT (SELECT count(*) FROM songs) + (SELECT count(*) FROM albums) + (SELECT count(*) FROM artists)"); got != "0" {
		t.Errorf("%s rows were left behind", got)
	}
	run(t, music, "DROP TRIGGER refuse")
	if _, err := l.AddAlbum(ctx, album("Artist", 2001, "Album", 4)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestWritesThatAreRefused(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	if _, err := l.AddAlbum(ctx, album("Artist", 2001, "Album", 2)); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	spoilt := func(spoil func(*library.NewAlbum)) func() error {
		return func() error {
			n := album("Artist", 2002, "Other", 2)
			spoil(&n)
			_, err := l.AddAlbum(ctx, n)
			return err
		}
	}
	before := l.Catalogue()
	for what, c := range map[string]struct {
		do   func() error
		want error
	}{
		"the same album":     {spoilt(func(n *library.NewAlbum) { n.Path = "Artist/2001 - Album" }), library.ErrExists},
		"a known song":       {spoilt(func(n *library.NewAlbum) { n.Songs[1].Path = "Artist/2001 - Album/01 Song 1 of Album.flac" }), library.ErrExists},
		"a song twice":       {spoilt(func(n *library.NewAlbum) { n.Songs[1].Path = n.Songs[0].Path }), library.ErrExists},
		"no artist":          {spoilt(func(n *library.NewAlbum) { n.ArtistName = "" }), library.ErrInvalid},
		"no artist path":     {spoilt(func(n *library.NewAlbum) { n.ArtistPath = "" }), library.ErrInvalid},
		"no album":           {spoilt(func(n *library.NewAlbum) { n.Name = "" }), library.ErrInvalid},
		"no album path":      {spoilt(func(n *library.NewAlbum) { n.Path = "" }), library.ErrInvalid},
		"no song":            {spoilt(func(n *library.NewAlbum) { n.Songs[0].Name = "" }), library.ErrInvalid},
		"no song path":       {spoilt(func(n *library.NewAlbum) { n.Songs[0].Path = "" }), library.ErrInvalid},
		"song 0 played":      {func() error { return l.SetLastPlayed(ctx, 0, time.Now()) }, library.ErrNotFound},
		"played in 1969":     {func() error { return l.SetLastPlayed(ctx, 1, time.Unix(-1, 0)) }, library.ErrInvalid},
		"artwork of 0":       {func() error { return l.SetAlbumArtwork(ctx, 0, "x") }, library.ErrNotFound},
		"ended: album":       {func() error { _, err := l.AddAlbum(ended, album("B", 1, "B", 1)); return err }, context.Canceled},
		"ended: played":      {func() error { return l.SetLastPlayed(ended, 1, time.Now()) }, context.Canceled},
		"ended: tracker":     {func() error { return l.AddPlay(ended, 1, time.Now(), false) }, context.Canceled},
		"ended: relation":    {func() error { return l.AddSongRelation(ended, 1, 2) }, context.Canceled},
		"ended: own":         {func() error { return l.SaveStreamPosition(ended, library.StreamPosition{}) }, context.Canceled},
		"relation to itself": {func() error { return l.AddSongRelation(ctx, 1, 1) }, nil},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	if l.Catalogue() != before {
		t.Error("the catalogue has changed")
	}
	if got := query(t, filepath.Join(dir, "tracker.db"), "SELECT (SELECT count(*) FROM songrelations) + (SELECT count(*) FROM playedsongs)"); got != "0" {
		t.Errorf("the tracker has %s rows", got)
	}
	l.Close()
	if err := l.SetLastPlayed(ctx, 1, time.Now()); !errors.Is(err, library.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if s, exists := l.Catalogue().Song(1); !exists || s.Number != 1 {
		t.Error("after Close the snapshot cannot be read any more")
	}
}

func TestAddAlbumWritesEveryColumn(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	now := time.Unix(1234567890, 0)
	l, err := library.Open(ctx, library.Options{Dir: dir, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	first := album("Sigur Rós", 1999, "Ágætis byrjun", 0)
	first.ArtworkPath, first.BgColor, first.FgColor, first.HlColor, first.Hidden = "x.jpg", "#000001", "#000002", "#000003", true
	first.Songs = []library.NewSong{
		{Name: "Intro", Path: "a", Number: 1, Playtime: 96, Bitrate: 320000, Checksum: "cc", Lyrics: "tjú", LiveRecording: true},
		{Name: "Svefn-g-englar", Path: "b", Number: 2, CD: 2, BadAudio: true},
	}
	second := album("Sigur Rós", 2002, "( )", 0)
	second.Added = time.Time{}
	for _, n := range []library.NewAlbum{first, second} {
		if _, err := l.AddAlbum(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	music := filepath.Join(dir, "music.db")
	for statement, want := range map[string]string{
		"SELECT * FROM artists": "1 Sigur Rós Sigur Rós",
		"SELECT * FROM albums": "1 1 Ágætis byrjun Sigur Rós/1999 - Ágætis byrjun 2 2 CD 1999 x.jpg #000001 #000002 #000003 1577847600 1\n" +
			"2 1 ( ) Sigur Rós/2002 - ( ) 0 0 CD 2002 default.jpg #101010 #F0F0F0 #909090 1234567890 0",
		"SELECT * FROM songs":  "1 1 1 Intro a 1 1 0 96 320000 0 0 0 1 cc 0 1 0\n2 1 1 Svefn-g-englar b 2 2 0 0 0 0 0 0 0  0 0 1",
		"SELECT * FROM lyrics": "1 tjú",
	} {
		if got := query(t, music, statement); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", statement, got, want)
		}
	}
}

func TestTracker(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	tracker := filepath.Join(dir, "tracker.db")
	if _, err := l.AddAlbum(ctx, album("Artist", 2001, "Album", 12)); err != nil {
		t.Fatal(err)
	}
	// A pair that an old version has entered twice, and one without a weight.
	run(t, tracker, "INSERT INTO songrelations (songida, songidb, weight) VALUES (7, 9, 3), (7, 9, 5), (1, 2, NULL)")
	for _, pair := range [][2]int64{{9, 7}, {7, 9}, {2, 1}, {4, 3}, {5, 5}, {1, 13}} {
		if err := l.AddSongRelation(ctx, pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	for i, random := range []bool{true, false} {
		if err := errors.Join(l.AddPlay(ctx, 12, time.Unix(int64(100+i), 0), random), l.AddPlay(ctx, 13, time.Unix(0, 0), random)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := query(t, tracker, "SELECT songida, songidb, weight FROM songrelations ORDER BY id"), "7 9 5\n7 9 5\n1 2 1\n3 4 1"; got != want {
		t.Errorf("relations\n%s\nwant\n%s", got, want)
	}
	// Partners with lower ids first; the old pair counts once, what is gone not at all.
	run(t, tracker, "INSERT INTO songrelations (songida, songidb, weight) VALUES (9, 12, 2), (9, 10, 8), (3, 9, 1), (9, 99, 1), (9, 9, 1), (NULL, 9, 1)")
	relations, err := l.SongRelations(ctx, 9)
	if want := []library.Relation{{ID: 7, Weight: 5}, {ID: 3, Weight: 1}, {ID: 12, Weight: 2}, {ID: 10, Weight: 8}}; err != nil || !slices.Equal(relations, want) {
		t.Errorf("relations of 9: %v %v, want %v", relations, err, want)
	}
	if got, want := query(t, tracker, "SELECT songid, timestamp, random FROM playedsongs"), "12 100 1\n12 101 0"; got != want {
		t.Errorf("plays\n%s\nwant\n%s", got, want)
	}
}

func TestStreamPosition(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	if p, exists, err := l.StreamPosition(ctx); exists || err != nil {
		t.Fatalf("at first: %+v %v", p, err)
	}
	for _, want := range []library.StreamPosition{
		{EntryID: "340282366920938463463374607431768211455", Seconds: 12.345, Playing: true, Saved: time.UnixMilli(1700000000123)},
		{EntryID: "", Seconds: 0, Playing: false, Saved: time.UnixMilli(1700000001000)},
	} {
		if err := l.SaveStreamPosition(ctx, want); err != nil {
			t.Fatal(err)
		}
		l.Close()
		l = open(t, dir)
		if got, exists, err := l.StreamPosition(ctx); err != nil || !exists || got != want {
			t.Errorf("%+v %v %v, want %+v", got, exists, err, want)
		}
	}
}

// Many writers and readers at once: every write is there, none is lost, and a
// reader never sees an album without its songs.
func TestManyGoroutines(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	const writers, each = 4, 6
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		reading.Go(func() {
			for {
				c := l.Catalogue()
				for _, a := range c.Albums() {
					if songs := c.SongsOf(a.ID); int64(len(songs)) != *a.NumOfSongs {
						t.Errorf("album %d has %d songs, %d are there", a.ID, *a.NumOfSongs, len(songs))
						return
					}
					c.ArtistsByName()
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				a, err := l.AddAlbum(ctx, album(fmt.Sprint("Artist ", w), 2000+i, fmt.Sprint("Album ", i), 3))
				if err != nil {
					t.Error(err)
					return
				}
				song := l.Catalogue().SongsOf(a.ID)[2]
				if err := errors.Join(l.SetLastPlayed(ctx, song.ID, time.Unix(song.ID, 0)), l.AddPlay(ctx, song.ID, time.Now(), false)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	fresh, err := l.Reload()
	if err != nil {
		t.Fatal(err)
	}
	sameCatalogue(t, l.Catalogue(), fresh)
	played := 0
	for s := range fresh.Songs() {
		if s.LastPlayed == s.ID {
			played++
		}
	}
	if _, albums, _ := fresh.NumberOf(); albums != writers*each || played != writers*each {
		t.Errorf("%d albums, %d played songs, want %d of both", albums, played, writers*each)
	}
}

func TestArtistsByNameIgnoresCase(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	for _, name := range []string{"zebra", "Öl", "apple", "Zebra", "BANANA", "ärger", "ΟΔΟΣ", "İstanbul", "月"} {
		if _, err := l.AddAlbum(ctx, album(name, 2000, name, 0)); err != nil {
			t.Fatal(err)
		}
		l.Catalogue().ArtistsByName() // sorted before the next one comes
	}
	names := []string{}
	for _, a := range l.Catalogue().ArtistsByName() {
		names = append(names, a.Name)
	}
	want := []string{"apple", "BANANA", "İstanbul", "zebra", "Zebra", "ärger", "Öl", "ΟΔΟΣ", "月"}
	if !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

// As Python's str.lower gives it, which made the order of the old server.
func TestLower(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "AbC1": "abc1", "ÄÖ": "äö", "İI": "i\u0307i", "ΟΔΟΣ": "οδος", "ΣΑΣ Σ": "σας σ", "ẞß": "ßß", "ǅ": "ǆ", "Ａ": "ａ", "\xff A": "\xff a",
	} {
		if got := library.Lower(in); got != want {
			t.Errorf("Lower(%q) = %q, want %q", in, got, want)
		}
	}
}
