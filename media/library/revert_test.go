package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// wholeOf is everything that the two old files hold, but for the counters of ids.
func wholeOf(t failer, dir string) string {
	text := ""
	for _, table := range []string{"artists", "albums", "songs", "videos", "lyrics", "tags", "albumtags", "songtags", "videotags"} {
		text += table + "\n" + query(t, filepath.Join(dir, "music.db"), "SELECT * FROM "+table+" ORDER BY 1, 2") + "\n"
	}
	for _, table := range []string{"songrelations", "videorelations", "playedsongs", "playedvideos"} {
		text += table + "\n" + query(t, filepath.Join(dir, "tracker.db"), "SELECT * FROM "+table+" ORDER BY 1") + "\n"
	}
	return text
}

// furnished is a library with rows of every kind that can be removed with others.
func furnished(t *testing.T) (string, *library.Library) {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	err := l.Edit(ctx, func(e *library.Edit) error {
		for i := range 3 {
			n := album(fmt.Sprintf("Artist %d", i%2), 1990+i, fmt.Sprintf("Album %d", i), 3)
			n.Songs[0].Lyrics = fmt.Sprintf("la la %d", i)
			if _, err := e.AddAlbum(n); err != nil {
				return err
			}
		}
		for i := range 2 {
			if _, err := e.AddVideo(library.NewVideo{ArtistID: int64(i + 1), Name: "V", Path: fmt.Sprintf("Artist %d/2000 - V.mp4", i), Playtime: 60}); err != nil {
				return err
			}
		}
		mood, err := e.AddTag(library.Tag{Name: "calm", Class: library.ClassMood})
		if err != nil {
			return err
		}
		for id := range int64(9) {
			if err := e.Assign(library.SongTarget, id+1, 1+id%mood.ID, library.ApprovalGuessed, 0.25*float64(id%5)); err != nil {
				return err
			}
		}
		return errors.Join(e.Assign(library.AlbumTarget, 1, 1, library.ApprovalConfirmed, 1), e.Assign(library.VideoTarget, 1, 1, library.ApprovalTraining, 1))
	})
	for id := range int64(9) {
		err = errors.Join(err, l.AddPlay(ctx, id+1, time.Unix(1_700_000_000+id, 0), id%2 == 0), l.AddSongRelation(ctx, id+1, 1+(id+1)%9))
	}
	if err = errors.Join(err, l.AddVideoPlay(ctx, 1, time.Unix(1_700_000_000, 0), false), l.AddVideoRelation(ctx, 1, 2)); err != nil {
		t.Fatal(err)
	}
	return dir, l
}

// odd are the lines that only one of two texts has.
func odd(was, is string) string {
	count := map[string]int{}
	for line := range strings.Lines(was) {
		count[line]--
	}
	for line := range strings.Lines(is) {
		count[line]++
	}
	text := ""
	for line, n := range count {
		if n != 0 {
			text += fmt.Sprintf("%+d %s", n, line)
		}
	}
	return text
}

// change makes a random change of rows that are there.
func change(t *rapid.T, e *library.Edit, step int) error {
	c := e.Catalogue()
	switch rapid.IntRange(0, 8).Draw(t, "change") {
	case 0:
		_, err := e.AddAlbum(album(fmt.Sprintf("Artist %d", rapid.IntRange(0, 3).Draw(t, "artist")), 2010+step, "New", 2))
		return err
	case 1:
		for _, a := range c.Albums() {
			_, err := e.AddSong(a.ID, library.NewSong{Name: "more", Path: fmt.Sprintf("%s/9%d more.mp3", a.Path, step), Lyrics: "new"})
			return errors.Join(err, e.Recount(a.ID))
		}
	case 2:
		for s := range c.Songs() {
			if rapid.Bool().Draw(t, "this") {
				return e.RemoveSong(s.ID)
			}
		}
	case 3:
		for _, a := range c.Albums() {
			if rapid.Bool().Draw(t, "this") {
				return e.RemoveAlbum(a.ID)
			}
		}
	case 4:
		for _, a := range c.Artists() {
			if rapid.Bool().Draw(t, "this") {
				return e.RemoveArtist(a.ID)
			}
		}
	case 5:
		for _, v := range c.Videos() {
			if rapid.Bool().Draw(t, "this") {
				return e.RemoveVideo(v.ID)
			}
		}
	case 6:
		for s := range c.Songs() {
			if rapid.Bool().Draw(t, "this") {
				s.Name, s.Path, s.Likes = s.Name+"!", s.Path+"!", s.Likes+1
				return e.PutSong(s)
			}
		}
	case 7:
		for _, a := range c.Albums() {
			if rapid.Bool().Draw(t, "this") {
				year := int64(1900 + step)
				a.Release, a.Path = &year, a.Path+"?"
				return e.PutAlbum(a)
			}
		}
	case 8:
		for s := range c.Songs() {
			if rapid.Bool().Draw(t, "this") {
				return errors.Join(e.Unassign(library.SongTarget, s.ID, 1), e.Assign(library.SongTarget, s.ID, 2, library.ApprovalConfirmed, 1))
			}
		}
	}
	return nil
}

func TestEveryEditCanBeTakenBack(t *testing.T) {
	dir, l := furnished(t)
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		was, before := wholeOf(t, dir), l.Catalogue()
		var changes []library.RowChange
		err := l.Edit(ctx, func(e *library.Edit) error {
			for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
				if err := change(t, e, step); err != nil {
					return err
				}
			}
			var err error
			changes, err = e.Changes()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(changes)
		changes = nil
		if err := errors.Join(err, json.Unmarshal(raw, &changes)); err != nil {
			t.Fatal(err)
		}
		if !l.Catalogue().Made(changes) || len(changes) > 0 && before.Made(changes) {
			t.Fatalf("what was committed and what was not cannot be told apart by %s", raw)
		}
		if err := l.Edit(ctx, func(e *library.Edit) error { return e.Revert(changes, false) }); err != nil {
			t.Fatal(err)
		}
		if is := wholeOf(t, dir); is != was {
			t.Fatalf("not taken back by %s:\n%s", raw, odd(was, is))
		}
		sameCatalogue(t, l.Catalogue(), before)
	})
}
