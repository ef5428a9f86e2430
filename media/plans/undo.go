package plans

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// Undo takes an applied plan back as one step, or a change that package maintenance
// has noted: files, tags, names, covers and rows with their ids are as they were
// before. lose accepts that what users have said and done since to rows that go, like
// ratings and history, is lost. progress may be nil.
//
// Errors: a *[SinceError] that names what has changed since, nothing was touched then;
// otherwise as [Keeper.Apply].
func (k *Keeper) Undo(ctx context.Context, id int64, by string, lose bool, progress func(Progress)) (Plan, error) {
	k.resume(ctx)
	p, release, err := k.claim(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	defer release()
	if err := k.can(&p, Undo); err != nil {
		return p, err
	}
	j := k.newJob(&p, progress)
	if err := j.stands(ctx, lose); err != nil {
		return p, err
	}
	before := p.Outcome
	p.Outcome.By, p.Outcome.Failure = by, nil
	if err := k.move(ctx, &p, Undo, false); err != nil {
		p.Outcome = before
		return p, err
	}
	k.reached(momentAgreed)
	if err := j.undo(ctx, lose); err != nil {
		return p, j.fail(ctx, err)
	}
	return p, j.undone(context.WithoutCancel(ctx))
}

// errTrial ends an edit that was only to show whether it would succeed.
var errTrial = errors.New("a trial")

// stands returns what stands against undoing the plan as a *SinceError.
func (j *job) stands(ctx context.Context, lose bool) error {
	since, err := j.filesSince(ctx)
	if err != nil {
		return err
	}
	owned := false
	err = j.k.o.Library.Edit(ctx, func(e *library.Edit) error {
		if err := j.revert(e, lose); err != nil {
			return err
		}
		return errTrial
	})
	var rows *library.SinceError
	switch {
	case errors.As(err, &rows):
		owned = len(since) == 0
		for _, s := range rows.Since {
			owned = owned && s.Owned
			since = append(since, fmt.Sprintf("row %d of %s (%s): %s", s.ID, s.Table, s.Path, s.What))
		}
	case !errors.Is(err, errTrial):
		return err
	}
	if len(since) > 0 {
		return &SinceError{Plan: j.plan.ID, Since: since, Owned: owned}
	}
	return nil
}

// filesSince returns which files are not what the plan has left.
func (j *job) filesSince(ctx context.Context) (since []string, err error) {
	k := j.k
	for n, m := range slices.Backward(j.plan.Outcome.Files) {
		switch {
		case m.Cover != "":
			if _, is, err := k.currentCover(ctx, m.Cover); err != nil {
				return nil, err
			} else if is == nil || m.Left != nil && *is != *m.Left {
				since = append(since, fmt.Sprintf("the cover %q has changed", m.Cover))
			}
		case m.Move != nil:
			if err := j.canMoveBack(n, m.Move); err != nil {
				since = append(since, err.Error())
			} else if m.Left != nil {
				left := *m.Left
				left.Path = j.now(n, left.Path)
				since = append(since, k.changed(ctx, left)...)
			}
		case m.Was != nil:
			left := *m.Left
			left.Path = final(j.plan.Operations[m.Operation:], left.Path)
			since = append(since, k.changed(ctx, left)...)
		}
	}
	return since, ctx.Err()
}

// now is the path that something has now which had this one after the n-th change of
// files: later ones have moved it, or its directory.
func (j *job) now(n int, rel string) string {
	for _, later := range j.plan.Outcome.Files[n+1:] {
		if later.Move == nil {
			continue
		}
		if rest, ok := strings.CutPrefix(rel, later.Move.Old); ok && (rest == "" || rest[0] == '/') {
			rel = later.Move.New + rest
		}
	}
	return rel
}

// canMoveBack tells why the n-th change, a move, cannot be taken back.
func (j *job) canMoveBack(n int, m *library.Move) error {
	from := j.now(n, m.New)
	for _, later := range j.plan.Outcome.Files[n+1:] {
		if later.Move != nil && later.Move.New == m.Old { // which is taken back before
			_, err := j.k.o.Music.Stat(from)
			return err
		}
	}
	return j.k.o.Music.CanRename(from, j.now(n, m.Old))
}

func (k *Keeper) changed(ctx context.Context, f File) []string {
	same, err := k.same(ctx, f.Path, f)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []string{fmt.Sprintf("%q is not there any more", f.Path)}
	case err != nil:
		return []string{err.Error()}
	case !same:
		return []string{fmt.Sprintf("%q has changed", f.Path)}
	}
	return nil
}

// undo makes the former files beside the present ones, and then, in turn with all other
// changes, everything that is seen.
func (j *job) undo(ctx context.Context, lose bool) error {
	for i, m := range j.plan.Outcome.Files {
		if m.Was == nil {
			continue
		}
		rel := final(j.plan.Operations[m.Operation:], m.Left.Path)
		j.on(rel)
		patch, found, err := j.k.o.Library.KeptForPlan(ctx, j.plan.ID, kept("tags", m.Operation))
		if err == nil && !found {
			err = fmt.Errorf("plans: the former tags of %q were not kept", rel)
		}
		if err == nil {
			_, err = j.k.o.Music.PrepareFormer(ctx, rel, j.key(m.Operation), patch, time.Unix(0, j.plan.Outcome.Files[i].Was.Modified))
		}
		if err != nil {
			return err
		}
	}
	j.k.reached(momentPrepared)
	end, err := j.k.o.Maintenance.Turn(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := j.stands(ctx, lose); err != nil {
		return err
	}
	err = j.k.o.Library.Edit(ctx, func(e *library.Edit) error { return j.changeBack(e, lose) })
	if err == nil {
		j.k.reached(momentCommitted)
	}
	return err
}

// revert takes the rows back. Those of what has come into a moved directory since go
// back together with it.
func (j *job) revert(e *library.Edit, lose bool) error {
	if err := e.Revert(j.plan.Outcome.Rows, lose); err != nil {
		return err
	}
	for _, m := range slices.Backward(j.plan.Outcome.Files) {
		if m.Move == nil {
			continue
		}
		if err := maintenance.Follow(e, m.Move.New, m.Move.Old); err != nil {
			return err
		}
	}
	return nil
}

// changeBack is the transaction of an undo. Tags go first, because the files that lie
// ready are beside the present ones.
func (j *job) changeBack(e *library.Edit, lose bool) error {
	if err := j.revert(e, lose); err != nil {
		return err
	}
	rows, err := e.Changes()
	if err != nil {
		return err
	}
	for _, m := range j.plan.Outcome.Files {
		if m.Was == nil {
			continue
		}
		rel := final(j.plan.Operations[m.Operation:], m.Left.Path)
		if err := j.act(e, act{Kind: swapFile, Path: rel, Key: j.key(m.Operation), Was: m.Left, Left: m.Was}); err != nil {
			return err
		}
	}
	for _, m := range slices.Backward(j.plan.Outcome.Files) {
		if m.Move == nil {
			continue
		}
		j.on(m.Move.New)
		if err := j.act(e, act{Kind: moveFile, Path: m.Move.New, To: m.Move.Old}); err != nil {
			return err
		}
	}
	err = j.noteRows(e, step{Rows: &rows})
	j.k.reached(momentNoted)
	return err
}

// undone brings an undo that was committed to its end. What cannot be done any more is
// a warning: a directory that is not empty, a cover that cannot be written.
func (j *job) undone(ctx context.Context) error {
	p := j.plan
	if err := j.clear(); err != nil {
		j.warn("what lay beside files whose tags were restored could not be removed: %v", err)
	}
	j.k.reached(momentCleared)
	for _, m := range slices.Backward(p.Outcome.Files) {
		switch {
		case m.Mode != nil:
			if err := j.unshare(ctx, *m.Mode); err != nil {
				j.warn("the former permissions of %q could not be brought back: %v", m.Mode.Path, err)
			}
		case m.Cover != "":
			if err := j.k.coverBack(ctx, p.ID, cover{m.Operation, m.Cover, m.Former}); err != nil && !errors.Is(err, fs.ErrNotExist) {
				j.warn("the former cover could not be brought back: %v", err)
			}
		case m.Directory != "":
			if err := j.k.o.Music.RemoveEmpty(m.Directory); err != nil && !errors.Is(err, fs.ErrNotExist) {
				j.warn("the directory %q stays: %v", m.Directory, err)
			}
		}
	}
	p.Outcome.Warnings = j.warned
	if err := j.k.move(ctx, p, Finish, false); err != nil {
		return err
	}
	j.k.trim(ctx)
	return nil
}
