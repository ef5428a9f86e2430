package plans

import (
	"context"
	"testing"

	"musicdb/media/library"
)

// killedWith applies or undoes a plan, and dies at a moment, behind what others do then.
func killedWith(t *testing.T, h **house, undo bool, at moment, others func(h *house)) {
	t.Helper()
	came := false
	(*h).reached = func(m moment) {
		if m == at && !came {
			came = true
			others(*h)
			panic(errKilled)
		}
	}
	dies(t, h, 1, undo, -1)
	if !came {
		t.Fatalf("%q never came", at)
	}
}

// TestWhatUsersDoBeforeAPlanIsFinishedDoesNotTurnItBack: the songs of a plan are played
// and rated from the commit on, and the pictures of its videos are made behind that.
func TestWhatUsersDoBeforeAPlanIsFinishedDoesNotTurnItBack(t *testing.T) {
	ctx := context.Background()
	likes := func(path string) func(*house) {
		return func(h *house) {
			err := h.library.Edit(ctx, func(e *library.Edit) error {
				s, known := e.Catalogue().SongByPath(path)
				if !known {
					t.Fatalf("%q is not in the library", path)
				}
				s.Likes, s.Name = s.Likes+1, "renamed meanwhile"
				return e.PutSong(s)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	h, err := openHouse(furnish(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := h.Propose(ctx, h.everything(t)); err != nil {
		t.Fatal(err)
	}
	killedWith(t, &h, false, momentCommitted, likes("Three/1998 - Newer/01 a.mp3"))
	if p, err := h.Get(ctx, 1); err != nil || p.State != Applied {
		t.Fatalf("%v, %v, %v", p.State, err, p.Outcome.Failure)
	}
	for _, s := range h.misplaced(t) {
		t.Errorf("row without file: %s", s)
	}
	if _, err := h.Undo(ctx, 1, "", false, nil); err == nil {
		t.Fatal("it is undone although a song has been rated since")
	}
	killedWith(t, &h, true, momentCommitted, likes("One/1990 - First/02 b.flac"))
	if p, err := h.Get(ctx, 1); err != nil || p.State != Undone {
		t.Fatalf("%v, %v, %v", p.State, err, p.Outcome.Failure)
	}
	for _, s := range h.misplaced(t) {
		t.Errorf("row without file: %s", s)
	}
}

// TestAPlanOfNothingButFilesIsAppliedFromItsCommitOn: no row tells that it was committed.
func TestAPlanOfNothingButFilesIsAppliedFromItsCommitOn(t *testing.T) {
	ctx := context.Background()
	h, err := openHouse(furnish(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	before := h.whole(t)
	if _, err := h.Propose(ctx, Plan{Kind: Repair, Title: "a directory", Operations: []Operation{{MakeDirectory: &MakeDirectory{"Three"}}}}); err != nil {
		t.Fatal(err)
	}
	killedWith(t, &h, false, momentCommitted, func(*house) {})
	if p, err := h.Undo(ctx, 1, "", false, nil); err != nil || p.State != Undone {
		t.Fatalf("%v, %v", p.State, err)
	}
	if d := differences(before, h.whole(t)); d != "" {
		t.Errorf("undone, but\n%s", d)
	}
}
