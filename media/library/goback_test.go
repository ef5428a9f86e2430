package library_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// writeWithEveryMethod leaves rows of every kind behind, and removes some.
func writeWithEveryMethod(t *testing.T, l *library.Library) {
	t.Helper()
	ctx := context.Background()
	n := album("Björk", 1995, "Post", 3)
	n.Songs[0].Lyrics, n.Songs[1].LiveRecording, n.Songs[2].BadAudio, n.Hidden = "You'll be given love", true, true, true
	first, err := l.AddAlbum(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	songs := l.Catalogue().SongsOf(first.ID)
	one, two, three := songs[0].ID, songs[1].ID, songs[2].ID
	var video library.Video
	edit(t, l, func(e *library.Edit) error {
		artist, err := e.AddArtist("Goldfrapp", "Goldfrapp")
		if err != nil {
			return err
		}
		if video, err = e.AddVideo(library.NewVideo{ArtistID: artist.ID, Name: "Utopia", Path: "Goldfrapp/2000 - Utopia.m4v", Playtime: 240, Codec: "h264"}); err != nil {
			return err
		}
		other, err := e.AddVideo(library.NewVideo{ArtistID: artist.ID, Name: "Human", Path: "Goldfrapp/2000 - Human.m4v", LyricsVideo: true})
		if err != nil {
			return err
		}
		red, icon, kind, x := "#FF0000", "☺", library.IconUnicode, int64(4)
		genre, err := e.AddTag(library.Tag{Name: "Trip Hop", Class: library.ClassGenre, PosX: &x})
		if err != nil {
			return err
		}
		sub, err := e.AddTag(library.Tag{Name: "Bristol", Class: library.ClassSubgenre, ParentID: &genre.ID})
		if err != nil {
			return err
		}
		mood, err := e.AddTag(library.Tag{Name: "Calm", Class: library.ClassMood, Icon: &icon, IconType: &kind, Color: &red, PosX: &x, PosY: &x})
		if err != nil {
			return err
		}
		mood.Name, video.AlbumID, video.Favorite, artist.Name = "Quiet", &first.ID, -1, "GOLDFRAPP"
		text, first, song := "It's oh so quiet", first, songs[1]
		first.Origin, song.Disabled, song.Likes = nil, 1, -2
		return errors.Join(e.PutTag(mood), e.PutVideo(video), e.PutArtist(artist), e.PutAlbum(first), e.PutSong(song), e.Recount(first.ID),
			e.Assign(library.SongTarget, one, genre.ID, library.ApprovalConfirmed, 0), e.Assign(library.SongTarget, two, sub.ID, library.ApprovalGuessed, 0.5),
			e.Assign(library.VideoTarget, video.ID, mood.ID, library.ApprovalTraining, 0), e.Assign(library.SongTarget, three, genre.ID, 1, 1),
			e.SuggestAlbumTags(first.ID), e.SetLyrics(two, &text, library.LyricsFromUser), e.SetLyrics(three, &text, library.LyricsFromUser),
			e.Unassign(library.SongTarget, two, mood.ID), e.RemoveVideo(other.ID))
	})
	at := time.Unix(1700000000, 0)
	if err := errors.Join(l.SetAlbumArtwork(ctx, first.ID, "Björk - Post.jpg"), l.SetLastPlayed(ctx, one, at), l.SetVideoLastPlayed(ctx, video.ID, at),
		l.AddPlay(ctx, one, at, true), l.AddPlay(ctx, three, at, false), l.AddVideoPlay(ctx, video.ID, at, false), l.AddSongRelation(ctx, two, one),
		l.AddSongRelation(ctx, two, three), l.AddSongRelation(ctx, one, three), l.CutSongRelation(ctx, one, three),
		l.SaveStreamPosition(ctx, library.StreamPosition{EntryID: "1"}), l.SetFirstScan(ctx, "done")); err != nil {
		t.Fatal(err)
	}
	edit(t, l, func(e *library.Edit) error {
		gone, err := e.AddAlbum(album("Gone", 2000, "Gone", 2))
		return errors.Join(err, e.RemoveSong(three), e.RemoveArtist(gone.ArtistID))
	})
}

// Whoever goes back to the old server finds files that it could have written:
// nothing else in the schema, the versions it expects, the types it documents.
func TestOneCanGoBackToTheOldServer(t *testing.T) {
	for _, from := range []string{"new files", "files of the old server"} {
		t.Run(from, func(t *testing.T) {
			dir := t.TempDir()
			if from != "new files" {
				unpack(t, dir)
			}
			open(t, dir).Close()
			music, tracker := filepath.Join(dir, "music.db"), filepath.Join(dir, "tracker.db")
			const schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
			before := query(t, music, schema) + query(t, tracker, schema)
			l := open(t, dir)
			writeWithEveryMethod(t, l)
			l.Close()
			if after := query(t, music, schema) + query(t, tracker, schema); after != before {
				t.Errorf("schema\n%s\nbefore\n%s", after, before)
			}
			if got := query(t, music, "SELECT key, value FROM meta") + query(t, tracker, "SELECT key, value FROM meta"); got != "version 5version 4" {
				t.Errorf("versions %q", got)
			}
			for _, file := range []string{music, tracker} {
				plainFile(t, file)
				documentedTypes(t, file)
			}
			if orphans := orphansIn(t, dir); orphans != "" && from == "new files" {
				t.Errorf("rows without what they belong to:%s", orphans)
			}
		})
	}
}

func plainFile(t *testing.T, file string) {
	t.Helper()
	if got := query(t, file, "SELECT type, name FROM sqlite_master WHERE type <> 'table'"); got != "" {
		t.Errorf("%s holds %s", file, got)
	}
	for pragma, want := range map[string]string{
		"journal_mode": "delete", "user_version": "0", "application_id": "0", "auto_vacuum": "0", "encoding": "UTF-8", "integrity_check": "ok",
	} {
		if got := query(t, file, "PRAGMA "+pragma); got != want {
			t.Errorf("%s: %s is %q, want %q", file, pragma, got, want)
		}
	}
	if left, _ := filepath.Glob(file + "-*"); left != nil {
		t.Errorf("beside %s lies %v", file, left)
	}
}

// documentedTypes demands of every value the type of its column, and NULL only
// where the documentation has it.
func documentedTypes(t *testing.T, file string) {
	t.Helper()
	nullable := " videos.songid videos.albumid albums.origin tags.parentid tags.icontype tags.icon tags.color tags.posx tags.posy "
	flags := " albums.hidden songs.disabled songs.liverecording songs.badaudio videos.disabled videos.liverecording videos.badaudio videos.lyricsvideo playedsongs.random playedvideos.random "
	columns := 0
	for line := range strings.Lines(query(t, file, `SELECT m.name, c.name, lower(c.type) FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`)) {
		var table, column, is string
		if n, _ := fmt.Sscan(line, &table, &column, &is); n != 3 {
			t.Fatalf("%q", line)
		}
		columns++
		name := table + "." + column
		allowed := "'" + is + "'"
		if strings.Contains(nullable, " "+name+" ") {
			allowed += ", 'null'"
		}
		if got := query(t, file, "SELECT DISTINCT typeof("+column+") FROM "+table+" WHERE typeof("+column+") NOT IN ("+allowed+")"); got != "" {
			t.Errorf("%s holds %s, want %s", name, got, allowed)
		}
		if got := query(t, file, "SELECT DISTINCT "+column+" FROM "+table+" WHERE "+column+" NOT IN (0, 1)"); got != "" && strings.Contains(flags, " "+name+" ") {
			t.Errorf("%s is %s, want 0 or 1", name, got)
		}
	}
	if columns < 17 {
		t.Errorf("%s: only %d columns were looked at", file, columns)
	}
}

// What is typed here is the documentation, read as SQL.
func TestWhatIsWrittenIsWhatIsDocumented(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	writeWithEveryMethod(t, l)
	music, tracker := filepath.Join(dir, "music.db"), filepath.Join(dir, "tracker.db")
	for _, c := range []struct{ file, statement, want string }{
		{music, "SELECT * FROM artists", "1 Björk Björk\n2 GOLDFRAPP Goldfrapp"},
		{music, "SELECT * FROM albums", "1 1 Post Björk/1995 - Post 2 1 - 1995 Björk - Post.jpg #101010 #F0F0F0 #909090 1577847600 1"},
		{music, "SELECT songid, number, disabled, likes, lyricsstate, lastplayed, liverecording, badaudio FROM songs", "1 1 0 0 1 1700000000 0 0\n2 2 1 -2 3 0 1 0"},
		{music, "SELECT * FROM lyrics", "1 You'll be given love\n2 It's oh so quiet"},
		{music, "SELECT * FROM tags", "1 Other 1 - - - - 0 -\n2 Trip Hop 1 - - - - 4 -\n3 Bristol 2 2 - - - - -\n4 Quiet 3 - 1 ☺ #FF0000 4 4"},
		{music, "SELECT * FROM songtags", "1 1 2 1 1\n2 2 3 0.5 0"},
		{music, "SELECT albumid, tagid, round(confidence, 3), approval FROM albumtags", "1 2 0.667 0"},
		{music, "SELECT * FROM videotags", "1 1 4 1 2"},
		{music, "SELECT videoid, songid, albumid, artistid, name, playtime, codec, favorite, lastplayed, framesdirectory = '', bgcolor, vbegin, vend FROM videos",
			"1 - 1 2 Utopia 240 h264 -1 1700000000 1 #101010 0 240"},
		{tracker, "SELECT songida, songidb, weight FROM songrelations", "1 2 1"},
		{tracker, "SELECT songid, timestamp, random FROM playedsongs", "1 1700000000 1"},
		{tracker, "SELECT videoid, timestamp, random FROM playedvideos", "1 1700000000 0"},
	} {
		if got := query(t, c.file, c.statement); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.statement, got, c.want)
		}
	}
	// The highest ids are gone from the tables, but are never given again.
	edit(t, l, func(e *library.Edit) error {
		a, err := e.AddAlbum(album("Next", 2001, "Next", 1))
		if err != nil {
			return err
		}
		v, err := e.AddVideo(library.NewVideo{ArtistID: a.ArtistID, Name: "Next", Path: "Next/2001 - Next.m4v"})
		if s := e.Catalogue().SongsOf(a.ID)[0]; a.ID != 3 || a.ArtistID != 4 || s.ID != 6 || v.ID != 3 {
			t.Errorf("album %d, artist %d, song %d, video %d; want 3, 4, 6, 3", a.ID, a.ArtistID, s.ID, v.ID)
		}
		return err
	})
}
