package library_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"
	"golang.org/x/sys/unix"

	"musicdb/media/library"
)

func edit(t testing.TB, l *library.Library, do func(e *library.Edit) error) {
	t.Helper()
	if err := l.Edit(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

func TestAnEditSeesWhatItHasDone(t *testing.T) {
	l := open(t, t.TempDir())
	before := l.Catalogue()
	edit(t, l, func(e *library.Edit) error {
		a, err := e.AddAlbum(album("Artist", 2001, "Album", 3))
		if err != nil {
			return err
		}
		if songs := e.Catalogue().SongsOf(a.ID); len(songs) != 3 {
			t.Errorf("%d songs in the edit", len(songs))
		}
		if l.Catalogue() != before {
			t.Error("others see an edit that is not over")
		}
		return e.RemoveSong(2)
	})
	a, _ := l.Catalogue().Album(1)
	if *a.NumOfSongs != 2 || len(l.Catalogue().SongsOf(1)) != 2 {
		t.Errorf("%+v", a)
	}
}

func TestAnEditThatFailsLeavesNothing(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	l := open(t, dir)
	edit(t, l, func(e *library.Edit) error { _, err := e.AddAlbum(album("Artist", 2001, "Album", 3)); return err })
	before, files := l.Catalogue(), contents(t, dir)
	mine := errors.New("mine")
	for what, c := range map[string]struct {
		do   func(e *library.Edit) error
		want error
	}{
		"an error of its own": {func(*library.Edit) error { return mine }, mine},
		"a refusal":           {func(e *library.Edit) error { return e.RemoveSong(99) }, library.ErrNotFound},
	} {
		err := l.Edit(ctx, func(e *library.Edit) error {
			if err := errors.Join(e.RemoveSong(1), e.RemoveAlbum(1), e.RemoveArtist(1)); err != nil {
				t.Error(err)
			}
			return c.do(e)
		})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	func() {
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, mine) {
				t.Error("the panic was lost")
			}
		}()
		_ = l.Edit(ctx, func(e *library.Edit) error {
			if err := e.RemoveArtist(1); err != nil {
				t.Error(err)
			}
			panic(mine)
		})
	}()
	if l.Catalogue() != before {
		t.Error("the catalogue has changed")
	}
	for file, content := range contents(t, dir) {
		if string(content) != string(files[file]) {
			t.Errorf("%s has changed", file)
		}
	}
	edit(t, l, func(e *library.Edit) error { return e.RemoveArtist(1) }) // and the next one succeeds
}

// When SQLite rolls back by itself, as on a full disk, that is one failure.
func TestAFailureThatRollsBackIsOneFailure(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	music := filepath.Join(dir, "music.db")
	run(t, music, `CREATE TRIGGER refuse BEFORE INSERT ON songs WHEN NEW.number = 2 BEGIN SELECT RAISE(ROLLBACK, 'disk on fire'); END`)
	err := l.Edit(context.Background(), func(e *library.Edit) error {
		if _, err := e.AddAlbum(album("Artist", 2001, "Album", 3)); err == nil {
			t.Error("the album was added")
		}
		_, err := e.AddArtist("Later", "Later") // would be a transaction of its own
		return err
	})
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("not one sentence: %v", err)
	}
	if got := query(t, music, "SELECT count(*) FROM artists"); got != "0" {
		t.Errorf("%s artists are left", got)
	}
}

// A full disk is not a matter of permissions.
func TestAFullDiskIsCalledThat(t *testing.T) {
	for cause, words := range map[error]string{
		unix.ENOSPC: "room", unix.EDQUOT: "room", unix.EROFS: "mount", unix.EACCES: "permission",
		sqlite3.Error{Code: sqlite3.ErrFull}: "room", sqlite3.Error{Code: sqlite3.ErrReadonly}: "permission",
	} {
		err := library.Failure("music.db", cause)
		if full := words == "room"; errors.Is(err, library.ErrFull) != full || errors.Is(err, library.ErrNotWritable) == full || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}

// A failure of the database cannot be overlooked, since half of a call may have
// been done.
func TestAFailedCallSpoilsTheEdit(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	edit(t, l, func(e *library.Edit) error { _, err := e.AddAlbum(album("Artist", 2001, "Album", 3)); return err })
	music := filepath.Join(dir, "music.db")
	run(t, music, `CREATE TRIGGER refuse BEFORE DELETE ON songs WHEN OLD.songid = 3 BEGIN SELECT RAISE(ABORT, 'disk on fire'); END`)
	err := l.Edit(context.Background(), func(e *library.Edit) error {
		if e.RemoveAlbum(1) == nil {
			t.Error("the album was removed")
		}
		return nil
	})
	var failed *library.FileError
	if !errors.As(err, &failed) || failed.File != music {
		t.Errorf("%v does not name %s", err, music)
	}
	if got := query(t, music, "SELECT count(*) FROM songs"); got != "3" || len(l.Catalogue().SongsOf(1)) != 3 {
		t.Errorf("%s songs are left", got)
	}
}
