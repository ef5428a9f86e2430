package plans

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall"

	"musicdb/media/files"
	"musicdb/media/library"
)

// act is one change of a file or directory that can be made and made not made.
type act struct {
	Kind actKind `json:"kind"`
	Path string  `json:"path"`         // of the directory or file
	To   string  `json:"to,omitempty"` // where it is moved
	Key  string  `json:"key,omitempty"`
	// Of a file that is swapped: what it is before and behind that. Anything else is
	// somebody else's, and stays.
	Was  *File `json:"was,omitempty"`
	Left *File `json:"left,omitempty"`
}

// actKind says what an act does.
type actKind string

const (
	makeDirectory actKind = "make"
	moveFile      actKind = "move"
	swapFile      actKind = "swap" // for the version of it that lies ready
)

func (k *Keeper) do(ctx context.Context, a act) error {
	switch a.Kind {
	case makeDirectory:
		return k.o.Music.MakeDirectory(a.Path)
	case moveFile:
		return k.o.Music.Rename(a.Path, a.To)
	case swapFile:
		if a.Was != nil {
			if same, err := k.same(ctx, a.Path, *a.Was); err != nil || !same {
				return errors.Join(err, fmt.Errorf("somebody else has changed %q: %w", a.Path, errForeign))
			}
		}
		return k.o.Music.Swap(a.Path, a.Key)
	}
	return fmt.Errorf("plans: nobody knows how to %s %q", a.Kind, a.Path)
}

// takeBack makes an act not made. Of the last one it is not known whether it was made,
// or how far; those before it were. Its error is errGone when there is nothing any more.
func (k *Keeper) takeBack(ctx context.Context, a act) error {
	switch a.Kind {
	case makeDirectory:
		err := k.o.Music.RemoveEmpty(a.Path)
		if there, exists := k.o.Music.Exists(a.Path); err != nil && exists == nil {
			if there {
				k.log.Warn("a directory that was made stays, because something came into it", "path", a.Path, "err", err)
			}
			err = nil
		}
		return err
	case moveFile:
		return k.moveBack(a)
	case swapFile:
		return k.swapBack(ctx, a)
	}
	return fmt.Errorf("plans: nobody knows how to take back %s of %q", a.Kind, a.Path)
}

// errForeign is the failure of a plan to whose file somebody else has written behind
// the last look at it.
var errForeign = errors.New("the file is not the one that the plan has looked at")

// swapBack brings the former file back, unless somebody else has written another one
// since: while the server was down, for instance.
func (k *Keeper) swapBack(ctx context.Context, a act) error {
	if a.Was == nil || a.Left == nil {
		return k.o.Music.SwapBack(a.Path, a.Key)
	}
	for _, ours := range []*File{a.Left, a.Was} {
		same, err := k.same(ctx, a.Path, *ours)
		if same || errors.Is(err, fs.ErrNotExist) {
			return k.o.Music.SwapBack(a.Path, a.Key)
		}
		if err != nil {
			return err
		}
	}
	k.log.Warn("a file whose tags were to be put back stays, because somebody else has written it since", "path", a.Path)
	return k.o.Music.DropSpares(a.Path, a.Key)
}

func (k *Keeper) moveBack(a act) error {
	here, err := k.o.Music.HasName(a.Path)
	there, toErr := k.o.Music.HasName(a.To)
	if err := errors.Join(notAbsent(err), notAbsent(toErr)); err != nil {
		return err
	}
	switch {
	case here && there:
		_, err := k.o.Music.DropSecondName(a.Path, a.To)
		return err
	case here:
		return nil
	}
	if there {
		return k.o.Music.Rename(a.To, a.Path)
	}
	for _, dir := range []string{path.Dir(a.To), path.Dir(a.Path)} {
		if reachable, err := k.reachable(dir); err != nil {
			return err
		} else if reachable {
			return errGone
		}
	}
	return fmt.Errorf("neither %q nor %q is there; see that the music directory is mounted", a.Path, a.To)
}

// errGone tells that somebody has deleted what was to be put back.
var errGone = errors.New("it is not there any more")

// reachable reports whether a directory is there. An empty music directory may be the
// place where nothing is mounted.
func (k *Keeper) reachable(dir string) (bool, error) {
	if dir != "." {
		return k.o.Music.Exists(dir)
	}
	entries, err := k.o.Music.List(dir)
	return len(entries) > 0, err
}

func notAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// step is what is noted while a plan is applied or undone.
type step struct {
	Act   *act                 `json:"act,omitempty"`   // is going to be made
	Cover *cover               `json:"cover,omitempty"` // is going to be written
	Rows  *[]library.RowChange `json:"rows,omitempty"`  // all acts are made, and this, not nil, is going to be committed
	Files []Made               `json:"files,omitempty"` // with Rows: what was made of files
	Warn  []string             `json:"warn,omitempty"`  // with Rows: what could not be done
	Modes []Mode               `json:"modes,omitempty"` // behind the commit: are going to be set
	// Committed: the rows are. A kill between the commit and this step leaves it to
	// [library.Catalogue.Made], because nobody else has written then.
	Committed bool `json:"committed,omitempty"`
}

// cover is a cover that is written: its name, and whether what was there is kept.
type cover struct {
	Operation int    `json:"operation"`
	Name      string `json:"name"`
	Former    bool   `json:"former"`
}

// kept is the name under which something is kept for a plan.
func kept(what string, operation int) string { return fmt.Sprintf("%s-%d", what, operation) }

// steps reads what was noted of a plan.
func (k *Keeper) steps(ctx context.Context, id int64) ([]step, error) {
	noted, err := k.o.Library.PlanSteps(ctx, id)
	if err != nil {
		return nil, err
	}
	steps := make([]step, len(noted))
	for i, raw := range noted {
		if err := json.Unmarshal(raw, &steps[i]); err != nil {
			return nil, fmt.Errorf("plans: a step of plan %d says nothing that this version understands: %w", id, err)
		}
	}
	return steps, nil
}

// coverBack brings back the cover that was there before, or none.
func (k *Keeper) coverBack(ctx context.Context, plan int64, c cover) error {
	if !c.Former {
		return k.o.Artwork.Remove(c.Name)
	}
	former, found, err := k.o.Library.KeptForPlan(ctx, plan, kept("cover", c.Operation))
	if err != nil || !found {
		return errors.Join(err, fmt.Errorf("plans: the former cover %q was not kept", c.Name))
	}
	return k.o.Artwork.Restore(ctx, c.Name, former)
}

// remedy says what the user can do about a failure.
func remedy(err error) string {
	var unfit *library.SinceError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, library.ErrFull):
		return "make room on the disk, and apply it again"
	case errors.Is(err, fs.ErrPermission):
		return "give the user of the server permission to write there, and apply it again"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "apply it again if it was not meant to be stopped"
	case errors.Is(err, files.ErrOccupied):
		return "move what is there, or choose another name, and make a new plan"
	case errors.Is(err, errForeign):
		return "wait until nobody writes to it any more, and make a new plan"
	case errors.Is(err, files.ErrLinked), errors.Is(err, files.ErrUnfaithful):
		return "leave this file out of the plan"
	case errors.As(err, &unfit):
		return "leave it as it is"
	}
	return "see the cause; nothing has been changed, so that it can be applied again"
}
