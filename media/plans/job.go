package plans

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"musicdb/media/artwork"
	"musicdb/media/library"
)

// job is one application or undoing of a plan.
type job struct {
	k        *Keeper
	plan     *Plan
	progress func(Progress)

	done  int // operations, for progress
	acted []act
	gone  []string // what could not be put back because somebody has deleted it
	// written are covers that this job has written and may have to take back.
	written []cover
	made    []Made
	warned  []string
	modes   []Mode // that were noted

	covers    map[int]string    // the names of covers, by operation
	checksums map[string]string // of files with new tags, by the path that the plan names
}

func (k *Keeper) newJob(p *Plan, progress func(Progress)) *job {
	if progress == nil {
		progress = func(Progress) {}
	}
	return &job{k: k, plan: p, progress: progress, covers: map[int]string{}, checksums: map[string]string{}}
}

// on tells how far the job has come.
func (j *job) on(what string) {
	j.progress(Progress{Plan: j.plan.ID, Done: min(j.done, len(j.plan.Operations)), Total: len(j.plan.Operations), What: what})
	j.done++
}

// key is a part of the names of files that are made for an operation of a plan.
func (j *job) key(operation int) string { return fmt.Sprintf("plan-%d-%d", j.plan.ID, operation) }

// note notes a step.
func (j *job) note(ctx context.Context, s step) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return j.k.o.Library.AddPlanStep(ctx, j.plan.ID, raw)
}

// act makes a change of a file, noted before.
func (j *job) act(e *library.Edit, a act) error {
	if err := j.noteIn(e, step{Act: &a}); err != nil {
		return err
	}
	j.acted = append(j.acted, a)
	j.k.reached(momentBegun)
	if err := j.k.do(context.Background(), a); err != nil {
		if a.Kind != swapFile { // which may have left a spare file; the others leave everything as it was
			j.acted = j.acted[:len(j.acted)-1]
		}
		return err
	}
	j.k.reached(momentMade)
	return nil
}

func (j *job) noteIn(e *library.Edit, s step) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return e.NotePlanStep(j.plan.ID, raw)
}

// noteRows notes the rows that are going to be committed, and then that they are: from
// then on users change them, and they do not tell it any more.
func (j *job) noteRows(e *library.Edit, s step) error {
	if *s.Rows == nil {
		*s.Rows = []library.RowChange{} // a plan of nothing but files has been committed, too
	}
	if err := j.noteIn(e, s); err != nil {
		return err
	}
	e.OnCommit(func() {
		if err := j.noteIn(e, step{Committed: true}); err != nil {
			j.k.log.Warn("it could not be noted that a plan is committed; its rows tell that, unless they are changed before the next start", "plan", j.plan.ID, "err", err)
		}
	})
	return nil
}

// takeBack puts back everything that the job has changed. It goes on after an error,
// and may be called again.
func (j *job) takeBack(ctx context.Context) error {
	var failures []error
	for len(j.acted) > 0 && len(failures) == 0 { // the order matters: a file cannot go where its directory is not
		last := len(j.acted) - 1
		switch err := j.k.takeBack(ctx, j.acted[last]); {
		case errors.Is(err, errGone):
			j.gone = append(j.gone, j.acted[last].Path)
		case err != nil:
			failures = append(failures, err)
			continue
		}
		j.acted = j.acted[:last]
	}
	for _, c := range j.written {
		failures = append(failures, j.k.coverBack(ctx, j.plan.ID, c))
	}
	if len(j.acted) == 0 {
		failures = append(failures, j.clear())
	}
	return errors.Join(failures...)
}

// clear removes what lies beside files whose tags were written, wherever that is now.
func (j *job) clear() error {
	var failures []error
	for i, o := range j.plan.Operations {
		if o.WriteTags == nil {
			continue
		}
		for _, rel := range []string{o.WriteTags.File.Path, final(j.plan.Operations, o.WriteTags.File.Path), j.beside(o.WriteTags.File.Path)} {
			if err := j.k.o.Music.DropSpares(rel, j.key(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failures = append(failures, err)
			}
		}
	}
	return errors.Join(failures...)
}

// beside is a path in the directory where a spare file is left behind when its file is
// moved elsewhere, and that directory after it.
func (j *job) beside(rel string) string {
	var moves []Operation
	for _, o := range j.plan.Operations {
		if o.Move != nil && o.Move.From != rel {
			moves = append(moves, o)
		}
	}
	return final(moves, rel)
}

// currentCover reads a cover as it is in the cache, if there is one.
func (k *Keeper) currentCover(ctx context.Context, name string) (data []byte, at *File, err error) {
	f, err := k.o.Artwork.File(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(f, artwork.MaxBytes))
	return data, &File{Path: name, Size: info.Size(), Modified: info.ModTime().UnixNano()}, err
}

// fail notes that the job has failed and was taken back, or could not be.
func (j *job) fail(ctx context.Context, cause error) error {
	ctx = context.WithoutCancel(ctx)
	p := j.plan
	failed := &FailedError{Plan: p.ID, Err: cause, Failure: Failure{Operation: -1, Cause: cause.Error(), Remedy: remedy(cause)}}
	for _, a := range j.acted {
		failed.TakenBack = append(failed.TakenBack, a.Path)
	}
	for _, c := range j.written {
		failed.TakenBack = append(failed.TakenBack, c.Name)
	}
	on, keep := Fail, false
	if failed.Back = j.takeBack(ctx); failed.Back != nil {
		on, keep = Interrupt, true
		failed.Remedy = "see that the music directory and the disk can be written; it is tried again before the next plan and with the next start"
	}
	if len(j.gone) > 0 {
		failed.TakenBack = slices.DeleteFunc(failed.TakenBack, func(name string) bool { return slices.Contains(j.gone, name) })
		failed.Cause += fmt.Sprintf("; somebody has deleted what was to be put back as %q", j.gone)
		j.k.log.Warn("files that a plan had moved are gone, and could not be put back", "plan", p.ID, "paths", j.gone)
	}
	p.Outcome.Failure = &failed.Failure
	if err := j.k.move(ctx, p, on, keep); err != nil {
		return errors.Join(failed, err)
	}
	return failed
}
