package plans

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/library"
)

// meanwhile are changes that somebody makes beside a plan.
var meanwhile = map[string]func(h *house) error{
	"a file has other content": func(h *house) error {
		return os.WriteFile(filepath.Join(h.dir, "music/Two/1999 - New/01 a.mp3"), []byte("other"), 0o644)
	},
	"a file has vanished":  func(h *house) error { return os.Remove(filepath.Join(h.dir, "music/One/1990 - First/02 b.flac")) },
	"a new name is taken":  func(h *house) error { return os.Mkdir(filepath.Join(h.dir, "music/One/1980 - Earlier"), 0o755) },
	"a directory is taken": func(h *house) error { return os.WriteFile(filepath.Join(h.dir, "music/Three"), nil, 0o644) },
	"the picture is gone":  func(h *house) error { return os.Remove(filepath.Join(h.dir, "music/Two/1999 - New/cover.jpg")) },
	"a row says other": func(h *house) error {
		return editAlbum(h, 2, func(a *library.Album) { origin := "found"; a.Origin = &origin })
	},
	"an album has its cover": func(h *house) error { return editAlbum(h, 1, func(a *library.Album) { a.ArtworkPath = "mine.jpg" }) },
	"a row is gone": func(h *house) error {
		return h.library.Edit(context.Background(), func(e *library.Edit) error { return e.RemoveSong(4) })
	},
}

func editAlbum(h *house, id int64, change func(*library.Album)) error {
	return h.library.Edit(context.Background(), func(e *library.Edit) error {
		a, _ := e.Catalogue().Album(id)
		change(&a)
		return e.PutAlbum(a)
	})
}

func TestAPlanThatDoesNotFitTouchesNothing(t *testing.T) {
	for what, change := range meanwhile {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, ctx := settle(t, furnish(t)), context.Background()
			p, err := h.Propose(ctx, h.everything(t))
			if err == nil {
				err = change(h)
			}
			if err != nil {
				t.Fatal(err)
			}
			before := h.whole(t)
			p, err = h.Apply(ctx, p.ID, "", nil)
			var stale *StaleError
			if !errors.As(err, &stale) || len(stale.Since) == 0 || p.State != Stale || p.Outcome.Failure == nil {
				t.Fatalf("%v, %v", err, p.State)
			}
			if d := differences(before, h.whole(t)); d != "" {
				t.Fatalf("touched:\n%s", d)
			}
			if p, err = h.Reject(ctx, p.ID, ""); err != nil || p.State != Rejected {
				t.Fatalf("%v, %v", err, p.State)
			}
		})
	}
}

// TestAnObstacleAtEachStepIsNoHalfChange puts something in the way of each change of a
// file, after the plan has looked whether it fits.
func TestAnObstacleAtEachStepIsNoHalfChange(t *testing.T) {
	block := func(rel string) func(dir string) error {
		return func(dir string) error { return os.Mkdir(filepath.Join(dir, "music", rel), 0o755) }
	}
	vanish := func(pattern string) func(dir string) error {
		return func(dir string) error {
			found, err := filepath.Glob(filepath.Join(dir, "music", pattern))
			if err != nil || len(found) != 1 {
				return errors.Join(err, errors.New("there is no spare file "+pattern))
			}
			return os.Remove(found[0])
		}
	}
	for n, obstacle := range []func(dir string) error{
		vanish("Two/1999 - New/.musicdb-plan-1-0-new"), vanish("One/1990 - First/.musicdb-plan-1-1-new"), block("Three"), block("Three/1998 - Newer"),
		block("One/1990 - First/05 five.flac"), block("One/1980 - Earlier"),
	} {
		h, ctx := settle(t, furnish(t)), context.Background()
		p, err := h.Propose(ctx, h.everything(t))
		if err != nil {
			t.Fatal(err)
		}
		before, begun := h.whole(t), 0
		h.reached = func(m moment) {
			if m == momentBegun {
				if begun == n {
					if err := obstacle(h.dir); err != nil {
						t.Error(err)
					}
				}
				begun++
			}
		}
		p, err = h.Apply(ctx, p.ID, "", nil)
		var failed *FailedError
		if !errors.As(err, &failed) || failed.Cause == "" || failed.Remedy == "" || failed.Back != nil || p.State != Failed {
			t.Fatalf("step %d: %v, %v", n, err, p.State)
		}
		// An empty directory that somebody has made in the way is no loss: it is the only difference.
		for line := range strings.Lines(differences(before, h.whole(t))) {
			if !strings.HasPrefix(line, "+1 /music/") || !strings.Contains(line, " drwx") || strings.Contains(line, ".mp3") {
				t.Fatalf("step %d: %s", n, line)
			}
		}
	}
}

func TestWhatStandsAgainstAnUndo(t *testing.T) {
	type against struct {
		change func(h *house) error
		owned  bool
	}
	for what, a := range map[string]against{
		"tags were written": {func(h *house) error {
			name := filepath.Join(h.dir, "music/Three/1998 - Newer/01 a.mp3")
			data, err := os.ReadFile(name)
			return errors.Join(err, os.WriteFile(name, bytes.ToLower(data), 0o640))
		}, false},
		"a file was moved": {func(h *house) error {
			return os.Rename(filepath.Join(h.dir, "music/One/1980 - Earlier/05 five.flac"), filepath.Join(h.dir, "music/five.flac"))
		}, false},
		"an old name is taken": {func(h *house) error { return os.Mkdir(filepath.Join(h.dir, "music/One/1990 - First"), 0o755) }, false},
		"a row was changed": {func(h *house) error {
			return editAlbum(h, 2, func(a *library.Album) { origin := "else"; a.Origin = &origin })
		}, false},
		"another cover": {func(h *house) error {
			picture, err := os.ReadFile(filepath.Join(h.dir, "music/Three/1998 - Newer/cover.jpg"))
			name := filepath.Join(h.dir, "data/artwork/Three - Newer.jpg")
			return errors.Join(err, os.WriteFile(name, append(picture, 0), 0o644))
		}, false},
		"a song was played": {func(h *house) error {
			s, _ := h.library.Catalogue().SongByPath("Three/1998 - Newer/02 b.flac")
			return h.library.AddPlay(context.Background(), s.ID, time.Now(), false)
		}, true},
		"a song was rated": {func(h *house) error {
			return h.library.Edit(context.Background(), func(e *library.Edit) error {
				s, _ := e.Catalogue().SongByPath("Three/1998 - Newer/02 b.flac")
				s.Likes++
				return errors.Join(e.PutSong(s), e.Assign(library.SongTarget, s.ID, 1, library.ApprovalConfirmed, 1))
			})
		}, true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, ctx := settle(t, furnish(t)), context.Background()
			was := h.whole(t)
			p, err := h.Propose(ctx, h.everything(t))
			if err == nil {
				p, err = h.Apply(ctx, p.ID, "", nil)
			}
			if err = errors.Join(err, a.change(h)); err != nil {
				t.Fatal(err)
			}
			before := h.whole(t)
			p, err = h.Undo(ctx, p.ID, "", false, nil)
			var since *SinceError
			if !errors.As(err, &since) || len(since.Since) == 0 || since.Owned != a.owned || p.State != Applied {
				t.Fatalf("%v, %v", err, p.State)
			}
			if d := differences(before, h.whole(t)); d != "" {
				t.Fatalf("touched:\n%s", d)
			}
			_, err = h.Undo(ctx, p.ID, "", true, nil)
			if (err == nil) != a.owned {
				t.Fatalf("with the consent that it is lost: %v", err)
			}
			if a.owned {
				if d := differences(was, h.whole(t)); d != "" {
					t.Fatalf("not as it was:\n%s", d)
				}
			}
		})
	}
}

func TestHostilePlansAreRefused(t *testing.T) {
	h, ctx := settle(t, furnish(t)), context.Background()
	for what, o := range map[string]Operation{
		"nothing":         {},
		"two things":      {MakeDirectory: &MakeDirectory{"A"}, MakeFrames: &MakeFrames{"B"}},
		"leads out":       {MakeDirectory: &MakeDirectory{"../A"}},
		"absolute":        {Move: &Move{From: "One", To: "/One"}},
		"into itself":     {Move: &Move{From: "One", To: "One/Two"}},
		"NUL":             {MakeFrames: &MakeFrames{"A\x00"}},
		"another table":   {RemoveRow: &RemoveRow{Table: "meta", ID: 1}},
		"an id":           {ChangeRow: &ChangeRow{Table: "songs", ID: 1, After: map[string]json.RawMessage{"id": []byte("2")}}},
		"a strange key":   {WriteTags: &WriteTags{File: File{Path: "a"}, After: map[string][]string{"T=\n": {"x"}}}},
		"no cover at all": {SetCover: &SetCover{AlbumPath: "One/1990 - First"}},
	} {
		_, err := h.Propose(ctx, Plan{Kind: Repair, Title: what, Operations: []Operation{o}})
		var invalid *InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if all, err := h.List(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}
