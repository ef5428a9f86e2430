package maintenance

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"musicdb/media/library"
)

// Kinds of the changes that are entered in the journal of what can be taken back.
const (
	KindRename = "rename" // a file or directory, with the rows of what is in it
	KindMove   = "move"   // an album, to another artist
	KindCreate = "create" // an entry
	KindUpdate = "update" // an entry
	KindRemove = "remove" // an entry; files stay
)

// edit writes rows, and notes how that is taken back.
func (k *Keeper) edit(ctx context.Context, u library.Undoable, do func(*library.Edit) error) error {
	_, err := k.o.Library.EditUndoable(ctx, u, do)
	return err
}

// undoable describes a move for the journal.
func (m move) undoable() library.Undoable {
	u := library.Undoable{
		Kind: KindRename, Title: fmt.Sprintf("%q was renamed to %q", m.Old, m.New), Path: m.New,
		Moves: []library.Move{{Old: m.Old, New: m.New}},
	}
	if path.Dir(m.Old) != path.Dir(m.New) {
		u.Kind, u.Title = KindMove, fmt.Sprintf("%q was moved to %q", m.Old, m.New)
	}
	if m.NewArtist {
		u.Made = []string{path.Dir(m.New)}
	}
	return u
}

// enter notes a move of what has no rows in the journal, unless it is the last one
// that was noted.
func (k *Keeper) enter(ctx context.Context, m move) error {
	all, err := k.o.Library.Plans(ctx)
	if err != nil {
		return err
	}
	u := m.undoable()
	for _, row := range slices.Backward(all) {
		if row.Kind == u.Kind {
			if row.Title == u.Title {
				return nil
			}
			break
		}
	}
	return k.edit(ctx, u, func(*library.Edit) error { return nil })
}

// settle finds out of the notes in the journal, whose commits a crash has
// interrupted, which were committed, before any row is changed.
func (k *Keeper) settle(ctx context.Context) error {
	all, err := k.o.Library.Plans(ctx)
	if err != nil {
		return err
	}
	for _, row := range all {
		if row.State != library.PlanApplying {
			continue
		}
		row, found, err := k.o.Library.Plan(ctx, row.ID)
		if err != nil {
			return err
		}
		if !found || row.Body != nil {
			continue // a plan, which is brought to an end by those who know plans
		}
		var outcome library.Outcome
		if err := json.Unmarshal(row.Outcome, &outcome); err != nil {
			return fmt.Errorf("maintenance: entry %d of the journal of changes says nothing that this version understands: %w", row.ID, err)
		}
		if k.o.Library.Catalogue().Made(outcome.Rows) {
			row.State = library.PlanApplied
			err = k.o.Library.SavePlan(ctx, row, false)
		} else {
			err = k.o.Library.RemovePlans(ctx, []int64{row.ID})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
