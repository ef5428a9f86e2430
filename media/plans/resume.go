package plans

import (
	"context"
	"errors"
	"fmt"
)

// resume brings to an end what was interrupted: plans that a killed process was
// applying or undoing, and those that could not be put back. What cannot be brought to
// an end is logged, and stays interrupted.
func (k *Keeper) resume(ctx context.Context) {
	k.mu.Lock()
	var ids []int64
	for id, l := range k.lives {
		switch l.machine.State() {
		case Applying, Undoing, Interrupted, UndoInterrupted:
			if l.busy == nil {
				ids = append(ids, id)
			}
		default:
		}
	}
	k.mu.Unlock()
	for _, id := range ids {
		if err := k.resumeOne(context.WithoutCancel(ctx), id); err != nil {
			k.log.Error("an interrupted plan could not be brought to an end; it is tried again before the next one", "plan", id, "err", err)
		}
	}
}

func (k *Keeper) resumeOne(ctx context.Context, id int64) error {
	p, release, err := k.claim(ctx, id)
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	if p.State == Interrupted || p.State == UndoInterrupted {
		if err := k.move(ctx, &p, Resume, true); err != nil {
			return err
		}
	}
	if p.State != Applying && p.State != Undoing {
		return nil
	}
	steps, err := k.steps(ctx, id)
	if err != nil {
		return err
	}
	j := k.newJob(&p, nil)
	committed := false
	for _, s := range steps {
		switch {
		case s.Act != nil:
			j.acted = append(j.acted, *s.Act)
		case s.Cover != nil:
			j.written = append(j.written, *s.Cover)
		case s.Modes != nil:
			j.modes = s.Modes
		case s.Committed:
			committed = true
		case s.Rows != nil:
			committed = k.o.Library.Catalogue().Made(*s.Rows)
			j.warned = s.Warn
			if p.State == Applying {
				p.Outcome.Files, p.Outcome.Rows = s.Files, *s.Rows
			}
		}
	}
	log := k.log.With("plan", id, "title", p.Title)
	switch {
	case committed && p.State == Applying:
		log.Warn("a plan whose application was interrupted is applied")
		return j.applied(ctx)
	case committed:
		log.Warn("a plan whose undoing was interrupted is undone")
		return j.undone(ctx)
	}
	if p.State == Applying {
		p.Outcome.Files, p.Outcome.Rows = nil, nil
	}
	err = j.fail(ctx, errInterrupted)
	var failed *FailedError
	if errors.As(err, &failed) && failed.Back == nil {
		log.Warn("a plan was interrupted; everything was put back", "state", p.State)
		return nil
	}
	return fmt.Errorf("plans: plan %d: %w", id, err)
}

// errInterrupted is the failure of a plan that nobody has brought to an end.
var errInterrupted = errors.New("the server was stopped while the plan was being applied or undone")
