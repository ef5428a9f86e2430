package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"musicdb/media/files"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
	"musicdb/media/watch"
)

// newMusic makes of new music that the watch has seen what clients are asked: a plan, and
// a task that waits for consent to it.
type newMusic struct {
	tasks   *tasks.Manager
	plans   *plans.Keeper
	planner *intake.Planner
	enters  AutoImport
	log     *slog.Logger
	watch   *watch.Watch // nil: nobody watches
}

// byWatch is on whose behalf plans of new music are made.
const byWatch = "the watch of the music directory"

// maxOffers is how many plans wait for consent, or are carried out, at once. A plan has
// its music read from end to end, and each task is in every list of tasks that clients
// are sent: what is more waits until something is decided.
const maxOffers = 50

// offer proposes a plan and asks for consent. What was offered before and is the same
// keeps its plan; what the user has rejected is not offered again as long as it is the
// same. Where music enters by itself it is not asked for: then nothing but rows and a
// cover are made of it, because files are not changed without consent.
func (n *newMusic) offer(ctx context.Context, found watch.New) error {
	rel := found.Candidate.Path
	waiting, waits := n.tasks.OfferAt(rel)
	if !waits && n.open() >= maxOffers {
		return watch.ErrLater
	}
	before, known, mayEnter, err := n.lastPlan(ctx, rel)
	if err != nil {
		return err
	}
	enters := n.enters == ImportOn && mayEnter
	wish := intake.Everything
	if n.enters == ImportOn {
		wish = intake.Wish{Cover: true}
	}
	plan, err := n.plan(ctx, found, wish)
	var refused *intake.RefusedError
	if errors.As(err, &refused) {
		n.log.Warn("new music is no album and no video that could enter", "path", rel, "because", err)
		return nil // it is looked at again when it has changed
	}
	if err != nil {
		return err
	}
	id := waiting.ID
	if !known || !same(before.Operations, plan.Operations) || !n.stands(before, waits) {
		if id, err = n.propose(ctx, found, plan); err != nil {
			return err
		}
		n.log.Info("new music", "path", rel, "task", id, "enters", enters, "doubts", len(plan.Doubts))
	} else if !waits {
		return nil // rejected
	}
	if enters {
		return n.tasks.Consent(id)
	}
	return nil
}

// stands reports whether nobody has to be asked again about the same plan.
func (n *newMusic) stands(before plans.Plan, waits bool) bool {
	switch before.State {
	case plans.Rejected:
		return before.Outcome.By != byWatch
	case plans.Proposed, plans.Failed:
		return waits
	default:
		return false
	}
}

// open is how many tasks have a plan.
func (n *newMusic) open() (open int) {
	for _, t := range n.tasks.All() {
		if t.Plan != 0 {
			open++
		}
	}
	return open
}

// plan makes the plan of what is new: an album, a video, or songs of a known album.
func (n *newMusic) plan(ctx context.Context, found watch.New, wish intake.Wish) (plans.Plan, error) {
	if found.Kind == files.KindSong {
		return n.planner.Songs(ctx, found.Candidate.Path, wish)
	}
	return n.planner.Plan(ctx, found.Candidate.Path, wish)
}

// propose keeps the plan and makes its task.
func (n *newMusic) propose(ctx context.Context, found watch.New, plan plans.Plan) (task string, err error) {
	plan.By = byWatch
	if plan, err = n.plans.Propose(ctx, plan); err != nil {
		return "", err
	}
	kind := tasks.Album
	if found.Kind == files.KindVideo {
		kind = tasks.Video
	}
	c := found.Candidate
	id, replaced, err := n.tasks.Offer(tasks.Offered{ContentType: kind, Path: c.Path, Plan: plan.ID, Annotations: map[string]any{
		"title": plan.Title, "doubts": len(plan.Doubts), "artistname": c.Artist, "name": c.Name, "release": c.Release,
	}})
	n.reject(ctx, replaced)
	return id, err
}

// same compares operations as they are kept.
func same(a, b []plans.Operation) bool {
	one, err := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(one, other)
}

// withdraw takes an offer back whose music is gone, or in the library.
func (n *newMusic) withdraw(ctx context.Context, rel string) error {
	n.reject(ctx, n.tasks.Withdraw(rel))
	return nil
}

// reject ends a plan that nobody is asked about any more.
func (n *newMusic) reject(ctx context.Context, plan int64) {
	if plan == 0 {
		return
	}
	if _, err := n.plans.Reject(ctx, plan, byWatch); err != nil {
		n.log.Debug("the plan of an offer could not be rejected", "plan", plan, "err", err)
	}
}

// isIntake reports whether plans of a kind bring new music.
func isIntake(k plans.Kind) bool {
	return k == plans.ImportAlbum || k == plans.ImportVideo || k == plans.ImportSongs
}

// lastPlan is the newest plan for a path that was made for the watch, with its operations.
// What was taken back, or has failed, does not enter by itself again.
func (n *newMusic) lastPlan(ctx context.Context, rel string) (last plans.Plan, known, mayEnter bool, err error) {
	list, err := n.plans.List(ctx)
	if err != nil {
		return plans.Plan{}, false, false, err
	}
	list = slices.DeleteFunc(list, func(p plans.Plan) bool { return p.Path != rel || !isIntake(p.Kind) })
	mayEnter = !slices.ContainsFunc(list, func(p plans.Plan) bool { return p.State == plans.Undone || p.State == plans.Failed })
	i := slices.IndexFunc(list, func(p plans.Plan) bool { return p.By == byWatch })
	if i < 0 {
		return plans.Plan{}, false, mayEnter, nil
	}
	last, err = n.plans.Get(ctx, list[i].ID)
	if errors.Is(err, plans.ErrUnknown) { // forgotten meanwhile
		return plans.Plan{}, false, mayEnter, nil
	}
	return last, err == nil, mayEnter, err
}

// openWatch makes the watch of the music directory, or none if it is not to be watched.
func (n *newMusic) openWatch(ctx context.Context, sweep time.Duration, o watch.Options) (*watch.Watch, error) {
	offered, err := n.settle(ctx)
	if err != nil || sweep == 0 {
		return nil, err
	}
	o.Sweep, o.Offer, o.Withdraw, o.Offered, o.Log = sweep, n.offer, n.withdraw, offered, n.log
	n.watch = watch.Open(o)
	return n.watch, nil
}
