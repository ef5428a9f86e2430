package maintenance

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/library"
)

// killed makes a home in which a move was killed after the renaming, before the
// rows have followed.
func killed(t *testing.T, m move) (dir string) {
	t.Helper()
	dir = t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	if err := errors.Join(h.note(m), h.music.Rename(m.Old, m.New)); err != nil {
		t.Fatal(err)
	}
	h.leave()
	return dir
}

// Where the disk with the music is not mounted at the next start, neither name is
// there. That decides nothing: the move is brought to an end when it is.
func TestAnInterruptedRenamingWaitsForTheMusic(t *testing.T) {
	for _, m := range []move{
		{Old: "Ann", New: "Änn. 2"},
		{Old: "Ann/2000 - One", New: "Ann/2010 - Ten"},
		{Old: "Ann/2000 - One/01 First.mp3", New: "Ann/2000 - One/07 Seventh.mp3"},
	} {
		dir := killed(t, m)
		music, away := filepath.Join(dir, "music"), filepath.Join(dir, "not mounted")
		if err := errors.Join(os.Rename(music, away), os.Mkdir(music, 0o755)); err != nil {
			t.Fatal(err)
		}
		h := moveIn(t, dir)
		rows := h.rows()
		if h.broken == nil || !mentions(h.lib.Catalogue(), m.Old) {
			t.Errorf("%v: it is said to be at its end; rows\n%s", m, rows)
		}
		err := h.RenameArtistDirectory(t.Context(), "Bob", "Rob")
		if err == nil || !strings.Contains(err.Error(), "mounted") || !strings.Contains(err.Error(), m.New) {
			t.Errorf("another renaming: %v", err)
		}
		h.leave()
		if err := errors.Join(os.Remove(music), os.Rename(away, music)); err != nil {
			t.Fatal(err)
		}
		h = moveIn(t, dir)
		h.consistent()
		if mentions(h.lib.Catalogue(), m.Old) || !mentions(h.lib.Catalogue(), m.New) {
			t.Errorf("%v: the rows have not followed\n%s", m, h.rows())
		}
		h.leave()
	}
}

// What was deleted after the interruption does not come back. Its rows can be
// updated or removed, and then nothing is in the way of other changes any more.
func TestWhatWasDeletedAfterAnInterruptionIsGivenUpWithItsRows(t *testing.T) {
	m := move{Old: "Ann/2000 - One", New: "Ann/2010 - Ten"}
	rename := func(h *home) error {
		return h.RenameMusicFile(t.Context(), "Bob/2000 - Three/01 Alone.mp3", "Bob/2000 - Three/09 Alone.mp3")
	}
	for name, repair := range map[string]func(h *home) error{
		"removed": func(h *home) error {
			return h.lib.Edit(t.Context(), func(e *library.Edit) error { return e.RemoveAlbum(1) })
		},
		"updated": func(h *home) error {
			music := filepath.Join(h.dir, "music")
			if err := os.CopyFS(filepath.Join(music, "Bob/1990 - Elsewhere"), os.DirFS(filepath.Join(music, "away"))); err != nil {
				return err
			}
			return h.UpdateAlbum(t.Context(), 1, "Bob/1990 - Elsewhere")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := killed(t, m)
			if err := os.Rename(filepath.Join(dir, "music", m.New), filepath.Join(dir, "music/away")); err != nil {
				t.Fatal(err)
			}
			h := moveIn(t, dir)
			defer h.leave()
			if err := rename(h); err == nil {
				t.Error("another renaming forgot the first")
			}
			if err := repair(h); err != nil {
				t.Fatal(err)
			}
			if err := rename(h); err != nil {
				t.Error(err)
			}
			h.consistent()
		})
	}
}

// A note that cannot be one of ours, or says more than this version knows, is
// acted on by nobody, kept for the administrator, and in nobody's way.
func TestAStrangeNoteIsSetAside(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	before := pathsOf(h)
	h.leave()
	note := filepath.Join(dir, "data", noteFile)
	for _, text := range []string{
		"", "{", "null", "[]", "{}", "\x00\x00\x00", `"Ann"`, strings.Repeat("[", 20_000),
		`{"old":"Ann"}`, `{"new":"Ann"}`, `{"old":"Ann","new":"Ann"}`,
		`{"old":"Ann","new":"../Ann"}`, `{"old":"../data","new":"data"}`, `{"old":"Ann","new":"/tmp/Ann"}`, `{"old":"Ann","new":"Bob/Ann"}`,
		`{"old":"Ann","new":"out"} {}`, `{"old":"Ann/2000 - One/01 First.mp3","new":"Bob/2000 - Three/01 First.mp3"}`,
		`{"old":"Ann","new":"Dan","copy":true}`, `{"version":2,"old":"Ann","new":"Dan"}`, `{"old":"Ann","new":7}`,
		`{"old":"Ann","new":"Dan","newartist":true}`,
	} {
		if err := os.WriteFile(note, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h := moveIn(t, dir)
		if after := pathsOf(h); !slices.Equal(before, after) {
			t.Fatalf("%.60q changed something:\n%q\n%q", text, before, after)
		}
		if kept, err := os.ReadFile(note + ".damaged"); err != nil || string(kept) != text {
			t.Errorf("%.60q was not kept: %.60q (%v)", text, kept, err)
		}
		if err := errors.Join(h.RenameArtistDirectory(t.Context(), "Bob", "Rob"), h.RenameArtistDirectory(t.Context(), "Rob", "Bob")); err != nil {
			t.Errorf("%.60q is in the way: %v", text, err)
		}
		h.consistent()
		h.leave()
	}
}

// A note that outlived its move, because it could not be removed, turns nothing
// around when the names are used anew.
func TestAnOldNoteTurnsNothingAround(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	if err := errors.Join(h.note(move{Old: "Bob", New: "Ann"}), os.RemoveAll(filepath.Join(dir, "music/Bob"))); err != nil {
		t.Fatal(err)
	}
	before := pathsOf(h)
	h.leave()
	h = moveIn(t, dir)
	defer h.leave()
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
	if err := h.RenameMusicFile(t.Context(), "Ann/1999 - Clip.mp4", "Ann/1998 - Clip.mp4"); err != nil {
		t.Error(err)
	}
}

// Rows of something else below the new name, whose files are lost, do not keep
// the rows from following.
func TestRowsFollowBesideLostOnes(t *testing.T) {
	dir := killed(t, move{Old: "Ann", New: "Änn. 2"})
	h := moveIn(t, dir)
	defer h.leave()
	h.consistent()
	again := move{Old: "Änn. 2", New: "Ann"}
	err := h.lib.Edit(t.Context(), func(e *library.Edit) error {
		_, err := e.AddVideo(library.NewVideo{ArtistID: 2, Name: "Lost", Path: "Ann/1990 - Lost.mp4"})
		return err
	})
	if err := errors.Join(err, h.note(again), h.music.Rename(again.Old, again.New), h.heal(t.Context(), again)); err != nil {
		t.Fatal(err)
	}
	if mentions(h.lib.Catalogue(), again.Old) {
		t.Errorf("the rows have not followed:\n%s", h.rows())
	}
}

// Two names of one file that have a row each are both kept.
func TestTwoNamesWithARowEachAreKept(t *testing.T) {
	h := newHome(t)
	m := move{Old: "Ann/2000 - One/01 First.mp3", New: "Ann/2000 - One/09 Ninth.mp3"}
	if err := os.Link(filepath.Join(h.dir, "music", m.Old), filepath.Join(h.dir, "music", m.New)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.CreateSong(t.Context(), m.New); err != nil {
		t.Fatal(err)
	}
	before := pathsOf(h)
	if err := errors.Join(h.note(m), h.heal(t.Context(), m)); err != nil {
		t.Fatal(err)
	}
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}

// A file that has both names although its row has the new one keeps that.
func TestAFileWithTwoNamesKeepsTheOneOfItsRow(t *testing.T) {
	dir := t.TempDir()
	settle(t, dir)
	h := moveIn(t, dir)
	m := move{Old: "Ann/2000 - One/05 Fifth.mp3", New: "Ann/2000 - One/01 First.mp3"}
	before := pathsOf(h)
	if err := errors.Join(h.note(m), os.Link(filepath.Join(dir, "music", m.New), filepath.Join(dir, "music", m.Old))); err != nil {
		t.Fatal(err)
	}
	h.leave()
	h = moveIn(t, dir)
	defer h.leave()
	h.consistent()
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}

// Where nothing can be noted nothing is made, not even the directory of an artist.
func TestWhatCannotBeNotedIsNotMade(t *testing.T) {
	h := newHome(t)
	before := pathsOf(h)
	inTheWay := filepath.Join(h.dir, "data", noteFile)
	if err := os.MkdirAll(filepath.Join(inTheWay, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, operation := range operations {
		if err := operation(h.Keeper, t.Context()); err == nil {
			t.Errorf("%s was made", name)
		}
		if after := pathsOf(h); !slices.Equal(before, after) {
			t.Errorf("%s: got  %q\nwant %q", name, after, before)
		}
	}
	if err := os.RemoveAll(inTheWay); err != nil {
		t.Fatal(err)
	}
	h.consistent()
}

// What a failed renaming has left under the new name is not forgotten: the next
// change begins with bringing it to an end.
func TestAFailedRenamingThatLeftTheNewNameIsFollowed(t *testing.T) {
	h := newHome(t)
	m := move{Old: "Ann/2000 - One", New: "Ann/2010 - Ten"}
	h.reached = func(at moment) {
		if at == momentNoted {
			if err := h.music.Rename(m.Old, m.New); err != nil {
				t.Error(err)
			}
		}
	}
	if err := h.RenameAlbumDirectory(t.Context(), m.Old, m.New); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the renaming: %v", err)
	}
	h.reached = func(moment) {}
	if err := h.RenameMusicFile(t.Context(), "Bob/2000 - Three/01 Alone.mp3", "Bob/2000 - Three/09 Alone.mp3"); err != nil {
		t.Error(err)
	}
	h.consistent()
}

// A link leads elsewhere from another directory; so it is not moved there.
func TestALinkIsNotMovedToAnotherArtist(t *testing.T) {
	h := newHome(t)
	if err := os.Symlink("2000 - One", filepath.Join(h.dir, "music/Ann/1995 - Link")); err != nil {
		t.Fatal(err)
	}
	before := pathsOf(h)
	if err := h.ChangeArtistDirectory(t.Context(), "Ann/1995 - Link", "Cid"); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("the link was moved: %v", err)
	}
	if after := pathsOf(h); !slices.Equal(before, after) {
		t.Errorf("got  %q\nwant %q", after, before)
	}
}
