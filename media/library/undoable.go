package library

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Move is a file or directory that got another path inside the music directory.
type Move struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// Outcome is what a change has left, so that it can be taken back.
type Outcome struct {
	Made  []string    `json:"made,omitempty"`  // directories, in order
	Moves []Move      `json:"moves,omitempty"` // in order
	Rows  []RowChange `json:"rows,omitempty"`
}

// States of an undoable edit in our own database; package plans knows the others.
const (
	PlanApplying = "applying" // it is being committed
	PlanApplied  = "applied"
)

// Undoable describes an edit in the journal of changes that can be taken back.
type Undoable struct {
	Kind  string // "rename", "update" …
	Title string // a sentence for the list of changes
	Path  string // what it is about, inside the music directory
	By    string // on whose behalf
	Made  []string
	Moves []Move // of files, made by do or before it
}

// EditUndoable is [Library.Edit] for a change that the user may take back later: it
// is noted together with all rows that do has changed. Files that do moves must be
// named in u, or by the function that do may call, before do returns. The returned
// id is that of the entry in the journal, 0 when do has changed nothing.
//
// The note is on the disk before the commit; whether a note without commit stands
// for something is told by [Catalogue.Made].
func (l *Library) EditUndoable(ctx context.Context, u Undoable, do func(e *Edit) error) (id int64, err error) {
	var row PlanRow
	err = l.Edit(ctx, func(e *Edit) error {
		if err := do(e); err != nil {
			return err
		}
		if row, err = e.undoable(u); err != nil || row.ID == 0 {
			return err
		}
		e.OnCommit(func() {
			row.State = PlanApplied
			if err := e.inOwn(func(tx *sql.Tx) error { return savePlan(e.ctx, tx, row, false) }); err != nil {
				l.log.Warn("the journal of changes could not be brought up to date; that is done with the next start", "err", err)
			}
		})
		return nil
	})
	if row.ID == 0 {
		return 0, err
	}
	if err != nil {
		// Without the commit it is nobody's; a crash before this leaves it to Made.
		_ = l.RemovePlans(context.WithoutCancel(ctx), []int64{row.ID})
		return 0, err
	}
	return row.ID, nil
}

// undoable notes an edit that is about to be committed.
func (e *Edit) undoable(u Undoable) (PlanRow, error) {
	changes, err := e.Changes()
	if err != nil || len(changes) == 0 && len(u.Moves) == 0 {
		return PlanRow{}, err
	}
	outcome, err := json.Marshal(Outcome{Made: u.Made, Moves: u.Moves, Rows: changes})
	if err != nil {
		return PlanRow{}, err
	}
	now := e.lib.now()
	row := PlanRow{Kind: u.Kind, Title: u.Title, Path: u.Path, State: PlanApplying, By: u.By, Created: now, Changed: now, Outcome: outcome}
	err = e.inOwn(func(tx *sql.Tx) (err error) {
		row.ID, err = addPlan(e.ctx, tx, row)
		return err
	})
	return row, err
}
