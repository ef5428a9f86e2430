package maintenance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"musicdb/media/files"
	"musicdb/media/library"
)

// journal are the entries of the journal of changes, the newest first. None may be
// half made.
func (h *home) journal() []library.PlanRow {
	h.t.Helper()
	all, err := h.lib.Plans(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range all {
		row, found, err := h.lib.Plan(context.Background(), all[i].ID)
		if err != nil || !found || row.State != library.PlanApplied || row.Body != nil || row.Title == "" || row.Path == "" {
			h.t.Errorf("the journal has %+v (%v)", row, err)
		}
		all[i] = row
	}
	slices.Reverse(all)
	return all
}

// takeBack takes a change back as whoever has the journal does.
func (h *home) takeBack(row library.PlanRow) error {
	var outcome library.Outcome
	if err := json.Unmarshal(row.Outcome, &outcome); err != nil {
		return err
	}
	ctx := context.Background()
	end, err := h.Turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	err = h.lib.Edit(ctx, func(e *library.Edit) error {
		if err := e.Revert(outcome.Rows, true); err != nil {
			return err
		}
		for _, m := range slices.Backward(outcome.Moves) {
			if err := h.music.Rename(m.New, m.Old); err != nil {
				return err
			}
		}
		return nil
	})
	for _, dir := range slices.Backward(outcome.Made) {
		err = errors.Join(err, h.music.RemoveEmpty(dir))
	}
	return errors.Join(err, h.lib.RemovePlans(ctx, []int64{row.ID}))
}

// everyRow is rows with what other tables know of them.
func (h *home) everyRow() string {
	h.t.Helper()
	text := h.rows()
	for s := range h.lib.Catalogue().Songs() {
		lyrics, err := h.lib.Lyrics(context.Background(), s.ID)
		relations, err2 := h.lib.SongRelations(context.Background(), s.ID)
		if err := errors.Join(err, err2); err != nil {
			h.t.Fatal(err)
		}
		text += fmt.Sprintf("song %d: lyrics %v, relations %v\n", s.ID, value(lyrics), relations)
	}
	return text
}

// undoable are changes of all kinds, and by which words the journal names them.
var undoable = map[string]struct {
	do   func(h *home, ctx context.Context) error
	says string
}{
	"artist": {func(h *home, ctx context.Context) error { return operations["artist"](h.Keeper, ctx) }, `"Ann" was renamed to "Änn. 2"`},
	"album":  {func(h *home, ctx context.Context) error { return operations["album"](h.Keeper, ctx) }, `was renamed to "Ann/2010 - Ten. 0"`},
	"song":   {func(h *home, ctx context.Context) error { return operations["song"](h.Keeper, ctx) }, `was renamed to`},
	"video":  {func(h *home, ctx context.Context) error { return operations["video"](h.Keeper, ctx) }, `was renamed to`},
	"change": {func(h *home, ctx context.Context) error { return operations["change"](h.Keeper, ctx) }, `was moved to "Bob/2001 - Two. v1.5"`},
	"change to a new artist": {func(h *home, ctx context.Context) error { return operations["change to a new artist"](h.Keeper, ctx) },
		`was moved to "Cid/2000 - One"`},
	"without a row": {func(h *home, ctx context.Context) error {
		return h.RenameMusicFile(ctx, "Bob/2000 - Three/02 Not known.mp3", "Bob/2000 - Three/03 Known.mp3")
	}, `was renamed to`},
	"remove artist": {func(h *home, ctx context.Context) error { return h.RemoveArtist(ctx, 1) }, `the artist "Ann" was removed`},
	"remove album":  {func(h *home, ctx context.Context) error { return h.RemoveAlbum(ctx, 2) }, `the album "Ann/2001 - Two. v1.5" was removed`},
	"remove song":   {func(h *home, ctx context.Context) error { return h.RemoveSong(ctx, 1) }, `the song "Ann/2000 - One/01 First.mp3" was removed`},
	"remove video":  {func(h *home, ctx context.Context) error { return h.RemoveVideo(ctx, 1) }, `the video "Ann/1999 - Clip.mp4" was removed`},
	"create artist": {func(h *home, ctx context.Context) error { _, err := h.CreateArtist(ctx, "Cid"); return err }, `the artist "Cid" was created`},
	"create song": {func(h *home, ctx context.Context) error {
		_, err := h.CreateSong(ctx, "Bob/2000 - Three/02 Not known.mp3")
		return err
	}, `was entered`},
	"update song": {func(h *home, ctx context.Context) error {
		return h.UpdateSong(ctx, 5, "Bob/2000 - Three/02 Not known.mp3")
	}, "brought up to date"},
	"update album":  {func(h *home, ctx context.Context) error { return h.UpdateAlbum(ctx, 1, "Bob/2000 - Three") }, "brought up to date"},
	"update artist": {func(h *home, ctx context.Context) error { return h.UpdateArtist(ctx, 1, "Cid") }, "brought up to date"},
	"update video":  {func(h *home, ctx context.Context) error { return h.UpdateVideo(ctx, 1, "Ann/1998 - Other.mp4") }, "brought up to date"},
}

// Every change is noted with one entry, and taking that back makes files and rows
// what they were, with ids, tags, lyrics, statistics and relations.
func TestEveryChangeCanBeTakenBack(t *testing.T) {
	for name, c := range undoable {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			h.put("Ann/1998 - Other.mp4")
			if name == "update album" {
				if err := h.RemoveAlbum(t.Context(), 3); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.lib.AddSongRelation(t.Context(), 1, 5); err != nil {
				t.Fatal(err)
			}
			earlier, rows, tree := len(h.journal()), h.everyRow(), h.tree()
			if err := c.do(h, t.Context()); err != nil {
				t.Fatal(err)
			}
			if rows == h.everyRow() && maps.Equal(tree, h.tree()) {
				t.Fatal("nothing was changed")
			}
			entries := h.journal()
			if len(entries) != earlier+1 || !strings.Contains(entries[0].Title, c.says) {
				t.Fatalf("the journal has %+v", entries)
			}
			if err := h.takeBack(entries[0]); err != nil {
				t.Fatal(err)
			}
			if got := h.everyRow(); got != rows {
				t.Errorf("got\n%s\nwant\n%s", got, rows)
			}
			if got := h.tree(); !maps.Equal(got, tree) {
				t.Errorf("files %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(tree)))
			}
		})
	}
}

// What was refused or has failed is not in the journal, nor is what has changed
// nothing.
func TestWhatChangesNothingIsNotInTheJournal(t *testing.T) {
	h := newHome(t)
	if _, err := h.CreateArtist(t.Context(), "Ann"); err != nil {
		t.Error(err)
	}
	for name, call := range everything {
		for _, bad := range hostile {
			if bad != "out" { // no link leads there in this home
				_ = call(h.Keeper, t.Context(), bad, bad) // the errors are another test's
			}
		}
		if entries := h.journal(); len(entries) != 0 {
			t.Fatalf("after %s the journal has %+v", name, entries)
		}
	}
	for _, err := range []error{h.RemoveArtist(t.Context(), 99), h.RemoveAlbum(t.Context(), 0), h.RemoveSong(t.Context(), -1), h.RemoveVideo(t.Context(), 99)} {
		if !errors.Is(err, library.ErrNotFound) {
			t.Error(err)
		}
	}
	if entries := h.journal(); len(entries) != 0 {
		t.Errorf("the journal has %+v", entries)
	}
}

// What has changed since stands against taking a change back, is named, and stays.
func TestWhatHasChangedSinceIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		since func(h *home, ctx context.Context) error
		names string
		is    error
	}{
		"renamed again": {func(h *home, ctx context.Context) error {
			return h.RenameAlbumDirectory(ctx, "Ann/2010 - Ten. 0", "Ann/2011 - Eleven")
		}, "Ann/2011 - Eleven", library.ErrSince},
		"a song removed": {func(h *home, ctx context.Context) error { return h.RemoveSong(ctx, 1) }, "01 First.mp3", library.ErrSince},
		"the old path taken": {func(h *home, ctx context.Context) error {
			h.put("Ann/2000 - One/01 new.mp3")
			return nil
		}, "Ann/2000 - One", files.ErrOccupied},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			if err := operations["album"](h.Keeper, t.Context()); err != nil {
				t.Fatal(err)
			}
			entry := h.journal()[0]
			if err := c.since(h, t.Context()); err != nil {
				t.Fatal(err)
			}
			rows, tree := h.everyRow(), h.tree()
			if err := h.takeBack(entry); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.names) {
				t.Errorf("taken back: %v", err)
			}
			if rows != h.everyRow() || !maps.Equal(tree, h.tree()) {
				t.Error("something was changed")
			}
		})
	}
}
