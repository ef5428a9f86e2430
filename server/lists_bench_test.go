package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"musicdb/media/library"
)

// manyAlbums is a catalogue of so many albums, 5 to an artist, three tags to each.
func manyAlbums(b *testing.B, n int) *library.Catalogue {
	b.Helper()
	l, err := library.Open(b.Context(), library.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	err = l.Edit(context.Background(), func(e *library.Edit) error {
		var tags []int64
		for i := range 30 {
			tag, err := e.AddTag(library.Tag{Name: fmt.Sprint("Tag & Träume ", i), Class: library.ClassGenre})
			if err != nil {
				return err
			}
			tags = append(tags, tag.ID)
		}
		for i := range n {
			artist := fmt.Sprint("An Artist of a Usual Name ", i/5)
			album := library.NewAlbum{ArtistName: artist, ArtistPath: artist, Name: fmt.Sprint("An Album, Größe ", i), Origin: "CD", Release: int64(1970 + i%50)}
			album.Path = fmt.Sprintf("%s/%d - %s", artist, album.Release, album.Name)
			album.ArtworkPath = artist + " - " + album.Name + ".jpg"
			entered, err := e.AddAlbum(album)
			if err != nil {
				return err
			}
			for k := range 3 {
				if err := e.Assign(library.AlbumTarget, entered.ID, tags[(i+k*7)%30], library.ApprovalConfirmed, 1); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return l.Catalogue()
}

// BenchmarkArtistsWithAlbums makes the list of a library of 100,000 songs, as it is
// made when an album has changed. times-encoding/json is how much longer it takes to
// have the same rows written by reflection, in the same run.
func BenchmarkArtistsWithAlbums(b *testing.B) {
	const albums = 8000
	c := manyAlbums(b, albums)
	var standard bytes.Buffer
	encoder := json.NewEncoder(&standard)
	encoder.SetEscapeHTML(false)
	reflected := time.Duration(1<<63 - 1)
	for range 3 {
		standard.Reset()
		began := time.Now()
		if err := encoder.Encode(plainArtists(c, library.Selection{}, true)); err != nil {
			b.Fatal(err)
		}
		reflected = min(reflected, time.Since(began))
	}
	want := bytes.TrimSuffix(standard.Bytes(), []byte("\n"))
	text := make([]byte, 0, len(want)+len(want)/8)
	b.SetBytes(int64(len(want)))
	b.ReportAllocs()
	fastest := reflected
	for b.Loop() {
		began := time.Now()
		text = newAlbumList(c, library.Selection{}).appendArtists(text[:0], true)
		fastest = min(fastest, time.Since(began))
	}
	if !bytes.Equal(text, want) {
		b.Fatal("the list is not what encoding/json writes")
	}
	b.ReportMetric(float64(reflected)/float64(fastest), "times-encoding/json")
}
