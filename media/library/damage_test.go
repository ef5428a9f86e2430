package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// SQLite takes any value for any column, and no constraint guards the old files.
// Whatever lies in them, they open; every row can be read, delivered, changed and
// removed; and what is in memory afterwards is what the file says.
func TestAnyDamageIsTolerated(t *testing.T) {
	top, n := t.TempDir(), 0
	whole := filepath.Join(top, "whole")
	l := open(t, whole)
	writeWithEveryMethod(t, l)
	l.Close()
	columns := map[string][]string{}
	for _, file := range []string{"music.db", "tracker.db"} {
		for line := range strings.Lines(query(t, filepath.Join(whole, file), `SELECT m.name, c.name, c.pk FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'meta'`)) {
			var table, column, key string
			if _, err := fmt.Sscan(line, &table, &column, &key); err != nil {
				t.Fatal(err)
			}
			if key == "0" {
				columns[file] = append(columns[file], table+" "+column)
			}
		}
	}
	values := []string{"NULL", "''", "'text'", "'3 apples'", "x'00FF41'", "1e300", "-9.9e999", "9.9e999", "9223372036854775807", "-9223372036854775808", "0", "-1", "1.5", "1"}
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(top, fmt.Sprint(n))
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := walk{t: t}
		for _, file := range []string{"music.db", "tracker.db"} {
			of := columns[file]
			statements := []string{"PRAGMA synchronous = OFF", "BEGIN"}
			for range 1 + w.even(15, "damages") {
				table, column, _ := strings.Cut(of[w.even(len(of), "column")], " ")
				value := values[w.even(len(values), "value")]
				if w.even(2, "how") == 0 {
					statements = append(statements, "INSERT INTO "+table+" ("+column+") VALUES ("+value+")")
				} else {
					statements = append(statements, "UPDATE "+table+" SET "+column+" = "+value)
				}
			}
			query(t, filepath.Join(dir, file), strings.Join(append(statements, "COMMIT"), "; "))
		}
		l, err := library.Open(context.Background(), library.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := l.Unsynced(); err != nil {
			t.Fatal(err)
		}
		useEverything(t, l)
		fresh, err := l.Reload()
		if err != nil {
			t.Fatal(err)
		}
		sameCatalogue(t, l.Catalogue(), fresh)
		edit := func(do func(e *library.Edit) error) {
			if err := l.Edit(context.Background(), do); err != nil && !refusal(err) {
				t.Fatal(err)
			}
		}
		for _, a := range l.Catalogue().Albums() {
			edit(func(e *library.Edit) error { return errors.Join(e.Recount(a.ID), e.SuggestAlbumTags(a.ID)) })
		}
		for _, a := range l.Catalogue().Artists() {
			edit(func(e *library.Edit) error { return e.RemoveArtist(a.ID) })
		}
		for _, tag := range l.Catalogue().Tags() {
			edit(func(e *library.Edit) error { return e.RemoveTag(tag.ID) })
		}
		if fresh, err = l.Reload(); err != nil {
			t.Fatal(err)
		}
		sameCatalogue(t, l.Catalogue(), fresh)
		if len(fresh.Artists()) != 0 {
			t.Fatalf("%+v were not removed", fresh.Artists())
		}
	})
}

func refusal(err error) bool {
	var entry *library.EntryError
	return errors.As(err, &entry)
}

// useEverything reads and changes every row there is.
func useEverything(t *rapid.T, l *library.Library) {
	ctx := context.Background()
	c := l.Catalogue()
	deliver := func(v any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatalf("%+v: %v", v, err)
		}
	}
	change := func(do func(e *library.Edit) error) {
		if err := l.Edit(ctx, do); err != nil && !refusal(err) {
			t.Fatal(err)
		}
	}
	deliver(c.Tags(), nil)
	deliver(c.ArtistsByName(), nil)
	for s := range c.Songs() {
		deliver(s, nil)
		deliver(c.SongTags(s.ID), nil)
		deliver(l.Lyrics(ctx, s.ID))
		deliver(l.SongRelations(ctx, s.ID))
		s.Likes++
		change(func(e *library.Edit) error { return e.PutSong(s) })
		change(func(e *library.Edit) error { return e.Assign(library.SongTarget, s.ID, 2, 1, 1) })
	}
	for _, a := range c.Albums() {
		deliver(a, nil)
		deliver(c.AlbumTags(a.ID), nil)
		deliver(c.SongsOf(a.ID), nil)
		a.Hidden = 1 - a.Hidden
		change(func(e *library.Edit) error { return e.PutAlbum(a) })
	}
	for _, v := range c.Videos() {
		deliver(v, nil)
		deliver(c.VideoTags(v.ID), nil)
		deliver(l.VideoRelations(ctx, v.ID))
		v.Favorite = 1
		change(func(e *library.Edit) error { return e.PutVideo(v) })
	}
	for _, tag := range c.Tags() {
		color := "#123456"
		tag.Color = &color
		change(func(e *library.Edit) error { return e.PutTag(tag) })
		c.TagUse(tag.ID)
	}
}
