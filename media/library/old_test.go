package library_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"musicdb/media/library"
)

// Columns in another order, and columns that older versions had.
func TestColumnsAreReadByName(t *testing.T) {
	dir := t.TempDir()
	unpack(t, dir)
	l := open(t, dir)
	want := l.Catalogue()
	l.Close()
	run(t, filepath.Join(dir, "music.db"),
		`ALTER TABLE songs RENAME TO old`,
		`CREATE TABLE songs (path TEXT, qskips INTEGER, badaudio INTEGER DEFAULT 0, liverecording INTEGER DEFAULT 0,
			songid INTEGER PRIMARY KEY AUTOINCREMENT, lastplayed INTEGER DEFAULT 0, checksum TEXT DEFAULT "", name TEXT,
			qadds INTEGER DEFAULT 7, number INTEGER, CD INTEGER, favorite INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
			likes INTEGER DEFAULT 0, lyricsstate INTEGER DEFAULT 0, bitrate INTEGER, playtime INTEGER, Disabled INTEGER,
			artistid INTEGER, albumid INTEGER)`,
		`INSERT INTO songs (songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, likes, dislikes,
			favorite, lyricsstate, checksum, lastplayed, liverecording, badaudio)
			SELECT songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, likes, dislikes,
			favorite, lyricsstate, checksum, lastplayed, liverecording, badaudio FROM old`,
		`DROP TABLE old`)
	sameCatalogue(t, open(t, dir).Catalogue(), want)
}

// SQLite puts anything into any column; nothing of it may keep the rest from
// being read.
func TestOddValuesAreRead(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	run(t, filepath.Join(dir, "music.db"),
		`INSERT INTO artists (name, path) VALUES (NULL, NULL), (12, x'41')`,
		`INSERT INTO albums (name) VALUES (NULL)`,
		`INSERT INTO albums (artistid, name, path, numofsongs, origin, release, added, hidden)
			VALUES ('1', 'Name', 'Path', 'many', 7, '1999', 12.9, NULL)`,
		`INSERT INTO songs (name) VALUES ('Half')`,
		`INSERT INTO songs (albumid, artistid, name, path, number, disabled, playtime, likes, lastplayed)
			VALUES (2, 1, 'Odd', 'Odd', 'one', NULL, 61.5, -2, '77')`,
		`INSERT INTO songs (albumid, artistid, name, path) VALUES (2, 1, 'Odd', 'Odd')`,
		`INSERT INTO tags (name, class, parentid) VALUES ('Lost', 2, 99)`,
		`INSERT INTO songtags (songid, tagid) VALUES (2, 1), (2, 99)`,
		`INSERT INTO songtags (songid, tagid, confidence, approval) VALUES (2, 2, NULL, NULL), (2, 1, 'much', 'no')`)
	c := open(t, dir).Catalogue()
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	same("artists", c.Artists(), []library.Artist{{ID: 1}, {ID: 2, Name: "12", Path: "A"}})
	half, _ := c.Album(1)
	if half.NumOfSongs != nil || half.Origin != nil || half.Release != nil || half.ArtworkPath != "default.jpg" {
		t.Errorf("an album that is only a row: %+v", half)
	}
	odd, _ := c.Album(2)
	if odd.ArtistID != 1 || *odd.NumOfSongs != 0 || *odd.Origin != "7" || *odd.Release != 1999 || odd.Added != 12 || odd.Hidden != 0 {
		t.Errorf("an album with odd values: %+v", odd)
	}
	s, _ := c.Song(2)
	same("song with odd values", s, library.Song{ID: 2, AlbumID: 2, ArtistID: 1, Name: "Odd", Path: "Odd", Playtime: 61, Likes: -2, LastPlayed: 77})
	first, _ := c.SongByPath("Odd")
	same("first of two songs with one path", first.ID, int64(2))
	same("songs of the album", len(c.SongsOf(2)), 2)
	same("songs of album 0, although the half row has none", len(c.SongsOf(0)), 0)
	var tags []string
	for _, tag := range c.SongTags(2) { // the lost one of id 99 is skipped
		tags = append(tags, tag.Name)
	}
	same("tags", tags, []string{"Other", "Lost", "Other"})
	if _, exists := c.Song(99); exists || c.SongsOf(99) != nil || c.AlbumsOf(-1) != nil || c.SongTags(0) != nil {
		t.Error("something was found where nothing is")
	}
}

// The table that an upgrade from version 4 has left behind.
const videosOfVersion4 = `CREATE TABLE videos (videoid INTEGER PRIMARY KEY AUTOINCREMENT, songid INTEGER DEFAULT NULL,
	albumid INTEGER DEFAULT NULL, artistid INTEGER, name TEXT, path TEXT, disabled INTEGER DEFAULT 0, playtime INTEGER,
	origin TEXT, release INTEGER, added INTEGER, codec TEXT, xresolution INTEGER, yresolution INTEGER,
	thumbnailpath TEXT DEFAULT "default.jpg", likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
	favorite INTEGER DEFAULT 0, livevideo INTEGER DEFAULT 0, badaudio INTEGER DEFAULT 0, checksum TEXT DEFAULT "",
	lastplayed INTEGER DEFAULT 0)`

func TestVideosOfAnUpgradedFileAreCompleted(t *testing.T) {
	fresh := t.TempDir()
	open(t, fresh).Close()
	canonical := query(t, filepath.Join(fresh, "music.db"), "SELECT name, type, dflt_value FROM pragma_table_info('videos')")

	t.Run("empty", func(t *testing.T) {
		dir := t.TempDir()
		open(t, dir).Close()
		path := filepath.Join(dir, "music.db")
		run(t, path, "DROP TABLE videos", videosOfVersion4, "INSERT INTO videos (videoid) VALUES (41)", "DELETE FROM videos")
		open(t, dir)
		if got := query(t, path, "SELECT name, type, dflt_value FROM pragma_table_info('videos')"); got != canonical {
			t.Errorf("columns\n%s\nwant\n%s", got, canonical)
		}
		if got := query(t, path, "SELECT value FROM meta UNION ALL SELECT seq FROM sqlite_sequence WHERE name LIKE 'videos%'"); got != "5\n41" {
			t.Errorf("version and last id %q, want 5 and 41", got)
		}
		run(t, path, "INSERT INTO videos (name) VALUES ('next')")
		if got := query(t, path, "SELECT videoid FROM videos"); got != "42" {
			t.Errorf("the next id is %s, want 42", got)
		}
	})
	t.Run("with rows", func(t *testing.T) {
		dir := t.TempDir()
		open(t, dir).Close()
		path := filepath.Join(dir, "music.db")
		run(t, path, "DROP TABLE videos", videosOfVersion4,
			"INSERT INTO videos (artistid, name, playtime, livevideo) VALUES (1, 'Live', 200, 1), (1, 'Studio', 100, 0)")
		open(t, dir)
		got := query(t, path, `SELECT name, playtime, liverecording, vbegin, vend, lyricsvideo, bgcolor, framesdirectory = '', livevideo FROM videos`)
		if want := "Live 200 1 0 200 0 #101010 1 1\nStudio 100 0 0 100 0 #101010 1 0"; got != want {
			t.Errorf("rows\n%s\nwant\n%s", got, want)
		}
	})
}
