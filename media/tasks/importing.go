package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strconv"

	"musicdb/media/files"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
)

// importMusic is the step of importingmusic. A task that was offered carries out the
// plan that somebody has agreed to. One of InitiateMusicImport has none: it makes one
// of nothing but rows, as the import of MusicDB 8, and carries it out at once; so that
// can be taken back as well.
//
// It may be called again after a kill: the plan is noted in the task before it is
// begun, and a plan that was carried out is not carried out twice.
func importMusic(ctx context.Context, w *Work) error {
	o := w.Options()
	if o.Plans == nil || o.Planner == nil {
		return &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	t := w.Task()
	message := MessageAlbumImport
	if t.ContentType == Video {
		message = MessageVideoImport
	}
	plan, err := planOf(ctx, w, t)
	if err == nil {
		plan, err = carryOut(ctx, w, plan)
	}
	var known *Failure
	switch {
	case err != nil && ctx.Err() != nil:
		if errors.Is(context.Cause(ctx), errCancelled) && plan.ID != 0 {
			_, _ = o.Plans.Reject(context.WithoutCancel(ctx), plan.ID, "the end of task "+t.ID) // else it would be offered again
		}
		return context.Cause(ctx)
	case errors.As(err, &known):
		return known
	case err != nil:
		return Fail(message, err, remedyOf(err))
	}
	return nil
}

// carryOut applies a plan, unless somebody else does, whom it waits for: a client may
// apply the plan of a task that has been agreed to.
func carryOut(ctx context.Context, w *Work, plan plans.Plan) (plans.Plan, error) {
	keeper := w.Options().Plans
	for plan.State != plans.Applied {
		after, err := keeper.Apply(ctx, plan.ID, plan.By, func(p plans.Progress) {
			w.Progress(Advance{Done: int64(p.Done), Total: int64(p.Total), Path: p.What})
		})
		switch {
		case errors.Is(err, plans.ErrBusy):
			if after, err = keeper.Settled(ctx, plan.ID); err != nil {
				return plan, err
			}
			plan = after
		case err != nil && after.State == plans.Applied: // by somebody else, between two looks at it
			return after, nil
		case after.ID == 0:
			return plan, err
		default:
			return after, err
		}
	}
	return plan, nil
}

// planOf is the plan of a task, or a new one.
func planOf(ctx context.Context, w *Work, t Task) (plans.Plan, error) {
	o := w.Options()
	if t.Plan != 0 {
		return o.Plans.Get(ctx, t.Plan)
	}
	var plan plans.Plan
	var err error
	switch {
	case t.ContentType == Album && t.AlbumPath != nil:
		artist := path.Dir(*t.AlbumPath)
		_, offered := w.m.OfferAt(*t.AlbumPath) // with the artist
		if _, known := o.Library.Catalogue().ArtistByPath(artist); !known && !offered {
			return plans.Plan{}, Fail(MessageAlbumImport, fmt.Errorf("the artist %q has no entry", artist), "enter the artist (CreateArtistEntry), then import the album again")
		}
		plan, err = o.Planner.Album(ctx, *t.AlbumPath, intake.Wish{Cover: offered})
	case t.ContentType == Video && t.VideoPath != nil:
		plan, err = o.Planner.Video(ctx, *t.VideoPath, wishOf(t))
	default:
		return plans.Plan{}, &Failure{Message: MessageUnsupported, Unsupported: true}
	}
	if err != nil {
		return plans.Plan{}, err
	}
	plan.By = "import " + t.ID
	if plan, err = o.Plans.Propose(ctx, plan); err != nil {
		return plans.Plan{}, err
	}
	w.Set(func(t *Task) { t.Plan = plan.ID })
	return plan, tellSkipped(w, plan)
}

// wishOf reads the annotations of a video (MusicDB protocol, section 8).
func wishOf(t Task) intake.Wish {
	text := func(key string) (text string) {
		if json.Unmarshal(t.Annotations[key], &text) != nil {
			return ""
		}
		return text
	}
	w := intake.Wish{Cover: true, Artist: text("artistname"), Name: text("name"), Origin: text("origin")}
	if json.Unmarshal(t.Annotations["release"], &w.Release) != nil { // some clients send a text
		w.Release, _ = strconv.Atoi(text("release"))
	}
	return w
}

// skipped is a song that does not enter.
type skipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// tellSkipped tells which songs do not enter, and why.
func tellSkipped(w *Work, plan plans.Plan) error {
	enters := map[string]bool{}
	for _, o := range plan.Operations {
		if o.EnterAlbum != nil {
			for _, s := range o.EnterAlbum.Songs {
				enters[s.File.Path] = true
			}
		}
	}
	var list []skipped
	for _, d := range plan.Doubts {
		if files.IsSong(d.Path) && !enters[d.Path] {
			list = append(list, skipped{d.Path, d.Text})
			w.Warn(fmt.Sprintf("Skipped %q: %s", d.Path, d.Text))
		}
	}
	if list == nil {
		return nil
	}
	return w.Annotate(map[string]any{"skipped": list})
}

// remedyOf is what the user can do about an import that has failed.
func remedyOf(err error) string {
	switch {
	case errors.Is(err, intake.ErrKnown):
		return "nothing needs to be done, or update the entry that is there"
	case errors.Is(err, files.ErrNaming):
		return "rename it, then import it again"
	case errors.Is(err, intake.ErrNothing):
		return "look at the files that are named, then import it again"
	}
	return "look at the reason, then import it again"
}
