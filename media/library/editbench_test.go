package library_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"musicdb/media/library"
)

// tracked is a library of 100,000 songs with as many relations and three times
// as many plays, whose writes are not synced.
func tracked(b *testing.B) *library.Library {
	b.Helper()
	dir := large(b, 100_000)
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
	run(b, filepath.Join(dir, "tracker.db"),
		numbers+"100000) INSERT INTO songrelations (songida, songidb) SELECT 1 + i * 7919 % 99990, 2 + i * 7919 % 99990 + i % 9 FROM n",
		numbers+"300000) INSERT INTO playedsongs (songid, timestamp) SELECT 1 + i * 7919 % 99990, i FROM n")
	l := open(b, dir)
	if err := l.Unsynced(); err != nil {
		b.Fatal(err)
	}
	return l
}

// The old file has no index, so a relation is found by a scan.
func BenchmarkAddSongRelation(b *testing.B) {
	l, ctx := tracked(b), context.Background()
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		i++
		if err := l.AddSongRelation(ctx, 1+i*991%90000, 99999); err != nil {
			b.Fatal(err)
		}
	}
	relations, err := l.SongRelations(ctx, 99999)
	if err != nil || int64(len(relations)) < min(i, 90000) {
		b.Fatalf("%d relations after %d additions, %v", len(relations), i, err)
	}
}

func BenchmarkSongRelations(b *testing.B) {
	l, ctx := tracked(b), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if relations, err := l.SongRelations(ctx, 7920); err != nil || len(relations) == 0 {
			b.Fatal(relations, err)
		}
	}
}

// Both files are searched for what is to go, and written in one commit.
func BenchmarkRemoveSong(b *testing.B) {
	l, ctx := tracked(b), context.Background()
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		i++
		if err := l.Edit(ctx, func(e *library.Edit) error { return e.RemoveSong(i) }); err != nil {
			b.Fatal(err)
		}
		if err := l.AddPlay(ctx, i, time.Unix(1, 0), false); err != nil {
			b.Fatal(err)
		}
	}
	if _, _, songs := l.Catalogue().NumberOf(); int64(songs) != 100_000-i {
		b.Fatalf("%d songs are left after %d were removed", songs, i)
	}
}

// A thousand albums of twelve songs in one edit, and their artist removed again.
func BenchmarkLargeEdit(b *testing.B) {
	l, ctx := tracked(b), context.Background()
	b.ReportAllocs()
	year := 0
	for b.Loop() {
		err := l.Edit(ctx, func(e *library.Edit) error {
			for range 1000 {
				year++
				if _, err := e.AddAlbum(album("New", year, "Album", 12)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		a, _ := l.Catalogue().ArtistByPath("New")
		if n := len(l.Catalogue().AlbumsOf(a.ID)); n != 1000 {
			b.Fatalf("%d albums", n)
		}
		if err := l.Edit(ctx, func(e *library.Edit) error { return e.RemoveArtist(a.ID) }); err != nil {
			b.Fatal(err)
		}
	}
}
