package library_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// All songs judged at once are judged as each by itself, by the album first.
func TestPassages(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	l := open(t, dir)
	for i := range 8 {
		a := album("Artist", 2000+i, fmt.Sprint("Album ", i), i)
		a.Hidden = i == 5
		if _, err := l.AddAlbum(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	run(t, filepath.Join(dir, "music.db"), `INSERT INTO tags (name, class, parentid) VALUES ('A', 1, NULL), ('B', 1, NULL),
		('k', 2, 2), ('l', 2, 2), ('m', 2, 3), ('mood', 3, NULL), ('stray', 2, NULL)`,
		"UPDATE songs SET albumid = songid % 9, songid = songid * 3 + 1000")
	l = open(t, dir)
	defer l.Close()
	seen := map[library.Passage]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(0, 4).Draw(t, "assignments") {
			err := l.Edit(ctx, func(e *library.Edit) error {
				on, id := library.SongTarget, 1000+3*rapid.Int64Range(1, 28).Draw(t, "song")
				if rapid.Bool().Draw(t, "of an album") {
					on, id = library.AlbumTarget, rapid.Int64Range(1, 8).Draw(t, "album")
				}
				tag := rapid.Int64Range(1, 8).Draw(t, "tag")
				if rapid.IntRange(0, 2).Draw(t, "take") == 0 {
					return e.Unassign(on, id, tag)
				}
				return e.Assign(on, id, tag, rapid.Int64Range(0, 2).Draw(t, "approval"), 0.5)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		g := choice{
			on:  rapid.SliceOfDistinct(rapid.SampledFrom([]string{"A", "B"}), rapid.ID).Draw(t, "on"),
			off: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"A/k", "A/l", "B/m"}), rapid.ID).Draw(t, "off"),
		}
		c := l.Catalogue()
		s := c.Select(g)
		var ids []int64
		for song, p := range c.Passages(s) {
			ids = append(ids, song.ID)
			seen[p]++
			album, exists := c.Album(song.AlbumID)
			want := library.Passes
			switch {
			case !exists:
				want = library.NoAlbum
			case album.Hidden != 0:
				want = library.HiddenAlbum
			case !c.Passing(s, album.ID):
				want = library.OtherAlbum
			case !c.PassingSong(s, song.ID):
				want = library.OtherSong
			}
			if single := c.PassageOf(s, song); p != want || single != want {
				t.Fatalf("song %d of album %d: %d, by itself %d, want %d", song.ID, song.AlbumID, p, single, want)
			}
		}
		if len(ids) != 28 || !slices.IsSorted(ids) {
			t.Fatalf("judged were %v", ids)
		}
	})
	if len(seen) != int(library.OtherSong)+1 {
		t.Errorf("only these were tested: %v", seen)
	}
}

// BenchmarkPassages judges a library, every song of which has a tag, once.
func BenchmarkPassages(b *testing.B) {
	for _, songs := range []int{10_000, 100_000} {
		b.Run("songs="+strconv.Itoa(songs), func(b *testing.B) {
			l := open(b, large(b, songs))
			c := l.Catalogue()
			s := c.Select(choice{on: []string{"Rock"}})
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, p := range c.Passages(s) {
					if p == library.Passes {
						n++
					}
				}
				if n == 0 || n >= songs {
					b.Fatal(n)
				}
			}
		})
	}
}

// BenchmarkSince looks for what has changed with one play of a song.
func BenchmarkSince(b *testing.B) {
	const songs = 100_000
	l := open(b, large(b, songs))
	old := l.Catalogue()
	if err := l.Edit(b.Context(), func(e *library.Edit) error {
		s, _ := e.Catalogue().Song(songs / 2)
		s.Likes++
		return e.PutSong(s)
	}); err != nil {
		b.Fatal(err)
	}
	c := l.Catalogue()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range c.SongsSince(old) {
			n++
		}
		for range c.AlbumsSince(old) {
			n++
		}
		for range c.TaggedSince(old, library.SongTarget) {
			n++
		}
		if n != 1 {
			b.Fatal(n)
		}
	}
}
