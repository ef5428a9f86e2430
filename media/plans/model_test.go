package plans

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// entries lists the paths in the music directory, files or directories.
func (h *house) entries(t failer, directories bool) (list []string) {
	t.Helper()
	root := filepath.Join(h.dir, "music")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && name != root && entry.IsDir() == directories {
			list = append(list, name[len(root)+1:])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// operation draws an operation that fits what is there, or nearly.
func (h *house) operation(t *rapid.T, n int) Operation {
	music := slices.DeleteFunc(h.entries(t, false), func(rel string) bool { return strings.HasSuffix(rel, ".txt") || strings.HasSuffix(rel, ".jpg") })
	rel := rapid.SampledFrom(music).Draw(t, "file")
	f := h.fileAt(t, rel)
	switch rapid.IntRange(0, 5).Draw(t, "operation") {
	case 0:
		return Operation{MakeDirectory: &MakeDirectory{fmt.Sprintf("Made %d", n)}}
	case 1: // within its directory, by the conventions
		to := filepath.Join(filepath.Dir(rel), fmt.Sprintf("%02d moved%s", 20+n, filepath.Ext(rel)))
		return Operation{Move: &Move{From: rel, To: to, File: &f}}
	case 2:
		dir := filepath.Dir(rel)
		return Operation{Move: &Move{From: dir, To: fmt.Sprintf("%s/19%02d - Moved", filepath.Dir(dir), 10+n), Holds: []File{f}}}
	case 3:
		tags, err := h.music.RawTags(context.Background(), rel)
		if err != nil {
			t.Fatal(err)
		}
		return Operation{WriteTags: &WriteTags{File: f, Before: map[string][]string{"ARTIST": tags["ARTIST"]}, After: map[string][]string{"ARTIST": {fmt.Sprintf("Artist %d", n)}}}}
	case 4:
		for s := range h.library.Catalogue().Songs() {
			if rapid.Bool().Draw(t, "this") {
				return Operation{RemoveRow: &RemoveRow{Table: "songs", ID: s.ID, Path: s.Path}}
			}
		}
		fallthrough
	default:
		for _, a := range h.library.Catalogue().Albums() {
			origin, _ := json.Marshal(a.Origin)
			return Operation{ChangeRow: &ChangeRow{Table: "albums", ID: a.ID, Before: map[string]json.RawMessage{"origin": origin}, After: map[string]json.RawMessage{"origin": []byte(fmt.Sprintf(`"from %d"`, n))}}}
		}
		return Operation{MakeDirectory: &MakeDirectory{fmt.Sprintf("Made %d", n)}}
	}
}

// errKilled stands for the death of the process.
var errKilled = errors.New("killed")

// dies applies or undoes a plan until a moment, and opens the house again as the next
// process does. It reports whether the moment came.
func dies(t failer, h **house, id int64, undo bool, moments int) (died bool) {
	t.Helper()
	ctx := context.Background()
	if moments >= 0 { // else it was said already at which
		(*h).reached = func(moment) {
			if moments--; moments < 0 {
				panic(errKilled)
			}
		}
	}
	func() {
		defer func() {
			if p := recover(); p != nil {
				if p != errKilled { //nolint:errorlint // what was panicked with, itself
					panic(p)
				}
				died = true
			}
		}()
		if undo {
			_, _ = (*h).Undo(ctx, id, "", true, nil)
		} else {
			_, _ = (*h).Apply(ctx, id, "", nil)
		}
	}()
	if err := (*h).close(); err != nil {
		t.Fatal(err)
	}
	next, err := openHouse((*h).dir)
	if err != nil {
		t.Fatal(err)
	}
	*h = next
	return died
}

// TestRandomPlansAreWholeOrNothing proposes random plans, has them interrupted, applied
// and undone, the newest first, and compares the whole collection with what it was.
func TestRandomPlansAreWholeOrNothing(t *testing.T) {
	template := furnish(t)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "house")
		if err != nil {
			rt.Fatal(err)
		}
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			rt.Fatal(err)
		}
		h, err := openHouse(dir)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = h.close() }()
		ctx := context.Background()
		type applied struct {
			id  int64
			was string
		}
		var done []applied
		for n := range rapid.IntRange(1, 3).Draw(rt, "plans") {
			var operations []Operation
			for i := range rapid.IntRange(1, 3).Draw(rt, "operations") {
				operations = append(operations, h.operation(rt, 10*n+i))
			}
			p, err := h.Propose(ctx, Plan{Kind: Repair, Title: "random", Operations: operations})
			if err != nil {
				continue // tags of what was moved before
			}
			was := h.whole(rt)
			dies(rt, &h, p.ID, false, rapid.IntRange(0, 12).Draw(rt, "moments"))
			if p, err = h.Get(ctx, p.ID); err != nil {
				rt.Fatal(err)
			}
			switch is := h.whole(rt); p.State {
			case Applied:
				done = append(done, applied{p.ID, was})
			case Proposed, Stale, Failed:
				if d := differences(was, is); d != "" {
					rt.Fatalf("%v (%+v), but\n%s", p.State, p.Outcome.Failure, d)
				}
			default:
				rt.Fatalf("a plan is %v: %+v", p.State, p.Outcome.Failure)
			}
		}
		for _, a := range slices.Backward(done) {
			before := h.whole(rt)
			if dies(rt, &h, a.id, true, rapid.IntRange(0, 12).Draw(rt, "moments back")) {
				p, err := h.Get(ctx, a.id)
				if err != nil {
					rt.Fatal(err)
				}
				if d := differences(before, h.whole(rt)); p.State == Applied && d != "" {
					rt.Fatalf("the undo was taken back, but\n%s", d)
				}
			}
			if p, err := h.Get(ctx, a.id); err != nil || p.State == Applied {
				if _, err := h.Undo(ctx, a.id, "", false, nil); err != nil {
					rt.Fatal(err)
				}
			}
			if d := differences(a.was, h.whole(rt)); d != "" {
				rt.Fatalf("undone, but\n%s", d)
			}
		}
	})
}
