package plans

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"musicdb/media/library"
)

// newest is the last change in the journal.
func (h *house) newest(t *testing.T) int64 {
	t.Helper()
	list, err := h.List(context.Background())
	if err != nil || len(list) == 0 || list[0].State != Applied {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0].ID
}

// misplaced are rows whose files are not where they say.
func (h *house) misplaced(t *testing.T) (rows []string) {
	t.Helper()
	c := h.library.Catalogue()
	for _, a := range c.Albums() {
		if _, err := h.music.Stat(a.Path); err != nil {
			rows = append(rows, a.Path)
		}
	}
	for s := range c.Songs() {
		album, _ := c.Album(s.AlbumID)
		if _, err := h.music.Stat(s.Path); err != nil || filepath.Dir(s.Path) != album.Path || s.ArtistID != album.ArtistID {
			rows = append(rows, s.Path)
		}
	}
	return rows
}

// What package maintenance has changed is taken back here, with everything that has
// come into a renamed directory since: its rows go back together with the directory.
func TestChangesOfMaintenanceAreUndone(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(h *house) error{
		"artist": func(h *house) error { return h.rooms.RenameArtistDirectory(ctx, "One", "Uno") },
		"album": func(h *house) error {
			return h.rooms.RenameAlbumDirectory(ctx, "One/1990 - First", "One/1980 - Earlier")
		},
		"move": func(h *house) error { return h.rooms.ChangeArtistDirectory(ctx, "One/1990 - First", "Two") },
		"new":  func(h *house) error { return h.rooms.ChangeArtistDirectory(ctx, "One/1990 - First", "Four") },
		"song": func(h *house) error {
			return h.rooms.RenameMusicFile(ctx, "One/1990 - First/01 a.mp3", "One/1990 - First/07 g.mp3")
		},
		"remove": func(h *house) error { return h.rooms.RemoveArtist(ctx, 1) },
		"create": func(h *house) error { _, err := h.rooms.CreateArtist(ctx, "Five"); return err },
	} {
		for _, late := range []bool{false, true} {
			h := settle(t, furnish(t))
			before, rows := collection(t, h.dir), h.rowsOf(t)
			if err := change(h); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			id := h.newest(t)
			if album, known := h.library.Catalogue().Album(1); late && known {
				file := album.Path + "/09 late.mp3"
				data, err := os.ReadFile(sample + "01 Thunder Iron.mp3")
				if err == nil {
					err = os.WriteFile(filepath.Join(h.dir, "music", file), data, 0o644)
				}
				if err == nil {
					_, err = h.rooms.CreateSong(ctx, file)
				}
				if err != nil {
					t.Fatal(err)
				}
			} else if late {
				continue
			}
			p, err := h.Undo(ctx, id, "a test", false, nil)
			var since *SinceError
			if late && errors.As(err, &since) {
				t.Logf("%s: %v", name, err) // refusing is right as well
			} else if err != nil || p.State != Undone {
				t.Errorf("%s, late %v: %v", name, late, err)
			}
			if wrong := h.misplaced(t); len(wrong) > 0 {
				t.Errorf("%s, late %v: rows without their files or albums: %q", name, late, wrong)
			}
			if !late && (collection(t, h.dir) != before || h.rowsOf(t) != rows) {
				t.Errorf("%s is not as it was", name)
			}
			if _, err := h.Undo(ctx, id, "a test", false, nil); err == nil {
				t.Errorf("%s was undone twice", name)
			}
		}
	}
}

// An undo that was interrupted, or has failed, can be tried again: what the change has
// done to files is still known then.
func TestAnUndoOfMaintenanceIsTriedAgain(t *testing.T) {
	ctx := context.Background()
	for moments := range 7 {
		h := settle(t, furnish(t))
		before, rows := collection(t, h.dir), h.rowsOf(t)
		if err := h.rooms.RenameAlbumDirectory(ctx, "One/1990 - First", "One/1980 - Earlier"); err != nil {
			t.Fatal(err)
		}
		id := h.newest(t)
		after, newRows := collection(t, h.dir), h.rowsOf(t)
		died := dies(t, &h, id, true, moments)
		if p, err := h.Get(ctx, id); err != nil || len(p.Operations) != 1 {
			t.Errorf("interrupted after %d moments the entry has %d operations, %v", moments, len(p.Operations), err)
		} else if p.State == Applied {
			if collection(t, h.dir) != after || h.rowsOf(t) != newRows {
				t.Errorf("interrupted after %d moments it is not taken back", moments)
			}
			if _, err := h.Undo(ctx, id, "a test", false, nil); err != nil {
				t.Error(err)
			}
		}
		if collection(t, h.dir) != before || h.rowsOf(t) != rows {
			t.Errorf("interrupted after %d moments (%v) and undone again, it is not as it was", moments, died)
		}
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}
}

// A change of maintenance that a later one has built upon is not undone before that
// one, and nothing is touched.
func TestChangesOfMaintenanceAreUndoneInOrder(t *testing.T) {
	ctx := context.Background()
	h := settle(t, furnish(t))
	before, rows := collection(t, h.dir), h.rowsOf(t)
	var ids []int64
	for _, step := range [][2]string{{"One/1990 - First", "One/1980 - Earlier"}, {"One/1980 - Earlier", "One/1970 - Early"}, {"One/1991 - Second", "One/1990 - First"}} {
		if err := h.rooms.RenameAlbumDirectory(ctx, step[0], step[1]); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, h.newest(t))
	}
	now := collection(t, h.dir)
	for _, id := range ids[:2] {
		var since *SinceError
		if _, err := h.Undo(ctx, id, "", false, nil); id == ids[0] && !errors.As(err, &since) {
			t.Errorf("undone out of order: %v", err)
		} else if id == ids[1] && err != nil {
			t.Errorf("nothing stands against it: %v", err)
		}
		if id == ids[0] && collection(t, h.dir) != now {
			t.Error("something was touched")
		}
	}
	for _, id := range []int64{ids[2], ids[0]} {
		if _, err := h.Undo(ctx, id, "", false, nil); err != nil {
			t.Error(err)
		}
	}
	if collection(t, h.dir) != before || h.rowsOf(t) != rows {
		t.Error("not as it was")
	}
	var row library.PlanRow
	if row, _, _ = h.library.Plan(ctx, ids[0]); row.State != Undone.String() {
		t.Errorf("%+v", row)
	}
}
