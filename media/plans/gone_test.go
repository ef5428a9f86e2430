package plans

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFileThatIsGoneDoesNotHoldUpTheOthers: while the server is down somebody deletes a
// file that a plan had moved, or the whole directory that it was moved into.
func TestAFileThatIsGoneDoesNotHoldUpTheOthers(t *testing.T) {
	ctx := context.Background()
	first, second := "Two/1999 - New/01 a.mp3", "Two/1999 - New/02 b.flac"
	for what, deleted := range map[string]string{"a file": "Three/02 b.flac", "its directory": "Three/deep"} {
		t.Run(what, func(t *testing.T) {
			h, err := openHouse(furnish(t))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := h.close(); err != nil {
					t.Error(err)
				}
			}()
			to := deleted
			if filepath.Ext(deleted) == "" {
				to += "/02 b.flac"
			}
			one, other := h.fileAt(t, first), h.fileAt(t, second)
			operations := []Operation{
				{MakeDirectory: &MakeDirectory{"Three"}}, {MakeDirectory: &MakeDirectory{"Three/deep"}},
				{Move: &Move{From: first, To: "Three/01 a.mp3", File: &one}}, {Move: &Move{From: second, To: to, File: &other}},
			}
			if _, err := h.Propose(ctx, Plan{Kind: Repair, Title: "moves", Operations: operations}); err != nil {
				t.Fatal(err)
			}
			h.reached = func(m moment) {
				if moved, _ := h.music.Exists(to); m != momentMade || !moved {
					return
				}
				if err := os.RemoveAll(filepath.Join(h.dir, "music", deleted)); err != nil {
					t.Fatal(err)
				}
				panic(errKilled)
			}
			if !dies(t, &h, 1, false, -1) {
				t.Fatal("nothing was moved")
			}
			p, err := h.Get(ctx, 1)
			if err != nil || p.State != Failed || p.Outcome.Failure == nil || !strings.Contains(p.Outcome.Failure.Cause, second) {
				t.Fatalf("%v, %v, %+v", p.State, err, p.Outcome.Failure)
			}
			for _, is := range p.Outcome.Failure.TakenBack {
				if is == second {
					t.Errorf("%q is said to be put back", second)
				}
			}
			if there, err := h.music.Exists(first); err != nil || !there {
				t.Errorf("%q is not put back: %v", first, err)
			}
			if there, err := h.music.Exists("Three"); err != nil || there {
				t.Errorf("the directory that was made stays: %v", err)
			}
		})
	}
}

// TestAnUnmountedMusicDirectoryIsNoDeletion: what cannot be reached is put back when it
// can be reached again.
func TestAnUnmountedMusicDirectoryIsNoDeletion(t *testing.T) {
	ctx := context.Background()
	h := settle(t, furnish(t))
	before := h.whole(t)
	if _, err := h.Propose(ctx, Plan{Kind: Repair, Title: "a move", Operations: []Operation{
		{Move: &Move{From: "One", To: "Four"}}, {Move: &Move{From: "Four/1990 - First", To: "Four/1980 - Earlier"}},
	}}); err != nil {
		t.Fatal(err)
	}
	music, aside := filepath.Join(h.dir, "music"), filepath.Join(h.dir, "aside")
	swap := func(from, to string) {
		entries, err := os.ReadDir(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if err := os.Rename(filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Mkdir(aside, 0o755); err != nil {
		t.Fatal(err)
	}
	made := 0
	h.reached = func(m moment) {
		if m == momentMade {
			if made++; made == 1 {
				swap(music, aside)
			}
		}
	}
	var failed *FailedError
	if p, err := h.Apply(ctx, 1, "", nil); !errors.As(err, &failed) || p.State != Interrupted {
		t.Fatalf("%v, %v", p.State, err)
	}
	swap(aside, music)
	h.resume(ctx)
	if p, err := h.Get(ctx, 1); err != nil || p.State != Failed {
		t.Fatalf("%v, %v", p.State, err)
	}
	if d := differences(before, h.whole(t)); d != "" {
		t.Errorf("not as it was:\n%s", d)
	}
}
