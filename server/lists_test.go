package server

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// versions returns n versions of a library.
func versions(t *testing.T, n int) []library.AlbumsVersion {
	t.Helper()
	l, err := library.Open(t.Context(), library.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all := make([]library.AlbumsVersion, n)
	for i := range all {
		all[i] = l.Catalogue().AlbumsVersion()
		name := fmt.Sprint("Album ", i)
		if _, err := l.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "A", ArtistPath: "A", Name: name, Path: "A/" + name}); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A thousand who want the same list at once wait for one that is made.
func TestAListIsMadeOnceForAll(t *testing.T) {
	version := versions(t, 1)[0]
	var l lists
	var made atomic.Int32
	var here, all sync.WaitGroup
	here.Add(1000)
	for range 1000 {
		all.Go(func() {
			here.Done()
			text := l.get(listKey{function: "f", version: version}, func([]byte) []byte {
				made.Add(1)
				here.Wait()
				return []byte("[]")
			})
			if string(text) != "[]" {
				t.Errorf("got %q", text)
			}
		})
	}
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("the list is made %d times", n)
	}
}

// Whatever is asked for in whatever order: every answer is the one of its key, the
// list asked for last is kept, and what is kept besides has its bound.
func TestListsKeepWhatTheyMay(t *testing.T) {
	t.Parallel()
	known := versions(t, 3)
	zeros := make([]byte, 4*keptBytes)
	rapid.Check(t, func(t *rapid.T) {
		var l lists
		places := map[listKey]int{}
		place := func(key listKey) int { // a text's address tells whose it is
			if _, known := places[key]; !known {
				places[key] = len(places)
			}
			return places[key]
		}
		for range rapid.IntRange(1, 30).Draw(t, "requests") {
			key := listKey{
				function:  rapid.SampledFrom([]string{"f", "g", "h"}).Draw(t, "function"),
				selection: rapid.SampledFrom([]string{"", "1:2,"}).Draw(t, "selection"),
				version:   rapid.SampledFrom(known).Draw(t, "version"),
			}
			size := rapid.SampledFrom([]int{100, keptBytes / 3, keptBytes / 2, keptBytes + 1}).Draw(t, "size")
			text := l.get(key, func([]byte) []byte { return zeros[place(key):][:size:size] })
			again := l.get(key, func([]byte) []byte { return nil })
			if len(again) != len(text) || &text[0] != &zeros[place(key)] || &again[0] != &text[0] {
				t.Fatal("the list asked for last is not kept, or is another one")
			}
			besides := 0
			for _, k := range l.kept[1:] {
				besides += k.size
				if k.key.version != key.version {
					t.Fatal("an outdated list is kept")
				}
			}
			if l.kept[0].key != key || besides > keptBytes {
				t.Fatalf("%d bytes are kept besides", besides)
			}
		}
	})
}

func TestSelectionKeysTellSelectionsApart(t *testing.T) {
	seen := map[string]string{}
	for _, genres := range []map[int64][]int64{
		nil, {1: nil}, {2: nil}, {1: nil, 2: nil}, {1: {2}}, {1: {2, 3}}, {12: {3}}, {1: {23}}, {1: {2}, 3: nil}, {-1: nil},
	} {
		key := selectionKey(library.Selection{Genres: genres})
		if other, taken := seen[key]; taken {
			t.Errorf("%v has the key of %s", genres, other)
		}
		seen[key] = fmt.Sprint(genres)
	}
	if a, b := selectionKey(library.Selection{Genres: map[int64][]int64{1: {2, 3}, 4: nil}}),
		selectionKey(library.Selection{Genres: map[int64][]int64{4: {}, 1: {3, 2}}}); a != b {
		t.Errorf("%q and %q are keys of the same selection", a, b)
	}
}

// A list that is made again has its room at once, and one that needs less of it keeps
// no more than it has.
func TestListsAreMadeInTheirRoom(t *testing.T) {
	known := versions(t, 3)
	var l lists
	for i, size := range []int{100_000, 100_100, 5_000} {
		text := l.get(listKey{function: "f", version: known[i]}, func(dst []byte) []byte {
			if i > 0 && cap(dst) < 100_000 {
				t.Errorf("list %d is given room for %d bytes", i, cap(dst))
			}
			return append(dst, make([]byte, size)...)
		})
		if len(text) != size || cap(text) > size*9/8 {
			t.Errorf("list %d: %d bytes in room for %d", i, len(text), cap(text))
		}
	}
}

// A list that could not be made is tried again by the next who wants it, and those who
// have waited for it are not left waiting.
func TestAListThatFailedIsMadeAgain(t *testing.T) {
	key := listKey{function: "f", version: versions(t, 1)[0]}
	var l lists
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			defer func() {
				if recover() == nil {
					t.Error("nobody hears of the failure")
				}
			}()
			l.get(key, func([]byte) []byte { panic("no luck") })
		})
	}
	all.Wait()
	if text := l.get(key, func([]byte) []byte { return []byte("[]") }); string(text) != "[]" {
		t.Errorf("got %q", text)
	}
}

// However short the lists of ever new selections are, only few are kept.
func TestShortListsAreFewToo(t *testing.T) {
	version := versions(t, 1)[0]
	var l lists
	for i := range 1000 {
		l.get(listKey{function: "f", selection: fmt.Sprint(i), version: version}, func([]byte) []byte { return []byte("[]") })
	}
	if len(l.kept) > 32 || l.kept[0].key.selection != "999" {
		t.Errorf("%d lists are kept", len(l.kept))
	}
}
