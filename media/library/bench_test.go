package library_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"musicdb/media/library"
)

// large makes a library of so many songs: 12 per album, 5 albums per artist,
// two tags per album, and opens it once to see that all is there.
func large(b *testing.B, songs int) string {
	b.Helper()
	dir := b.TempDir()
	open(b, dir).Close()
	albums, artists := songs/12, songs/60
	numbers := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	run(b, filepath.Join(dir, "music.db"),
		fmt.Sprintf("INSERT INTO artists (name, path) "+numbers+"SELECT 'Artist ' || i, 'Artist ' || i FROM n", artists),
		fmt.Sprintf("INSERT INTO albums (artistid, name, path, numofsongs, numofcds, origin, release) "+numbers+
			"SELECT 1 + i %% %d, 'Album ' || i, 'Artist ' || (1 + i %% %d) || '/1999 - Album ' || i, 12, 1, 'CD', 1999 FROM n", albums, artists, artists),
		fmt.Sprintf("INSERT INTO songs (albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, checksum) "+numbers+
			`SELECT 1 + i / 12, 1, 'Song ' || i, 'Artist 1/1999 - Album with an ordinary name/12 Song ' || i || '.flac', 1 + i %% 12, 1, 0, 200,
			900000, lower(hex(zeroblob(32))) FROM n`, songs),
		"INSERT INTO tags (name, class, parentid) VALUES ('Rock', 1, NULL), ('Hard', 2, 2)",
		fmt.Sprintf("INSERT INTO albumtags (albumid, tagid) "+numbers+"SELECT i, 2 + (i %% 2) * 1 FROM n", albums),
		fmt.Sprintf("INSERT INTO songtags (songid, tagid) "+numbers+"SELECT i, 2 FROM n", songs))
	return dir
}

func BenchmarkOpen(b *testing.B) {
	for _, songs := range []int{10_000, 100_000} {
		b.Run("songs="+strconv.Itoa(songs), func(b *testing.B) {
			dir := large(b, songs)
			b.ReportAllocs()
			for b.Loop() {
				l, err := library.Open(context.Background(), library.Options{Dir: dir})
				if err != nil {
					b.Fatal(err)
				}
				if _, _, n := l.Catalogue().NumberOf(); n != songs {
					b.Fatalf("%d songs", n)
				}
				if s, _ := l.Catalogue().Song(int64(songs)); s.Name != fmt.Sprint("Song ", songs) || len(l.Catalogue().SongTags(s.ID)) != 1 {
					b.Fatalf("%+v", s)
				}
				l.Close()
			}
		})
	}
}

// One song changes in a library of 100,000: with the commit, and without.
func BenchmarkSetLastPlayed(b *testing.B) {
	for _, songs := range []int{1_000, 100_000} {
		for _, how := range []string{"synced", "unsynced"} {
			b.Run(fmt.Sprintf("songs=%d;%s", songs, how), func(b *testing.B) {
				l := open(b, large(b, songs))
				if how == "unsynced" {
					if err := l.Unsynced(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				i := int64(0)
				for b.Loop() {
					i++
					id := 1 + i*7919%int64(songs)
					if err := l.SetLastPlayed(context.Background(), id, time.Unix(i, 0)); err != nil {
						b.Fatal(err)
					}
					if s, _ := l.Catalogue().Song(id); s.LastPlayed != i {
						b.Fatalf("%+v", s)
					}
				}
			})
		}
	}
}

// What an answer to GetAlbum reads.
func BenchmarkAlbumWithSongsAndTags(b *testing.B) {
	l := open(b, large(b, 100_000))
	c := l.Catalogue()
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		i++
		id := 2 + i*7919%8000
		a, exists := c.Album(id)
		tags := len(c.AlbumTags(id))
		songs := c.SongsOf(id)
		for _, s := range songs {
			tags += len(c.SongTags(s.ID))
		}
		if artist, known := c.Artist(a.ArtistID); !exists || !known || artist.ID != a.ArtistID || len(songs) != 12 || tags != 13 {
			b.Fatalf("album %d: %d songs, %d tags", id, len(songs), tags)
		}
	}
}

func BenchmarkPassingAlbums(b *testing.B) {
	l := open(b, large(b, 100_000))
	c := l.Catalogue()
	selection := c.Select(choice{on: []string{"Rock"}})
	b.ReportAllocs()
	for b.Loop() {
		if n := len(c.PassingAlbums(selection)); n != 100_000/12/2 {
			b.Fatalf("%d albums pass", n)
		}
	}
}

func BenchmarkSongByPath(b *testing.B) {
	l := open(b, large(b, 100_000))
	c := l.Catalogue()
	b.ReportAllocs()
	for b.Loop() {
		if s, _ := c.SongByPath("Artist 1/1999 - Album with an ordinary name/12 Song 77777.flac"); s.ID != 77777 {
			b.Fatalf("%+v", s)
		}
	}
}

// The catalogue's share of changing one song must not grow with the library.
func TestChangingASongCopiesOnePage(t *testing.T) {
	if bytes := library.BytesPerChange(100_000); bytes > 64<<10 {
		t.Errorf("changing one of 100,000 songs allocates %d bytes", bytes)
	}
}
