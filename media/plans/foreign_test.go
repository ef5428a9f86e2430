package plans

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// retag is a plan that writes the tags of one song.
func (h *house) retag(t failer, rel string) Plan {
	t.Helper()
	before, err := h.music.RawTags(context.Background(), rel)
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Kind: Repair, Title: "other tags", Path: rel, Operations: []Operation{{WriteTags: &WriteTags{
		File: h.fileAt(t, rel), Before: map[string][]string{"TITLE": before["TITLE"]}, After: map[string][]string{"TITLE": {"Brand new"}},
	}}}}
}

// TestAFileThatSomebodyElseWritesIsNotReplaced lets somebody write a file at the last
// moment before its turn: an album of thousands of songs has its turn for a minute.
func TestAFileThatSomebodyElseWritesIsNotReplaced(t *testing.T) {
	ctx, song := context.Background(), "One/1990 - First/01 a.mp3"
	h := settle(t, furnish(t))
	if _, err := h.Propose(ctx, h.retag(t, song)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(h.dir, "music", song)
	written := func(m moment) {
		if m == momentBegun {
			if err := os.WriteFile(name, []byte("somebody else's"), 0o640); err != nil {
				t.Fatal(err)
			}
		}
	}
	is := func() string { data, _ := os.ReadFile(name); return string(data) }
	whole := is()
	h.reached = written
	var failed *FailedError
	if _, err := h.Apply(ctx, 1, "", nil); !errors.As(err, &failed) || is() != "somebody else's" {
		t.Fatalf("%v, %d bytes", err, len(is()))
	}
	h.reached = func(moment) {}
	if err := os.WriteFile(name, []byte(whole), 0o640); err != nil {
		t.Fatal(err)
	}
	p, err := h.Propose(ctx, h.retag(t, song))
	if err == nil {
		_, err = h.Apply(ctx, p.ID, "", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.reached = written
	if _, err := h.Undo(ctx, p.ID, "", false, nil); !errors.As(err, &failed) || is() != "somebody else's" {
		t.Fatalf("%v, %d bytes", err, len(is()))
	}
}

// TestAFileThatCameBehindAKillStays: while the server is down somebody puts another file
// in the place of one whose tags a plan had written.
func TestAFileThatCameBehindAKillStays(t *testing.T) {
	ctx, song := context.Background(), "One/1990 - First/01 a.mp3"
	h, err := openHouse(furnish(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := h.Propose(ctx, h.retag(t, song)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(h.dir, "music", song)
	killedWith(t, &h, false, momentMade, func(h *house) {
		if err := errors.Join(os.Remove(name), os.WriteFile(name, []byte("somebody else's"), 0o640)); err != nil {
			t.Fatal(err)
		}
	})
	if data, err := os.ReadFile(name); err != nil || string(data) != "somebody else's" {
		t.Errorf("there are %d bytes, %v", len(data), err)
	}
	if p, err := h.Get(ctx, 1); err != nil || p.State != Failed {
		t.Errorf("%v, %v", p.State, err)
	}
	if beside, err := os.ReadDir(filepath.Dir(name)); err != nil || len(beside) != 3 {
		t.Errorf("%v, %v", beside, err)
	}
}
