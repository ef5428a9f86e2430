package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/maintenance"
	"musicdb/media/plans"
)

// What can be repaired is repaired by plans, and only after consent; undoing them
// brings back every illness and every byte.
func TestRepairsAreMadeByPlans(t *testing.T) {
	t.Parallel()
	h := patients(t)
	ctx := t.Context()
	lib, err := library.Open(ctx, library.Options{Dir: h.data})
	must(t, err)
	defer lib.Close()
	music, err := files.OpenMusic(h.music)
	must(t, err)
	defer music.Close()
	covers, err := artwork.Open(filepath.Join(h.data, "webdata", "artwork"), artwork.Options{Scales: scales})
	must(t, err)
	defer covers.Close()
	keeper, err := maintenance.Open(ctx, maintenance.Options{Library: lib, Music: music, Dir: h.data})
	must(t, err)
	defer keeper.Close()
	agreed, err := plans.Open(ctx, plans.Options{Library: lib, Music: music, Maintenance: keeper, Artwork: covers})
	must(t, err)
	d := h.doctor(func(o *Options) { o.Catalogue = lib.Catalogue })

	if _, err := d.Repairs(ctx, ""); !errors.Is(err, ErrNothingToRepair) {
		t.Errorf("before an examination: %v", err)
	}
	ill := diagnose(t, d, Order{})
	before := listing(t, h.music)
	repairs, err := d.Repairs(ctx, "")
	must(t, err)
	if one, err := d.Repairs(ctx, "Ill/2017 - Tags"); err != nil || len(one) != 1 || len(one[0].Operations) != 2 || len(one[0].Doubts) != 3 {
		t.Errorf("of one album: %+v, %v", one, err)
	}
	if _, err := d.Repairs(ctx, "../x"); !errors.Is(err, files.ErrPath) {
		t.Errorf("outside: %v", err)
	}
	var applied []int64
	for _, p := range repairs {
		p, err := agreed.Propose(ctx, p)
		must(t, err)
		if p, err = agreed.Apply(ctx, p.ID, "test", nil); err != nil || p.State != plans.Applied {
			t.Fatalf("%s: %v, %v, %+v", p.Title, err, p.State, p.Outcome.Failure)
		}
		applied = append(applied, p.ID)
	}
	left := short(diagnose(t, d, Order{}))
	// The renamed song has its name and with it its entry again.
	renamed := func(line string) bool { return strings.Contains(line, "03 Renamed") }
	compare(t, left, slices.DeleteFunc(short(ill), func(line string) bool {
		return renamed(line) || slices.ContainsFunc(ill, func(v Verdict) bool { return v.Fix != FixNone && slices.Contains(short([]Verdict{v}), line) })
	}))
	if len(left) == 0 || len(left) >= len(ill) {
		t.Errorf("of %d verdicts %d are left", len(ill), len(left))
	}
	for _, id := range slices.Backward(applied) {
		if p, err := agreed.Undo(context.WithoutCancel(ctx), id, "test", false, nil); err != nil || p.State != plans.Undone {
			t.Fatalf("undoing %s: %v, %+v", p.Title, err, p.Outcome.Failure)
		}
	}
	// An entry that has found its file follows it.
	compare(t, short(diagnose(t, d, Order{})), slices.DeleteFunc(short(ill), func(line string) bool {
		return renamed(line) && !strings.HasPrefix(line, "wrongextension")
	}))
	filesOf := func(listing string) (lines []string) {
		for line := range strings.SplitSeq(listing, "\n") {
			if !strings.Contains(line, " drwx") { // directories remember that something was in them
				lines = append(lines, line)
			}
		}
		return lines
	}
	compare(t, filesOf(listing(t, h.music)), filesOf(before))
}
