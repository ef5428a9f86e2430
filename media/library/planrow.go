package library

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// PlanRow is a plan, or another change that can be taken back, as our own database
// keeps it. What its words mean is for package plans to know.
type PlanRow struct {
	ID      int64 // ascending, never used again
	Kind    string
	Title   string
	Path    string // what it is about, inside the music directory
	State   string
	By      string // on whose behalf it was made
	Created time.Time
	Changed time.Time // when the state was entered
	Body    []byte    // JSON: what is to be done; nil: it was done when it was noted
	Outcome []byte    // JSON: what has become of it
}

const planColumns = "id, kind, title, path, state, who, created, changed"

// AddPlan enters a plan, whose ID is given.
func (l *Library) AddPlan(ctx context.Context, p PlanRow) (id int64, err error) {
	err = l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		id, err = addPlan(ctx, tx, p)
		return err
	})
	return id, err
}

func addPlan(ctx context.Context, tx *sql.Tx, p PlanRow) (int64, error) {
	result, err := tx.ExecContext(ctx, "INSERT INTO plans (kind, title, path, state, who, created, changed, body, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		p.Kind, p.Title, p.Path, p.State, p.By, p.Created.UnixMilli(), p.Changed.UnixMilli(), p.Body, p.Outcome)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// SavePlan replaces state, time of the change and outcome of a plan. keep leaves
// the steps that were noted of it; otherwise they go with the same commit. The body
// stays, unless there is none yet: it tells how the outcome is to be read, so the two
// come together.
func (l *Library) SavePlan(ctx context.Context, p PlanRow, keep bool) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error { return savePlan(ctx, tx, p, keep) })
}

func savePlan(ctx context.Context, tx *sql.Tx, p PlanRow, keep bool) error {
	_, err := tx.ExecContext(ctx, "UPDATE plans SET state = ?, changed = ?, body = coalesce(body, ?), outcome = ? WHERE id = ?", p.State, p.Changed.UnixMilli(), p.Body, p.Outcome, p.ID)
	if err == nil && !keep {
		_, err = tx.ExecContext(ctx, "DELETE FROM plansteps WHERE plan = ?", p.ID)
	}
	return err
}

// RemovePlans forgets plans, and with them the way back.
func (l *Library) RemovePlans(ctx context.Context, ids []int64) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{"DELETE FROM plankept WHERE plan IN (SELECT value FROM json_each(?))", "DELETE FROM plansteps WHERE plan IN (SELECT value FROM json_each(?))",
			"DELETE FROM plans WHERE id IN (SELECT value FROM json_each(?))"} {
			if _, err := tx.ExecContext(ctx, statement, idList(ids)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Plan returns a plan with body and outcome, if there is one of this id.
func (l *Library) Plan(ctx context.Context, id int64) (PlanRow, bool, error) {
	row := l.own.QueryRowContext(ctx, "SELECT "+planColumns+", body, outcome FROM plans WHERE id = ?", id)
	var p PlanRow
	err := p.scan(row.Scan, &p.Body, &p.Outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return PlanRow{}, false, nil
	}
	if err != nil {
		return PlanRow{}, false, fileError(l.own.path, err)
	}
	return p, true, nil
}

// Plans returns all plans without body and outcome, in the order of their ids.
func (l *Library) Plans(ctx context.Context) ([]PlanRow, error) {
	rows, err := l.own.QueryContext(ctx, "SELECT "+planColumns+" FROM plans ORDER BY id")
	if err != nil {
		return nil, fileError(l.own.path, err)
	}
	defer rows.Close()
	var plans []PlanRow
	for rows.Next() {
		var p PlanRow
		if err := p.scan(rows.Scan); err != nil {
			return nil, fileError(l.own.path, err)
		}
		plans = append(plans, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fileError(l.own.path, err)
	}
	return plans, nil
}

func (p *PlanRow) scan(row func(...any) error, more ...any) error {
	var created, changed int64
	err := row(append([]any{&p.ID, &p.Kind, &p.Title, &p.Path, &p.State, &p.By, &created, &changed}, more...)...)
	p.Created, p.Changed = time.UnixMilli(created), time.UnixMilli(changed)
	return err
}

// AddPlanStep notes a step of a plan. It is on the disk when nil is returned.
func (l *Library) AddPlanStep(ctx context.Context, plan int64, step []byte) error {
	return l.changeOwn(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO plansteps (plan, step) VALUES (?, ?)", plan, step)
		return err
	})
}

// PlanSteps returns the noted steps of a plan in their order.
func (l *Library) PlanSteps(ctx context.Context, plan int64) ([][]byte, error) {
	rows, err := l.own.QueryContext(ctx, "SELECT step FROM plansteps WHERE plan = ? ORDER BY id", plan)
	if err != nil {
		return nil, fileError(l.own.path, err)
	}
	defer rows.Close()
	var steps [][]byte
	for rows.Next() {
		var step []byte
		if err := rows.Scan(&step); err != nil {
			return nil, fileError(l.own.path, err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		return nil, fileError(l.own.path, err)
	}
	return steps, nil
}

// NotePlanStep notes a step from within an edit. It stays noted whether or not the
// edit is kept.
func (e *Edit) NotePlanStep(plan int64, step []byte) error {
	return e.inOwn(func(tx *sql.Tx) error {
		_, err := tx.ExecContext(e.ctx, "INSERT INTO plansteps (plan, step) VALUES (?, ?)", plan, step)
		return err
	})
}

// inOwn runs a transaction on our own database from within an edit, which has the
// turn of all writes.
func (e *Edit) inOwn(do func(*sql.Tx) error) error {
	if err := e.lib.own.transact(e.ctx, do); err != nil {
		return fileError(e.lib.own.path, err)
	}
	return nil
}
