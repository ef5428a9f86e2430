package library_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// What MusicDB 6 has left behind, typed after the documented history.
var musicOfVersion4 = []string{
	`CREATE TABLE meta (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, value TEXT DEFAULT '')`,
	`INSERT INTO meta (key, value) VALUES ('version', 4)`,
	`CREATE TABLE artists (artistid INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, path TEXT)`,
	`CREATE TABLE albums (albumid INTEGER PRIMARY KEY AUTOINCREMENT, artistid INTEGER, name TEXT, path TEXT, numofsongs INTEGER,
		numofcds INTEGER, origin TEXT, release INTEGER, artworkpath TEXT DEFAULT 'default.jpg', bgcolor TEXT DEFAULT '#101010',
		fgcolor TEXT DEFAULT '#F0F0F0', hlcolor TEXT DEFAULT '#909090', added INTEGER DEFAULT 0)`,
	`CREATE TABLE songs (songid INTEGER PRIMARY KEY AUTOINCREMENT, albumid INTEGER, artistid INTEGER, name TEXT, path TEXT,
		number INTEGER, cd INTEGER, disabled INTEGER, playtime INTEGER, bitrate INTEGER, likes INTEGER DEFAULT 0,
		dislikes INTEGER DEFAULT 0, favorite INTEGER DEFAULT 0, lyricsstate INTEGER DEFAULT 0, checksum TEXT DEFAULT "",
		lastplayed INTEGER DEFAULT 0)`,
	`CREATE TABLE lyrics (songid INTEGER, lyrics TEXT)`,
	`CREATE TABLE tags (tagid INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, class INTEGER, parentid INTEGER DEFAULT NULL,
		icontype INTEGER DEFAULT NULL, icon TEXT DEFAULT NULL, color TEXT DEFAULT NULL, posx INTEGER DEFAULT NULL, posy INTEGER DEFAULT NULL)`,
	`CREATE TABLE albumtags (entryid INTEGER PRIMARY KEY AUTOINCREMENT, albumid INTEGER, tagid INTEGER, confidence REAL DEFAULT 1.0, approval INTEGER DEFAULT 1)`,
	`CREATE TABLE songtags (entryid INTEGER PRIMARY KEY AUTOINCREMENT, songid INTEGER, tagid INTEGER, confidence REAL DEFAULT 1.0, approval INTEGER DEFAULT 1)`,
	`INSERT INTO artists (name, path) VALUES ('Rammstein', 'Rammstein')`,
	`INSERT INTO albums (artistid, name, path, numofsongs, numofcds, origin, release, added) VALUES (1, 'Mutter', 'Rammstein/2001 - Mutter', 2, 1, 'CD', 2001, 1234)`,
	`INSERT INTO songs (songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, likes, favorite, lyricsstate, checksum, lastplayed)
		VALUES (7, 1, 1, 'Mein Herz brennt', 'Rammstein/2001 - Mutter/01 Mein Herz brennt.mp3', 1, 1, 0, 279, 320000, 3, 1, 1, 'ab', 99),
		(9, 1, 1, 'Links 2 3 4', 'Rammstein/2001 - Mutter/02 Links 2 3 4.mp3', 2, 1, NULL, 216, 320000, 0, -1, 0, '', 0)`,
	`INSERT INTO songs (songid) VALUES (40)`,
	`DELETE FROM songs WHERE songid = 40`,
	`INSERT INTO lyrics VALUES (7, 'Nun liebe Kinder')`,
	`INSERT INTO tags (name, class) VALUES ('Metal', 1)`,
	`INSERT INTO songtags (songid, tagid) VALUES (7, 1)`,
}

// Before MusicDB 6 songs had these columns in between.
var songsWithOldColumns = []string{
	`ALTER TABLE songs RENAME TO s`,
	`CREATE TABLE songs (songid INTEGER PRIMARY KEY AUTOINCREMENT, albumid INTEGER, artistid INTEGER, name TEXT, path TEXT,
		number INTEGER, cd INTEGER, disabled INTEGER, playtime INTEGER, bitrate INTEGER, likes INTEGER DEFAULT 0,
		dislikes INTEGER DEFAULT 0, qskips INTEGER DEFAULT 0, qadds INTEGER DEFAULT 0, qremoves INTEGER DEFAULT 0,
		favorite INTEGER DEFAULT 0, qrndadds INTEGER DEFAULT 0, lyricsstate INTEGER DEFAULT 0, checksum TEXT DEFAULT "",
		lastplayed INTEGER DEFAULT 0)`,
	`INSERT INTO songs (songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, likes, dislikes, favorite, lyricsstate,
		checksum, lastplayed, qadds) SELECT songid, albumid, artistid, name, path, number, cd, disabled, playtime, bitrate, likes, dislikes,
		favorite, lyricsstate, checksum, lastplayed, 55 FROM s`,
	`UPDATE sqlite_sequence SET seq = 40 WHERE name = 'songs'`,
	`DROP TABLE s`,
}

var trackerOfVersion2 = []string{
	`CREATE TABLE meta (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT, value TEXT DEFAULT '')`,
	`INSERT INTO meta (key, value) VALUES ('version', 2)`,
	`CREATE TABLE songrelations (id INTEGER PRIMARY KEY AUTOINCREMENT, songida INTEGER, songidb INTEGER, weight INTEGER DEFAULT 1)`,
	`CREATE TABLE artistrelations (id INTEGER PRIMARY KEY AUTOINCREMENT, artistida INTEGER, artistidb INTEGER, weight INTEGER DEFAULT 1)`,
	`INSERT INTO songrelations (songida, songidb, weight) VALUES (7, 9, 5)`,
	`INSERT INTO artistrelations (artistida, artistidb) VALUES (1, 2)`,
}

var trackerOfVersion3 = append(trackerOfVersion2[:len(trackerOfVersion2):len(trackerOfVersion2)],
	`UPDATE meta SET value = 3`,
	`CREATE TABLE videorelations (id INTEGER PRIMARY KEY AUTOINCREMENT, videoida INTEGER, videoidb INTEGER, weight INTEGER DEFAULT 1)`,
	`INSERT INTO videorelations (videoida, videoidb) VALUES (1, 2)`)

func joined(statements ...[]string) (all []string) {
	for _, s := range statements {
		all = append(all, s...)
	}
	return all
}

func TestOldVersionsAreUpgraded(t *testing.T) {
	fresh := t.TempDir()
	open(t, fresh)
	for name, c := range map[string]struct{ music, tracker []string }{
		"music 4, tracker 2":                          {musicOfVersion4, trackerOfVersion2},
		"music 4 with old columns, tracker 3":         {joined(musicOfVersion4, songsWithOldColumns), trackerOfVersion3},
		"music 4, half upgraded by the old server":    {joined(musicOfVersion4, []string{videosOfVersion4, `ALTER TABLE songs ADD COLUMN badaudio INTEGER DEFAULT 0`}), trackerOfVersion2},
		"music 4, half upgraded with a video already": {joined(musicOfVersion4, []string{videosOfVersion4, `INSERT INTO videos (artistid, name, livevideo) VALUES (1, 'Sonne', 1)`}), trackerOfVersion3},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			music, tracker := filepath.Join(dir, "music.db"), filepath.Join(dir, "tracker.db")
			run(t, music, c.music...)
			run(t, tracker, c.tracker...)
			before := map[string]string{music: dump(t, music), tracker: dump(t, tracker)}
			at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
			l, err := library.Open(context.Background(), library.Options{Dir: dir, Now: func() time.Time { return at }})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for _, file := range []string{music, tracker} {
				if got := dump(t, file+".2026-03-04T05:06.bak"); got != before[file] {
					t.Errorf("the backup holds\n%s\nwant\n%s", got, before[file])
				}
			}
			if got, want := describe(t, music), describe(t, filepath.Join(fresh, "music.db")); sortedTables(got) != sortedTables(want) {
				t.Errorf("schema\n%s\nwant\n%s", got, want)
			}
			run(t, tracker, "DROP TABLE artistrelations") // is left alone
			if got, want := describe(t, tracker), describe(t, filepath.Join(fresh, "tracker.db")); sortedTables(got) != sortedTables(want) {
				t.Errorf("schema\n%s\nwant\n%s", got, want)
			}
			if got := query(t, music, "SELECT value, typeof(value) FROM meta") + query(t, tracker, "SELECT value, typeof(value) FROM meta"); got != "5 text4 text" {
				t.Errorf("versions %q", got)
			}
			checkUpgraded(t, l, music)
			if left, _ := filepath.Glob(filepath.Join(dir, "*.backup*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func checkUpgraded(t *testing.T, l *library.Library, music string) {
	t.Helper()
	c := l.Catalogue()
	s, _ := c.Song(7)
	if want := (library.Song{ID: 7, AlbumID: 1, ArtistID: 1, Name: "Mein Herz brennt", Path: "Rammstein/2001 - Mutter/01 Mein Herz brennt.mp3",
		Number: 1, CD: 1, Playtime: 279, Bitrate: 320000, Likes: 3, Favorite: 1, LyricsState: 1, Checksum: "ab", LastPlayed: 99}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if len(c.SongsOf(1)) != 2 || len(c.SongTags(7)) != 1 {
		t.Error("a row is missing")
	}
	if got := query(t, music, "SELECT disabled IS NULL, liverecording, badaudio FROM songs WHERE songid = 9"); got != "1 0 0" {
		t.Errorf("song 9: %s", got)
	}
	if relations, err := l.SongRelations(context.Background(), 9); err != nil || !reflect.DeepEqual(relations, []library.Relation{{ID: 7, Weight: 5}}) {
		t.Errorf("%v %v", relations, err)
	}
	for _, v := range c.Videos() {
		if v.Name != "Sonne" || v.LiveRecording != 1 || v.BgColor != library.DefaultBgColor {
			t.Errorf("%+v", v)
		}
	}
	edit(t, l, func(e *library.Edit) error {
		s, err := e.AddSong(1, library.NewSong{Name: "Sonne", Path: "Rammstein/2001 - Mutter/03 Sonne.mp3"})
		if s.ID != 41 {
			t.Errorf("the next song is %d, want 41", s.ID)
		}
		if err != nil {
			return err
		}
		_, err = e.AddVideo(library.NewVideo{ArtistID: 1, Name: "Mutter", Path: "Rammstein/2002 - Mutter.m4v"})
		return err
	})
}

// dump writes all tables with all rows.
func dump(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	for table := range strings.Lines(query(t, path, "SELECT name FROM sqlite_master ORDER BY rowid")) {
		b.WriteString(table + query(t, path, "SELECT * FROM "+table) + "\n")
	}
	return b.String() + query(t, path, "SELECT sql FROM sqlite_master ORDER BY rowid")
}

// sortedTables orders what describe returns by table.
func sortedTables(described string) string {
	var tables []string
	for line := range strings.Lines(described) {
		if !strings.HasPrefix(line, " ") {
			tables = append(tables, "")
		}
		tables[len(tables)-1] += line
	}
	return strings.Join(sorted(tables), "")
}

func TestABackupIsNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	music := filepath.Join(dir, "music.db")
	run(t, music, musicOfVersion4...)
	at := time.Date(2026, 12, 31, 23, 59, 59, 0, time.Local)
	for _, taken := range []string{".2026-12-31T23:59.bak", ".2026-12-31T23:59-2.bak"} {
		if err := os.WriteFile(music+taken, []byte(taken), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := library.Open(context.Background(), library.Options{Dir: dir, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, taken := range []string{".2026-12-31T23:59.bak", ".2026-12-31T23:59-2.bak"} {
		if content, _ := os.ReadFile(music + taken); string(content) != taken {
			t.Errorf("%s was overwritten", taken)
		}
	}
	if got := query(t, music+".2026-12-31T23:59-3.bak", "SELECT value FROM meta"); got != "4" {
		t.Errorf("the third backup has version %q", got)
	}
}

func TestWhatIsRefusedIsNotChanged(t *testing.T) {
	for name, c := range map[string]struct{ music, tracker string }{
		"newer music":                     {"6", "4"},
		"newer tracker, upgradable music": {"4", "5"},
		"older tracker, upgradable music": {"4", "1"},
		"older music":                     {"3", "4"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			run(t, filepath.Join(dir, "music.db"), append(musicOfVersion4[:len(musicOfVersion4):len(musicOfVersion4)], "UPDATE meta SET value = "+c.music)...)
			run(t, filepath.Join(dir, "tracker.db"), append(trackerOfVersion2[:len(trackerOfVersion2):len(trackerOfVersion2)], "UPDATE meta SET value = "+c.tracker)...)
			before := contents(t, dir)
			refused(t, dir, library.ErrVersion)
			for file, content := range contents(t, dir) {
				if string(content) != string(before[file]) {
					t.Errorf("%s has changed", file)
				}
			}
			if backups, _ := filepath.Glob(filepath.Join(dir, "*.bak")); backups != nil {
				t.Errorf("backups %v of what was not upgraded", backups)
			}
		})
	}
}

// A version 4 that lacks what it must have is left as it is.
func TestAnUpgradeThatCannotSucceedChangesNothing(t *testing.T) {
	dir := t.TempDir()
	music := filepath.Join(dir, "music.db")
	run(t, music, append(musicOfVersion4[:len(musicOfVersion4):len(musicOfVersion4)], "DROP TABLE albumtags")...)
	before := dump(t, music)
	refused(t, dir, library.ErrSchema, "albumtags", "restore a backup")
	if got := dump(t, music); got != before {
		t.Errorf("now\n%s\nbefore\n%s", got, before)
	}
}
