package plans

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestACoverThatWasNoPictureComesBack: a file that cannot be decoded is put back as it
// was, by an undo and behind a failure; it used to keep the plan from its end.
func TestACoverThatWasNoPictureComesBack(t *testing.T) {
	ctx := context.Background()
	h := settle(t, furnish(t))
	name := filepath.Join(h.dir, "data", "artwork", "One - First.jpg")
	if err := errors.Join(os.WriteFile(name, []byte("no picture"), 0o664), os.Chmod(name, 0o664)); err != nil {
		t.Fatal(err)
	}
	before := h.whole(t)
	cover := Operation{SetCover: &SetCover{AlbumPath: "One/1990 - First", Source: CoverSource{File: "Two/1999 - New/cover.jpg"}}}
	p, err := h.Propose(ctx, Plan{Kind: Repair, Title: "a cover", Operations: []Operation{cover}})
	if err == nil {
		_, err = h.Apply(ctx, p.ID, "", nil)
	}
	if err == nil {
		p, err = h.Undo(ctx, p.ID, "", false, nil)
	}
	if d := differences(before, h.whole(t)); err != nil || d != "" || len(p.Outcome.Warnings) > 0 {
		t.Errorf("%v, %q, undone, but\n%s", err, p.Outcome.Warnings, d)
	}
	p, err = h.Propose(ctx, Plan{Kind: Repair, Title: "a cover, and a name that is taken", Operations: []Operation{cover, {MakeDirectory: &MakeDirectory{"Three"}}}})
	if err != nil {
		t.Fatal(err)
	}
	h.reached = func(m moment) {
		if m == momentBegun {
			if err := os.WriteFile(filepath.Join(h.dir, "music", "Three"), nil, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	var failed *FailedError
	if p, err = h.Apply(ctx, p.ID, "", nil); !errors.As(err, &failed) || p.State != Failed {
		t.Errorf("%v, %v", p.State, err)
	}
	if err := os.Remove(filepath.Join(h.dir, "music", "Three")); err != nil {
		t.Fatal(err)
	}
	if d := differences(before, h.whole(t)); d != "" {
		t.Errorf("failed, but\n%s", d)
	}
}
